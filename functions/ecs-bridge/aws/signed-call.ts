// One signed call of an AWS API without the SDK: one attempt, and errors as the SDK names them. The SDK's clients take more
// time of a call than everything else, and are ten times as large as the rest of the bundle.
import {
  type Answer,
  type AwsCredentials,
  ask,
  type Clock,
  type Deadline,
  DeliveryError,
  SourceError,
} from '@fargaze/core/internal';
import type { Connections } from './connections.ts';
import { endpoint } from './endpoint.ts';
import { toSourceError } from './source-error.ts';

/** Whom to call, and for how long. */
export type Caller = {
  readonly region: string;
  readonly credentials: () => Promise<AwsCredentials>;
  readonly deadline: Deadline;
  readonly clock: Clock;
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

/** Makes the call; returns the body of the answer. @throws SourceError */
export async function callSigned(
  { clock, connections, credentials, deadline, region }: Caller,
  { body, headers, operation, path = '/', permissions, service }: SignedCall,
): Promise<string> {
  if (region === '') {
    const message = `${operation}: AWS_REGION is unset, want the region to read`;
    throw new SourceError(message, { operation, retryable: false });
  }
  const url = new URL(path, endpoint(service, region));
  const request = {
    method: body === undefined ? ('GET' as const) : ('POST' as const),
    url,
    headers,
    body: Buffer.from(body ?? '', 'utf8'),
    keep: answerBytes,
    agent: connections?.agentFor(url),
    auth: { kind: 'sigv4' as const, service, region, credentials, clock },
  };
  try {
    const answer = await ask(request, deadline);
    if (answer.status !== 200) throw toSdkError(answer);
    if (answer.cut === true) throw new Error(`an answer of more than ${answerBytes} bytes`);
    return answer.body;
  } catch (error) {
    const cause = error instanceof DeliveryError ? error.cause : error;
    throw toSourceError(permissions, operation, cause);
  }
}

/** As {@link callSigned}; the value of an answer that is JSON. @throws SourceError */
export async function callJson<T>(caller: Caller, call: SignedCall): Promise<T> {
  return readJson(await callSigned(caller, call), call.operation);
}

/** The value of an answer. @throws SourceError, retryable, when it is no JSON. */
export function readJson<T>(text: string, operation: string): T {
  try {
    return JSON.parse(text) as T;
  } catch (cause) {
    const message = `${operation}: an answer that is no JSON`;
    throw new SourceError(message, { operation, retryable: true, cause });
  }
}

/** Bytes of an answer that are read: a page of 100,800 points is under 4 MB, one of a hundred resources with all their tags under 3. */
const answerBytes = 8 * 1024 * 1024;

/** An error with the parts that the SDK's errors have; JSON services name it `__type` or in a header, query services `<Code>`. */
function toSdkError({ body, headers, show, status }: Answer): Error {
  const { message, type } = body.startsWith('{') ? readJsonError(body) : readXmlError(body);
  const error = new Error(show(message) || `status ${status}`);
  const header = headers['x-amzn-errortype'] ?? headers['x-amzn-query-error'];
  // A namespace may stand before it, and an address or who is at fault behind it.
  const name = type === '' && typeof header === 'string' ? header : type;
  error.name = name.replace(/^.*#/, '').replace(/[:;].*$/, '') || 'Error';
  return Object.assign(error, { $metadata: { httpStatusCode: status } });
}

type ErrorParts = { readonly type: string; readonly message: string };

function readJsonError(body: string): ErrorParts {
  try {
    const { __type, code, message, Message } = JSON.parse(body) as Record<string, unknown>;
    const text = (value: unknown) => (typeof value === 'string' ? value : '');
    return { type: text(__type) || text(code), message: text(message) || text(Message) };
  } catch {
    return { type: '', message: '' };
  }
}

function readXmlError(body: string): ErrorParts {
  const [, type = ''] = /<Code>([^<]+)<\/Code>/.exec(body) ?? [];
  const [, message = ''] = /<Message>([^<]*)<\/Message>/.exec(body) ?? [];
  return { type, message };
}
