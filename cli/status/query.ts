// Instant queries to a Prometheus. Every answer that is none says which URL, without its secrets, and what to try.
import { systemClock } from '../../layers/core/src/clock.ts';
import type { SecretRef } from '../../layers/core/src/config/secret.ts';
import { startDeadline } from '../../layers/core/src/deadline.ts';
import { messageOf } from '../../layers/core/src/errors.ts';
import { ask } from '../../layers/core/src/http/ask.ts';
import type { Auth } from '../../layers/core/src/http/auth.ts';
import { redactUrl } from '../../layers/core/src/redact.ts';
import { UsageError } from '../command/command.ts';

/** One series of an answer. */
export type Row = { readonly labels: Readonly<Record<string, string>>; readonly value: number };

/** Whom to ask. */
export type Prometheus = { readonly url: string; readonly bearer: string | undefined };

const patience = 10;

/** Bytes of an answer that are read: some ten thousand series. */
const keep = 16 * 1024 * 1024;

const nothing = Buffer.alloc(0);

/** The answer to `expression`. @throws UsageError when there is none. */
export async function query(prometheus: Prometheus, expression: string): Promise<Row[]> {
  const { auth, url } = requestOf(prometheus);
  url.searchParams.set('query', expression);
  const deadline = startDeadline(patience, systemClock);
  const shown = redactUrl(prometheus.url);
  try {
    const answer = await ask({ method: 'GET', url, auth, body: nothing, keep }, deadline);
    if (answer.status !== 200) {
      const hint =
        answer.status === 404 ? 'want the URL that stands before /api/v1/query' : undefined;
      throw new UsageError(`${shown}: ${answer.refusal('200')}`, hint);
    }
    return rowsOf(answer.body, shown);
  } catch (error) {
    if (error instanceof UsageError) throw error;
    throw new UsageError(
      `${shown}: ${messageOf(error)}`,
      'want the URL of a Prometheus that answers: --url URL',
    );
  } finally {
    deadline.close();
  }
}

/** User info stays in the address: core sends and hides it as it does the token. */
function requestOf({ bearer, url: text }: Prometheus): { readonly url: URL; readonly auth?: Auth } {
  if (!/^https?:\/\//.test(text) || !URL.canParse(text)) {
    throw new UsageError(
      `--url: got ${JSON.stringify(redactUrl(text))}, want a URL such as http://localhost:9090`,
    );
  }
  const url = new URL(text);
  url.hash = '';
  url.pathname = `${url.pathname.replace(/\/+$/, '')}/api/v1/query`;
  if (bearer === undefined) return { url };
  if (!/^(?:env|file):./.test(bearer))
    throw new UsageError('--bearer: want env:NAME or file:/path, not the token itself');
  return { url, auth: { kind: 'bearer', token: bearer as SecretRef } };
}

type Answer = {
  readonly status?: string;
  readonly error?: string;
  readonly data?: {
    readonly result?: readonly {
      readonly metric: Row['labels'];
      readonly value: readonly [number, string];
    }[];
  };
};

function rowsOf(body: string, shown: string): Row[] {
  let answer: Answer;
  try {
    answer = JSON.parse(body) as Answer;
  } catch {
    throw new UsageError(`${shown}: the answer is no JSON, want a Prometheus`);
  }
  if (answer.status !== 'success' || !Array.isArray(answer.data?.result)) {
    throw new UsageError(
      `${shown}: ${answer.error ?? 'the answer has no result, want a Prometheus'}`,
    );
  }
  return answer.data.result.map(({ metric, value }) => ({
    labels: metric,
    value: Number(value[1]),
  }));
}
