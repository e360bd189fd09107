// The rules that an answer must pass, in blackbox_exporter's order. Each failure shows what was seen and wanted.
import { createContext, Script } from 'node:vm';
import {
  codeOf,
  type Deadline,
  type Failure,
  failure,
  type HttpOptions,
  type Pattern,
} from '@fargaze/core';

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

/** Judges status and headers. */
export function judgeHead(answer: Verdictable, options: HttpOptions): Failure | undefined {
  return judgeStatus(answer, options) ?? judgeHeaders(answer.rawHeaders, options);
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

function judgeHeaders(raw: readonly string[], options: HttpOptions): Failure | undefined {
  for (const rule of options.failIfHeaderMatches) {
    const values = headerValues(raw, rule.header);
    if (values.length === 0) {
      if (rule.allowMissing) continue;
      return failure('processing', 'header', `header ${rule.header} missing`);
    }
    const match = values.find((value) => matches(rule.regexp, value));
    if (match === undefined) continue;
    const detail = `header ${rule.header} ${show(match)}, want none that matches ${rule.regexp.source}`;
    return failure('processing', 'header', detail);
  }
  for (const rule of options.failIfHeaderNotMatches) {
    const values = headerValues(raw, rule.header);
    if (values.length === 0) {
      if (rule.allowMissing) continue;
      return failure('processing', 'header', `header ${rule.header} missing`);
    }
    if (values.some((value) => matches(rule.regexp, value))) continue;
    const seen = values.map(show).join(', ');
    const detail = `header ${rule.header} ${seen}, want a match of ${rule.regexp.source}`;
    return failure('processing', 'header', detail);
  }
  return undefined;
}

function headerValues(raw: readonly string[], name: string): string[] {
  const wanted = name.toLowerCase();
  return raw.filter((_, i) => i % 2 === 1 && raw[i - 1]?.toLowerCase() === wanted);
}

/** Header values are short (the parser bounds them), so these run without a time limit of their own. */
function matches({ source, flags }: Pattern, text: string): boolean {
  return new RegExp(source, flags).test(text);
}

function show(value: string): string {
  return JSON.stringify(value.length > 80 ? `${value.slice(0, 77)}...` : value);
}

/** Judges the body. A pattern that backtracks without end on a hostile body is stopped at the deadline. */
export function judgeBody(
  body: Buffer,
  options: HttpOptions,
  deadline: Deadline,
): Failure | undefined {
  const unwanted = options.failIfBodyMatches;
  const wanted = options.failIfBodyNotMatches;
  if (unwanted.length + wanted.length === 0) return undefined;
  const context = createContext({ text: body.toString('utf8') });
  const test = (pattern: Pattern) => testBounded(pattern, context, deadline);
  for (const [patterns, bad] of [
    [unwanted, true],
    [wanted, false],
  ] as const) {
    for (const pattern of patterns) {
      const result = test(pattern);
      if (result === 'timeout') {
        const detail = `pattern ${pattern.source} took longer than the time left`;
        return failure('transfer', 'timeout', detail);
      }
      if (result !== bad) continue;
      const verb = bad ? 'matches' : 'does not match';
      return failure('transfer', 'body', `body (${body.length} bytes) ${verb} ${pattern.source}`);
    }
  }
  return undefined;
}

function testBounded(pattern: Pattern, context: object, deadline: Deadline): boolean | 'timeout' {
  const timeout = Math.floor(deadline.remaining() * 1000);
  if (timeout < 1) return 'timeout';
  const expression = `new RegExp(${JSON.stringify(pattern.source)},${JSON.stringify(pattern.flags)}).test(text)`;
  try {
    return (
      new Script(expression).runInContext(context as ReturnType<typeof createContext>, {
        timeout,
      }) === true
    );
  } catch (error) {
    if (codeOf(error) === 'ERR_SCRIPT_EXECUTION_TIMEOUT') return 'timeout';
    throw error;
  }
}
