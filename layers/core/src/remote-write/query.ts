// Asks a remote-write receiver what it holds, where it has Prometheus's query API beside its write API.
import type { EpochMs } from '../clock.ts';
import type { Deadline } from '../deadline.ts';
import { ConfigError, DeliveryError, messageOf } from '../errors.ts';
import { ask } from '../http/ask.ts';
import type { RemoteWriteOptions } from './client.ts';

/** One series of an instant query's answer. */
export type InstantValue = {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
};

/** Paths of write APIs whose query API lies beside them: Prometheus, Amazon Managed Prometheus. */
const writePath = /\/api\/v1\/(?:remote_)?write\/?$/;

/** Where the receiver of `url` is asked; undefined when its write URL does not show that. */
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
  { auth, url }: Pick<RemoteWriteOptions, 'auth' | 'url'>,
  { at, expression }: { readonly expression: string; readonly at: EpochMs },
  deadline: Deadline,
): Promise<InstantValue[] | undefined> {
  const target = queryUrl(url);
  if (target === undefined) return undefined;
  const form = new URLSearchParams({ query: expression, time: String(at / 1000) });
  try {
    const answer = await ask(
      {
        method: 'POST',
        url: target,
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
        body: Buffer.from(form.toString(), 'utf8'),
        keep: answerBytes,
        auth,
      },
      deadline,
    );
    if (answer.status !== 200) throw new Error(answer.refusal('200'));
    if (answer.cut === true) throw new Error(`more than ${answerBytes} bytes, want less`);
    return readVector(answer.body);
  } catch (cause) {
    if (cause instanceof ConfigError) throw cause;
    const message = `query of the remote-write receiver: ${messageOf(cause)}`;
    throw new DeliveryError(message, { retryable: true, cause });
  }
}

/** Bytes of an answer that are read: a watermark is some 200 bytes. */
const answerBytes = 16 * 1024 * 1024;

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
