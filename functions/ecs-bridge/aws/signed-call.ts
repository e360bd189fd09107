// One signed call of an AWS API without the SDK: one attempt, and errors as the SDK names them. The SDK's clients take more
// time of a call than everything else, and are ten times as large as the rest of the bundle.
import {
  type Answer,
  type AwsCredentials,
  ask,
  type Clock,
  type Deadline,
  DeliveryError,
  messageOf,
  readRetryAfter,
  type Seconds,
  SourceError,
} from '@fargaze/core/internal';
import type { Connections } from './connections.ts';
import { endpoint } from './endpoint.ts';
import { profileSettings } from './profile.ts';
import { clockOfAws, setClock } from './skew.ts';
import { isRejected, isSkewed, toSourceError } from './source-error.ts';

/** Whom to call, and for how long. */
export type Caller = {
  readonly region: string;
  readonly credentials: () => Promise<AwsCredentials>;
  readonly deadline: Deadline;
  readonly clock: Clock;
  /** What is done about credentials that AWS rejects; whether there will be others. */
  readonly reject?: ((rejected: AwsCredentials) => boolean) | undefined;
  /** Kept between calls; none are where unset. */
  readonly connections?: Connections;
};

/** A call of a service of AWS. */
export type SignedCall = {
  /** Its name in addresses and signatures. */
  readonly service: string;
  /** Prefix of the service's permissions. */
  readonly permissions: string;
  readonly operation: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Of a POST; unset: a GET. */
  readonly body?: string;
  /** Path and query. */
  readonly path?: string;
};

/**
 * Seconds for one attempt: a connection that hears nothing must leave time for another one, and a page of a busy account
 * takes some seconds.
 */
const patience: Seconds = 20;

/** Makes the call; returns the body of the answer. @throws SourceError */
export async function callSigned(
  caller: Caller,
  { body, headers, operation, path = '/', permissions, service }: SignedCall,
): Promise<string> {
  const { clock, connections, deadline, region } = caller;
  if (region === '') {
    const message = `${operation}: AWS_REGION is unset, want the region to read`;
    throw new SourceError(message, { operation, retryable: false });
  }
  const url = endpoint(service, region, { path, settings: await profileSettings() });
  const signedAt = clockOfAws(clock);
  let used: AwsCredentials | undefined;
  const credentials = async () => {
    used = await credentialsOf(caller, operation);
    return used;
  };
  const request = {
    method: body === undefined ? ('GET' as const) : ('POST' as const),
    url,
    headers,
    body: Buffer.from(body ?? '', 'utf8'),
    keep: answerBytes,
    agent: connections?.agentFor(url),
    auth: { kind: 'sigv4' as const, service, region, credentials, clock: signedAt },
  };
  const attempt = deadline.slice(patience);
  try {
    const answer = await ask(request, attempt);
    if (answer.status !== 200) throw toSdkError(answer, { ...caller, used });
    if (answer.cut === true) throw new Error(`an answer of more than ${answerBytes} bytes`);
    return answer.body;
  } catch (error) {
    if (error instanceof SourceError) throw error;
    const cause = error instanceof DeliveryError ? error.cause : error;
    throw toSourceError(permissions, operation, cause);
  } finally {
    attempt.close();
  }
}

/** What finding credentials says is not of the call: another service may have refused it, for another permission. */
async function credentialsOf({ credentials }: Caller, operation: string): Promise<AwsCredentials> {
  try {
    return await credentials();
  } catch (cause) {
    if (cause instanceof SourceError) throw cause;
    const message = `${operation}: no credentials: ${messageOf(cause).replace(/\s+/g, ' ')}`;
    throw new SourceError(message, { operation, retryable: false, cause });
  }
}

/** As {@link callSigned}; the value of an answer that is JSON. @throws SourceError */
export async function callJson<T>(caller: Caller, call: SignedCall): Promise<T> {
  return readJson(await callSigned(caller, call), call.operation);
}

/** The value of an answer. @throws SourceError, retryable, when it is no JSON. */
export function readJson<T>(text: string, operation: string): T {
  let value: unknown;
  let cause: unknown;
  try {
    // What is null is not there, as for the SDK. Looking at each value takes several times as long.
    value = JSON.parse(text, /[:,[]\s*null/.test(text) ? dropNull : undefined);
  } catch (error) {
    cause = error;
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as T;
  const message = `${operation}: an answer that is no JSON object`;
  throw new SourceError(message, { operation, retryable: true, cause });
}

function dropNull(_: string, value: unknown): unknown {
  return value ?? undefined;
}

/** The token of the next page. @throws SourceError where it is that of this page: there would be no end, and each page may cost. */
export function nextTokenOf(
  operation: string,
  asked: string | undefined,
  answered: string | undefined,
): string | undefined {
  if (!answered || answered !== asked) return answered;
  const message = `${operation}: a page that names itself as the next one`;
  throw new SourceError(message, { operation, retryable: false });
}

/** Bytes of an answer that are read: a page of 100,800 points is under 4 MB, one of a hundred resources with all their tags under 3. */
const answerBytes = 8 * 1024 * 1024;

/** An error with the parts that the SDK's errors have. A service names it in a header, in JSON or, by the query protocol, in XML. */
function toSdkError(
  answer: Answer,
  { clock, reject, used }: Caller & { readonly used: AwsCredentials | undefined },
): Error {
  const { body, headers, show, status } = answer;
  const { message, type } = /^\s*</.test(body) ? readXmlError(body) : readJsonError(body);
  const named = [headers['x-amzn-query-error'], headers['x-amzn-errortype'], type];
  const [name = ''] = named.filter((text) => typeof text === 'string' && text !== '');
  const error = new Error(show(message) || `status ${status}`);
  // A namespace may stand before it, and an address or who is at fault behind it.
  error.name =
    show(String(name))
      .replace(/[:;].*$/, '')
      .replace(/^.*#/, '')
      .slice(0, 100) || 'Error';
  const mended = isRejected(error)
    ? used !== undefined && reject?.(used)
    : isSkewed(error) && setClock(clock, headers.date);
  const afterSeconds = readRetryAfter(answer, clock.now());
  const $metadata = { httpStatusCode: status };
  return Object.assign(error, { $metadata, ...(mended && { $retryable: {} }), afterSeconds });
}

type ErrorParts = { readonly type: string; readonly message: string };

function readJsonError(body: string): ErrorParts {
  try {
    const { __type, code, Code, message, Message } = { ...JSON.parse(body) };
    const first = (...texts: readonly unknown[]) =>
      texts.find((text): text is string => typeof text === 'string') ?? '';
    return { type: first(__type, code, Code), message: first(message, Message) };
  } catch {
    return { type: '', message: '' };
  }
}

function readXmlError(body: string): ErrorParts {
  return { type: textIn(body, 'Code') ?? '', message: textIn(body, 'Message') ?? '' };
}

const marks: Readonly<Record<string, string>> = {
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
  amp: '&',
};

/** The text of the first element `name` of an answer of the query protocol. */
export function textIn(xml: string, name: string): string | undefined {
  const text = new RegExp(`<${name}>([^<]+)</${name}>`).exec(xml)?.[1];
  return text?.replace(/&(lt|gt|quot|apos|amp);/g, (_, mark: string) => marks[mark] ?? '');
}
