// Asks a remote-write receiver what it holds, where it has Prometheus's query API beside its write API.
import type { EpochMs } from '../clock.ts';
import type { Deadline } from '../deadline.ts';
import { readEnv } from '../env.ts';
import { ConfigError, DeliveryError, messageOf } from '../errors.ts';
import { ask } from '../http/ask.ts';
import { parseUrl } from '../parse-url.ts';
import { redactUrl } from '../redact.ts';
import type { RemoteWriteOptions } from './client.ts';

/** One series of an instant query's answer. */
export type InstantValue = {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
};

/** Where the query API lies, by the end of the write API's path. docs/bridge.md has the receivers and their sources. */
const queryPaths: readonly (readonly [RegExp, string])[] = [
  // A cluster of VictoriaMetrics behind one address.
  [
    /\/insert\/([^/]+)\/prometheus(?:\/api\/v1\/(?:write|push))?\/?$/,
    '/select/$1/prometheus/api/v1/query',
  ],
  // Prometheus, VictoriaMetrics; Amazon Managed Prometheus.
  [/\/api\/v1\/(?:remote_)?write\/?$/, '/api/v1/query'],
  // Grafana Cloud, and Cortex by its older path.
  [/\/api\/prom\/push\/?$/, '/api/prom/api/v1/query'],
  // Mimir and Cortex.
  [/(?:\/prometheus)?\/api\/v1\/push\/?$/, '/prometheus/api/v1/query'],
];

/**
 * Where the receiver of `url` is asked: `FARGAZE_QUERY_URL`, else what the write URL shows; undefined when neither does.
 * Thanos Receive answers no queries: its querier is another program.
 */
export function queryUrl(url: URL): URL | undefined {
  const named = readEnv('FARGAZE_QUERY_URL');
  const base = named === undefined ? url : namedUrl(named);
  const query = new URL(base);
  if (named !== undefined) {
    query.pathname = `${base.pathname.replace(/\/$/, '')}/api/v1/query`;
    return query;
  }
  for (const [end, path] of queryPaths) {
    if (!end.test(url.pathname)) continue;
    query.pathname = url.pathname.replace(end, path);
    return query;
  }
  return undefined;
}

/** @throws ConfigError naming the variable. */
function namedUrl(text: string): URL {
  const url = parseUrl(text);
  if (url !== undefined && /^https?:$/.test(url.protocol)) return url;
  const message = `got ${JSON.stringify(redactUrl(text))}, want the http or https URL of a Prometheus query API, without /api/v1/query`;
  throw new ConfigError('environment', [{ path: 'FARGAZE_QUERY_URL', message }]);
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
