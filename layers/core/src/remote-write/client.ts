// Sends series to a remote-write receiver: version 2.0 where it takes it, else 1.0. One bad sample never costs the
// others: a refused request of 1.0, which is all or nothing, is halved until what is wrong stands alone. Where so much is
// too late that this would never end, new points go first and the late ones together.

import type { Clock, Seconds } from '../clock.ts';
import { readSecret } from '../config/secret.ts';
import type { SecretRef } from '../config/types.ts';
import type { Deadline } from '../deadline.ts';
import { DeliveryError, messageOf } from '../errors.ts';
import { exchange, type HttpAnswer } from '../http/exchange.ts';
import { type AwsCredentials, signRequest } from '../http/sigv4.ts';
import { classify } from '../net/classify.ts';
import type { BasicAuth } from '../pushgateway/push.ts';
import type { Series } from '../sample.ts';
import { version } from '../version.ts';
import { type RejectReason, readAnswer } from './answers.ts';
import { encodeV1, encodeV2 } from './encode.ts';
import { compressSnappy } from './snappy.ts';

/** How requests are authorized. */
export type RemoteWriteAuth =
  | { readonly kind: 'basic'; readonly basic: BasicAuth }
  | { readonly kind: 'bearer'; readonly token: SecretRef }
  | { readonly kind: 'sigv4'; readonly region: string; readonly credentials: () => AwsCredentials };

/** A receiver. */
export type RemoteWriteOptions = {
  readonly url: URL;
  readonly auth?: RemoteWriteAuth;
  /** 2 tries version 2.0 first and falls back; 1 never tries. */
  readonly version: 1 | 2;
  readonly clock: Clock;
  /** A number from 0 to 1 for jitter. */
  readonly random?: () => number;
};

/** What became of a write. */
export type WriteResult = {
  readonly sent: number;
  readonly rejected: Readonly<Partial<Record<RejectReason, number>>>;
  readonly requests: number;
};

/** Samples in one request at most; Prometheus's own sender has 2,000. */
const samplesPerRequest = 10_000;
/** Series in one request at most: their labels take far more memory than samples do. */
const seriesPerRequest = 2_500;

/** Refused requests of a client until late points are no longer sought one by one. */
const mostRefused = 200;

/** Reasons that hold for everything in a series up to the refused sample. */
const late: ReadonlySet<RejectReason> = new Set(['out_of_order', 'too_old', 'duplicate']);

/** Seconds before the first retry; doubled each time, with jitter of half of it. */
const firstBackoff = 0.1;

/** Sends series; remembers only which version the receiver takes. */
export class RemoteWriteClient {
  readonly #options: RemoteWriteOptions;
  #version: 1 | 2;
  #refused = 0;
  /** Time of the latest sample that stood alone and was refused as late. */
  #latestRefused = Number.NEGATIVE_INFINITY;

  constructor(options: RemoteWriteOptions) {
    this.#options = options;
    this.#version = options.version;
  }

  /**
   * Sends all of `series`; samples that the receiver will never take are counted by reason.
   * @throws DeliveryError when it cannot be reached, keeps failing until the deadline, or refuses us altogether.
   */
  async write(series: Iterable<Series>, deadline: Deadline): Promise<WriteResult> {
    const tally = { sent: 0, rejected: new Map<RejectReason, number>(), requests: 0 };
    for (const part of splitBySamples(series, samplesPerRequest)) {
      await this.#send(part, deadline, tally);
    }
    return { ...tally, rejected: Object.fromEntries(tally.rejected) };
  }

  async #send(series: readonly Series[], deadline: Deadline, tally: Tally): Promise<void> {
    const answer = await this.#attempt(series, deadline, tally);
    const meaning = readAnswer(answer, this.#version);
    const count = countSamples(series);
    if (meaning.kind === 'stored') {
      tally.sent += count;
    } else if (meaning.kind === 'unsupported') {
      this.#version = 1;
      await this.#send(series, deadline, tally);
    } else if (meaning.kind === 'rejected') {
      const { reason, written } = meaning;
      if (written === undefined && count > 1) {
        await this.#divide(series, reason, { deadline, tally });
        return;
      }
      tally.sent += written ?? 0;
      reject(tally, reason, count - (written ?? 0));
      const at = series[0]?.points[0]?.at ?? 0;
      if (count === 1 && late.has(reason)) this.#latestRefused = Math.max(this.#latestRefused, at);
    } else {
      throw refusal(answer);
    }
  }

  /** Sends what was refused as a whole in two parts. */
  async #divide(series: readonly Series[], reason: RejectReason, { deadline, tally }: Sending) {
    this.#refused += 1;
    const hopeless = this.#refused > mostRefused && series.length > 1 && late.has(reason);
    const older = hopeless ? pointsOf(series, (at) => at <= this.#latestRefused) : [];
    const newer = hopeless ? pointsOf(series, (at) => at > this.#latestRefused) : [];
    if (older.length === 0) {
      const [first, second] = halve(series);
      await this.#send(first, deadline, tally);
      await this.#send(second, deadline, tally);
    } else if (newer.length === 0) {
      reject(tally, reason, countSamples(older));
    } else {
      // Older first: a receiver that would take them after all takes them in this order alone.
      await this.#send(older, deadline, tally);
      await this.#send(newer, deadline, tally);
    }
  }

  /** One request, tried again as the specification allows until the deadline leaves no time for it. */
  async #attempt(series: readonly Series[], deadline: Deadline, tally: Tally): Promise<HttpAnswer> {
    for (let backoff = firstBackoff; ; backoff *= 2) {
      tally.requests += 1;
      const result = await this.#request(series, deadline);
      const retry = 'status' in result ? readAnswer(result, this.#version) : undefined;
      if ('status' in result && retry?.kind !== 'retry') return result;
      const asked = retry?.kind === 'retry' ? retry.afterSeconds : undefined;
      const random = this.#options.random ?? Math.random;
      const wait = Math.max(asked ?? 0, backoff * (0.5 + random() / 2));
      if (deadline.signal.aborted || wait >= deadline.remaining()) throw exhausted(result);
      await sleep(wait);
    }
  }

  async #request(series: readonly Series[], deadline: Deadline): Promise<HttpAnswer | Unreached> {
    const { auth, clock, url } = this.#options;
    const two = this.#version === 2;
    const body = compressSnappy(two ? encodeV2(series) : encodeV1(series));
    const headers = {
      'content-encoding': 'snappy',
      'content-type': `application/x-protobuf${two ? ';proto=io.prometheus.write.v2.Request' : ''}`,
      'user-agent': `fargaze/${version}`,
      'x-prometheus-remote-write-version': two ? '2.0.0' : '0.1.0',
    };
    const authorization = authorize(auth, { url, headers, body, at: clock.now() });
    try {
      const request = {
        url,
        method: 'POST' as const,
        headers: { ...headers, ...authorization },
        body,
      };
      return await exchange(request, deadline);
    } catch (error) {
      if (classify(error) === 'internal' && !(error instanceof Error)) throw error;
      return { unreached: error };
    }
  }
}

type Tally = { sent: number; requests: number; readonly rejected: Map<RejectReason, number> };

type Sending = { readonly deadline: Deadline; readonly tally: Tally };

function reject({ rejected }: Tally, reason: RejectReason, samples: number): void {
  rejected.set(reason, (rejected.get(reason) ?? 0) + samples);
}

/** The receiver gave no whole answer. */
type Unreached = { readonly unreached: unknown };

/** A request that is to be authorized. */
export type Unsigned = {
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
  readonly at: number;
};

/** The headers that authorize a request. @throws ConfigError when a secret cannot be had. */
export function authorize(
  auth: RemoteWriteAuth | undefined,
  request: Unsigned,
): Record<string, string> {
  if (auth === undefined) return {};
  if (auth.kind === 'bearer') return { authorization: `Bearer ${readSecret(auth.token)}` };
  if (auth.kind === 'basic') {
    const pair = `${auth.basic.username}:${readSecret(auth.basic.password)}`;
    return { authorization: `Basic ${Buffer.from(pair, 'utf8').toString('base64')}` };
  }
  const about = { ...request, method: 'POST', region: auth.region, service: 'aps' };
  return signRequest(about, auth.credentials());
}

function refusal({ body, status }: HttpAnswer): DeliveryError {
  const words = body
    .trim()
    .slice(0, 512)
    .replace(/[\p{Cc}\p{Cf}\s]+/gu, ' ');
  return new DeliveryError(
    `remote write: status ${status}, want 2xx${words === '' ? '' : `: ${words}`}`,
    {
      status,
      retryable: status >= 500 || status === 429,
    },
  );
}

function exhausted(last: HttpAnswer | Unreached): DeliveryError {
  if ('status' in last) return refusal(last);
  const { unreached } = last;
  const message = `remote write: ${classify(unreached)}: ${messageOf(unreached)}`;
  return new DeliveryError(message, { retryable: true, cause: unreached });
}

function sleep(seconds: Seconds): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, seconds * 1000));
}

function countSamples(series: readonly Series[]): number {
  return series.reduce((sum, { points }) => sum + points.length, 0);
}

/** Parts of at most `most` samples and 2,500 series; a series is not torn apart unless it alone is longer. */
export function* splitBySamples(series: Iterable<Series>, most: number): Generator<Series[]> {
  let part: Series[] = [];
  let size = 0;
  for (const whole of series) {
    for (const one of cut(whole, most)) {
      const full = size + one.points.length > most || part.length === seriesPerRequest;
      if (full && part.length > 0) {
        yield part;
        part = [];
        size = 0;
      }
      part.push(one);
      size += one.points.length;
    }
  }
  if (part.length > 0) yield part;
}

function cut(series: Series, most: number): Series[] {
  if (series.points.length > 0 && series.points.length <= most) return [series];
  const pieces: Series[] = [];
  for (let start = 0; start < series.points.length; start += most) {
    pieces.push({ ...series, points: series.points.slice(start, start + most) });
  }
  return pieces;
}

/** The points whose times are meant, without series that have none. */
function pointsOf(series: readonly Series[], isMeant: (at: number) => boolean): Series[] {
  return series
    .map((one) => ({ ...one, points: one.points.filter(({ at }) => isMeant(at)) }))
    .filter(({ points }) => points.length > 0);
}

/** Two halves by series; of a single series, by its points. */
function halve(series: readonly Series[]): [Series[], Series[]] {
  if (series.length > 1) {
    const middle = series.length >> 1;
    return [series.slice(0, middle), series.slice(middle)];
  }
  const [first, second] = series.flatMap((one) => cut(one, Math.ceil(one.points.length / 2)));
  return [first === undefined ? [] : [first], second === undefined ? [] : [second]];
}
