// The rules that an answer must pass, in blackbox_exporter's order. Each failure shows what was seen and wanted.
import {
  type Failure,
  failure,
  type HeaderRule,
  type HttpOptions,
  Matcher,
  type ProbeEnvironment,
} from '@fargaze/core/internal';
import { showHeader } from './show-header.ts';
import { matchesBytes, scanBytes } from './watch.ts';

/** A final answer to judge. */
export type Verdictable = {
  readonly status: number;
  /** Alternating names and values, as received. */
  readonly rawHeaders: readonly string[];
  readonly httpVersion: string;
  readonly secure: boolean;
  /** Whether following stopped because there were too many redirects. */
  readonly redirectLimit: boolean;
};

/** What judging keeps to. */
export type Judgement = {
  readonly options: HttpOptions;
  readonly env: ProbeEnvironment;
  /** What was sent and must not be quoted, though a server may repeat it. */
  readonly secrets: readonly string[];
};

/** Judges status and headers. @throws the deadline's reason. */
export async function judgeHead(
  answer: Verdictable,
  about: Judgement,
): Promise<Failure | undefined> {
  return judgeStatus(answer, about.options) ?? (await judgeHeaders(answer.rawHeaders, about));
}

/** Judges what comes after the body: HTTP version and TLS. */
export function judgeConnection(answer: Verdictable, options: HttpOptions): Failure | undefined {
  const version = `HTTP/${answer.httpVersion}`;
  const { validHttpVersions } = options;
  if (validHttpVersions.length > 0 && !validHttpVersions.includes(version)) {
    return failure(
      'processing',
      'http_version',
      `${version}, want ${validHttpVersions.join(' or ')}`,
    );
  }
  if (options.failIfSsl && answer.secure) {
    return failure('tls', 'ssl', 'final request was over TLS, want none (fail_if_ssl)');
  }
  if (options.failIfNotSsl && !answer.secure) {
    return failure('connect', 'ssl', 'final request was not over TLS (fail_if_not_ssl)');
  }
  return undefined;
}

function judgeStatus(answer: Verdictable, options: HttpOptions): Failure | undefined {
  const { status, redirectLimit } = answer;
  const wanted = options.validStatusCodes;
  const fits = wanted.length === 0 ? status >= 200 && status <= 299 : wanted.includes(status);
  if (fits) return undefined;
  if (redirectLimit) {
    return failure('processing', 'redirect_limit', 'more than 10 redirects');
  }
  const list = wanted.length === 0 ? '200-299' : wanted.join(' or ');
  return failure('processing', 'status', `status ${status}, want ${list}`);
}

async function judgeHeaders(
  raw: readonly string[],
  about: Judgement,
): Promise<Failure | undefined> {
  const { failIfHeaderMatches, failIfHeaderNotMatches } = about.options;
  const rules = [
    ...failIfHeaderMatches.map((rule) => ({ ...rule, unwanted: true })),
    ...failIfHeaderNotMatches.map((rule) => ({ ...rule, unwanted: false })),
  ];
  for (const rule of rules) {
    const fault = await judgeHeader(rule, raw, about);
    if (fault !== undefined) return fault;
  }
  return undefined;
}

async function judgeHeader(
  { allowMissing, header, regexp, unwanted }: HeaderRule & { readonly unwanted: boolean },
  raw: readonly string[],
  { env, secrets }: Judgement,
): Promise<Failure | undefined> {
  const values = headerValues(raw, header);
  if (values.length === 0) {
    return allowMissing ? undefined : failure('processing', 'header', `header ${header} missing`);
  }
  let match = -1;
  for (const [index, value] of values.entries()) {
    if (await matchesBytes(regexp, Buffer.from(value, 'latin1'), env)) {
      match = index;
      break;
    }
  }
  if (unwanted === match < 0) return undefined;
  const show = (value: string) => showHeader(header, toText(value), secrets);
  const detail = unwanted
    ? `header ${header} ${show(values[match] ?? '')}, want none that matches ${regexp.text}`
    : `header ${header} ${values.map(show).join(', ')}, want a match of ${regexp.text}`;
  return failure('processing', 'header', detail);
}

/** Node reads each byte of a header as one character; servers mean UTF-8, as Go does. */
function toText(value: string): string {
  return Buffer.from(value, 'latin1').toString();
}

function headerValues(raw: readonly string[], name: string): string[] {
  const wanted = name.toLowerCase();
  return raw.filter((_, i) => i % 2 === 1 && raw[i - 1]?.toLowerCase() === wanted);
}

/** Judges a body as it comes; nothing of it is kept. */
export class BodyRules {
  readonly #rules: readonly { readonly matcher: Matcher; readonly unwanted: boolean }[];

  constructor({ failIfBodyMatches, failIfBodyNotMatches }: HttpOptions) {
    this.#rules = [
      ...failIfBodyMatches.map((one) => ({ matcher: new Matcher(one), unwanted: true })),
      ...failIfBodyNotMatches.map((one) => ({ matcher: new Matcher(one), unwanted: false })),
    ];
  }

  /** Reads a part of the body. @throws the deadline's reason. */
  async read(bytes: Uint8Array, env: ProbeEnvironment): Promise<void> {
    for (const { matcher } of this.#rules) await scanBytes(matcher, bytes, env);
  }

  /** Judges the whole body, of `length` bytes. */
  judge(length: number): Failure | undefined {
    for (const { matcher, unwanted } of this.#rules) {
      if (matcher.end() !== unwanted) continue;
      const verb = unwanted ? 'matches' : 'does not match';
      const detail = `body (${length} bytes) ${verb} ${matcher.pattern.text}`;
      return failure('transfer', 'body', detail);
    }
    return undefined;
  }
}
