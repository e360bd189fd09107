// Asks a remote-write receiver what it holds, where it has Prometheus's query API beside its write API.
import type { EpochMs } from '../clock.ts';
import type { Deadline } from '../deadline.ts';
import { DeliveryError, messageOf } from '../errors.ts';
import { version } from '../version.ts';
import { authorize, type RemoteWriteOptions } from './client.ts';

/** One series of an instant query's answer. */
export type InstantValue = {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
};

/** Paths of write APIs whose query API lies beside them: Prometheus, Amazon Managed Prometheus. */
const writePath = /\/api\/v1\/(?:remote_)?write\/?$/;

/** Where the receiver of `url` is asked; undefined when that cannot be told from its write URL. */
export function queryUrl(url: URL): URL | undefined {
  if (!writePath.test(url.pathname)) return undefined;
  const query = new URL(url);
  query.pathname = url.pathname.replace(writePath, '/api/v1/query');
  return query;
}

/**
 * The answer of the receiver to an instant query as of `at`; undefined when it has no query API that we know.
 * @throws DeliveryError when it does not answer as it should.
 */
export async function queryInstant(
  { auth, clock, url }: RemoteWriteOptions,
  { at, expression }: { readonly expression: string; readonly at: EpochMs },
  deadline: Deadline,
): Promise<InstantValue[] | undefined> {
  const target = queryUrl(url);
  if (target === undefined) return undefined;
  const form = new URLSearchParams({ query: expression, time: String(at / 1000) });
  const body = Buffer.from(form.toString(), 'utf8');
  const headers = {
    'content-type': 'application/x-www-form-urlencoded',
    'user-agent': `fargaze/${version}`,
  };
  const signed = authorize(auth, { url: target, headers, body, at: clock.now() });
  try {
    const response = await fetch(target, {
      method: 'POST',
      headers: { ...headers, ...signed },
      body: form.toString(),
      redirect: 'error',
      signal: deadline.signal,
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`status ${response.status}, want 200`);
    return readVector(text);
  } catch (cause) {
    const message = `query of the remote-write receiver: ${messageOf(cause)}`;
    throw new DeliveryError(message, { retryable: true, cause });
  }
}

type VectorAnswer = {
  readonly data?: {
    readonly result?: readonly {
      readonly metric: Readonly<Record<string, string>>;
      readonly value: readonly [number, string];
    }[];
  };
};

function readVector(text: string): InstantValue[] {
  const { data } = JSON.parse(text) as VectorAnswer;
  if (data?.result === undefined) throw new Error('an answer without a result, want a vector');
  return data.result.map(({ metric, value }) => ({ labels: metric, value: Number(value[1]) }));
}
