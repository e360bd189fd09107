// Instant queries to a Prometheus. Every answer that is none says which URL, without its secrets, and what to try.
import { systemClock } from '../../layers/core/src/clock.ts';
import { type Deadline, startDeadline } from '../../layers/core/src/deadline.ts';
import { ConfigError, messageOf } from '../../layers/core/src/errors.ts';
import { type Answer, ask } from '../../layers/core/src/http/ask.ts';
import { classify } from '../../layers/core/src/net/classify.ts';
import { UsageError } from '../command/command.ts';
import { hintOfFailure, hintOfStatus } from './hint.ts';
import { type Prometheus, requestOf } from './prometheus.ts';

/** One series of an answer; `at`: when it was evaluated, in unixtime by the clock of that Prometheus. */
export type Row = {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
  readonly at: number;
};

/** Series, and what the server says of their being whole. */
export type QueryAnswer = { readonly rows: Row[]; readonly warnings: readonly string[] };

/** Seconds for an answer. */
const patience = 10;

/** Bytes of an answer that are read: more than a hundred thousand series. */
const keep = 64 * 1024 * 1024;

const nothing = Buffer.alloc(0);

/** The answer to `expression`. @throws UsageError when there is none; ConfigError for a secret that cannot be read. */
export async function query(prometheus: Prometheus, expression: string): Promise<QueryAnswer> {
  const deadline = startDeadline(patience, systemClock);
  try {
    return await queryBefore(deadline, prometheus, expression);
  } finally {
    deadline.close();
  }
}

async function queryBefore(deadline: Deadline, prometheus: Prometheus, expression: string) {
  const { auth, url } = requestOf(prometheus, expression);
  let answer: Answer;
  try {
    answer = await ask({ method: 'GET', url, auth, body: nothing, keep }, deadline);
  } catch (error) {
    if (error instanceof ConfigError) throw error;
    const reason = classify((error as Error).cause ?? error);
    const fault = `${prometheus.shown}: ${messageOf(error)}`;
    throw new UsageError(fault, hintOfFailure(prometheus, reason));
  }
  if (answer.status !== 200) {
    const fault = `${prometheus.shown}: ${answer.refusal('200')}`;
    throw new UsageError(fault, hintOfStatus(prometheus, answer));
  }
  return readAnswer(answer, prometheus.shown);
}

type Document = {
  readonly status?: unknown;
  readonly error?: unknown;
  readonly warnings?: unknown;
  readonly data?: { readonly result?: unknown };
};

function readAnswer(answer: Answer, shown: string): QueryAnswer {
  if (answer.cut === true)
    throw new UsageError(`${shown}: got an answer of more than 64 MiB, which is not read`);
  const document = parse(answer.body);
  if (document === undefined) {
    throw new UsageError(
      `${shown}: the answer is no JSON, want a Prometheus`,
      answer.body === ''
        ? 'it is empty'
        : `it begins with: ${answer.show(answer.body.slice(0, 200)).slice(0, 80)}`,
    );
  }
  const { data, error, status, warnings } = document;
  const rows = Array.isArray(data?.result) ? data.result.map(rowOf) : [undefined];
  if (status !== 'success' || !rows.every((row) => row !== undefined)) {
    const words = typeof error === 'string' ? answer.show(error) : 'the answer has no result';
    throw new UsageError(`${shown}: ${words}`, 'want the answer of a Prometheus');
  }
  const words = Array.isArray(warnings) ? warnings.map((one) => answer.show(String(one))) : [];
  return { rows, warnings: words };
}

function parse(body: string): Document | undefined {
  try {
    const document: unknown = JSON.parse(body);
    return typeof document === 'object' && document !== null ? document : undefined;
  } catch {
    return undefined;
  }
}

function rowOf(entry: unknown): Row | undefined {
  const { metric, value } = (entry ?? {}) as {
    readonly metric?: unknown;
    readonly value?: unknown;
  };
  if (typeof metric !== 'object' || metric === null || !Array.isArray(value)) return undefined;
  const [at, text] = value;
  return { labels: metric as Row['labels'], value: Number(text), at: Number(at) };
}
