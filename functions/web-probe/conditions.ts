// The rules that an answer must pass, in blackbox_exporter's order. Each failure shows what was seen and wanted.
import { createContext, Script } from 'node:vm';
import {
  codeOf,
  type Deadline,
  type Failure,
  failure,
  type HeaderRule,
  type HttpOptions,
  type Pattern,
} from '@fargaze/core/internal';
import { showHeader } from './show-header.ts';

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
  readonly deadline: Deadline;
  /** What was sent and must not be quoted, though a server may repeat it. */
  readonly secrets: readonly string[];
};

/** Judges status and headers. */
export function judgeHead(answer: Verdictable, about: Judgement): Failure | undefined {
  return judgeStatus(answer, about.options) ?? judgeHeaders(answer.rawHeaders, about);
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

function judgeHeaders(raw: readonly string[], about: Judgement): Failure | undefined {
  const { failIfHeaderMatches, failIfHeaderNotMatches } = about.options;
  for (const rule of failIfHeaderMatches) {
    const fault = judgeHeader(rule, raw, { ...about, unwanted: true });
    if (fault !== undefined) return fault;
  }
  for (const rule of failIfHeaderNotMatches) {
    const fault = judgeHeader(rule, raw, { ...about, unwanted: false });
    if (fault !== undefined) return fault;
  }
  return undefined;
}

function judgeHeader(
  { allowMissing, header, regexp }: HeaderRule,
  raw: readonly string[],
  { deadline, secrets, unwanted }: Judgement & { readonly unwanted: boolean },
): Failure | undefined {
  const values = headerValues(raw, header);
  if (values.length === 0) {
    return allowMissing ? undefined : failure('processing', 'header', `header ${header} missing`);
  }
  const results = values.map((value) => testBounded(regexp, value, deadline));
  if (results.includes('timeout')) return tooSlow('processing', regexp);
  const match = results.indexOf(true);
  if (unwanted === match < 0) return undefined;
  const show = (value: string) => showHeader(header, value, secrets);
  const detail = unwanted
    ? `header ${header} ${show(values[match] ?? '')}, want none that matches ${regexp.source}`
    : `header ${header} ${values.map(show).join(', ')}, want a match of ${regexp.source}`;
  return failure('processing', 'header', detail);
}

function headerValues(raw: readonly string[], name: string): string[] {
  const wanted = name.toLowerCase();
  return raw.filter((_, i) => i % 2 === 1 && raw[i - 1]?.toLowerCase() === wanted);
}

/** Judges the body. */
export function judgeBody(body: Buffer, { deadline, options }: Judgement): Failure | undefined {
  const rules = [
    ...options.failIfBodyMatches.map((pattern) => ({ pattern, bad: true })),
    ...options.failIfBodyNotMatches.map((pattern) => ({ pattern, bad: false })),
  ];
  const text = rules.length === 0 ? '' : body.toString('utf8');
  for (const { bad, pattern } of rules) {
    const result = testBounded(pattern, text, deadline);
    if (result === 'timeout') return tooSlow('transfer', pattern);
    if (result !== bad) continue;
    const verb = bad ? 'matches' : 'does not match';
    return failure('transfer', 'body', `body (${body.length} bytes) ${verb} ${pattern.source}`);
  }
  return undefined;
}

function tooSlow(phase: 'processing' | 'transfer', { source }: Pattern): Failure {
  return failure(phase, 'timeout', `pattern ${source} took longer than the time left`);
}

/** Whether the pattern matches. One that backtracks without end on a hostile text is stopped at the deadline. */
function testBounded(
  { flags, source }: Pattern,
  text: string,
  deadline: Deadline,
): boolean | 'timeout' {
  const timeout = Math.floor(deadline.remaining() * 1000);
  if (timeout < 1) return 'timeout';
  const expression = `new RegExp(${JSON.stringify(source)},${JSON.stringify(flags)}).test(text)`;
  try {
    return new Script(expression).runInContext(createContext({ text }), { timeout }) === true;
  } catch (error) {
    if (codeOf(error) === 'ERR_SCRIPT_EXECUTION_TIMEOUT') return 'timeout';
    throw error;
  }
}
