// Sends series to a remote-write receiver: version 2.0 where it takes it, else 1.0. One bad sample never costs the
// others: most receivers store the rest of a refused request; where they do not, it is halved until what is wrong is found.
// The halving has a bound: beyond it, late points are sent together, and a receiver that takes nothing at all is a fault.

import type { Agent } from 'node:http';
import type { Clock } from '../clock.ts';
import type { Deadline } from '../deadline.ts';
import { DeliveryError } from '../errors.ts';
import { type Answer, ask, isRetryable } from '../http/ask.ts';
import type { Auth } from '../http/auth.ts';
import { keepConnection } from '../http/exchange.ts';
import { retry } from '../http/retry.ts';
import type { Series } from '../sample.ts';
import { type RejectReason, readAnswer } from './answers.ts';
import { encodeV1, encodeV2 } from './encode.ts';
import { compressSnappy } from './snappy.ts';

/** A receiver. */
export type RemoteWriteOptions = {
  readonly url: URL;
  readonly auth?: Auth;
  /** 2 tries version 2.0 first and falls back; 1 never tries. */
  readonly version: 1 | 2;
  readonly clock: Clock;
  /** A number from 0 to 1 for jitter. */
  readonly random?: () => number;
};

/** What became of a write. */
export type WriteResult = {
  /** Samples that the receiver took. */
  readonly sent: number;
  /** At least so many: a receiver that stores the rest of a request need not say how many it refused. */
  readonly rejected: Readonly<Partial<Record<RejectReason, number>>>;
  readonly requests: number;
  /** Series of which the receiver may hold another value for one of the times; absent when there is none. */
  readonly unsettled?: readonly Series[];
};

/** Samples in one request at most; Prometheus's own sender has 2,000. */
const samplesPerRequest = 10_000;
/** Series in one request at most: their labels take far more memory than samples do. */
const seriesPerRequest = 2_500;

/** Refused requests of a client until late points are no longer sought one by one. */
const mostRefused = 200;
/** Requests of a write that are refused for other reasons, until what is wrong is no longer sought. */
const mostHalvings = 64;

/** Reasons that hold for everything in a series up to the refused sample. */
const late: ReadonlySet<RejectReason> = new Set(['out_of_order', 'too_old', 'duplicate']);

/** Sends series; remembers only which version the receiver takes. */
export class RemoteWriteClient {
  readonly #options: RemoteWriteOptions;
  #version: 1 | 2;
  #refused = 0;
  /** Less than usual once a request was too large. */
  #samplesPerRequest = samplesPerRequest;

  constructor(options: RemoteWriteOptions) {
    this.#options = options;
    this.#version = options.version;
  }

  /**
   * Sends all of `series`; samples that the receiver will never take are counted by reason.
   * @throws DeliveryError when it cannot be reached, keeps failing until the deadline, or refuses us altogether.
   */
  async write(series: Iterable<Series>, deadline: Deadline): Promise<WriteResult> {
    const tally: Tally = {
      sent: 0,
      rejected: new Map(),
      requests: 0,
      halvings: 0,
      unsettled: [],
      unknown: undefined,
      latestRefused: Number.NEGATIVE_INFINITY,
      agent: await keepConnection(this.#options.url),
    };
    try {
      for (const part of splitBySamples(series, this.#samplesPerRequest)) {
        await this.#send(part, deadline, tally);
      }
    } finally {
      tally.agent.destroy();
    }
    const { rejected, requests, sent, unknown, unsettled } = tally;
    // Refused without exception, in words that nobody knows: what is wrong is hardly each single sample.
    if (sent === 0 && rejected.size === 1 && unknown !== undefined) throw toWriteError(unknown);
    const counted = { sent, rejected: Object.fromEntries(rejected), requests };
    return unsettled.length === 0 ? counted : { ...counted, unsettled };
  }

  async #send(series: readonly Series[], deadline: Deadline, tally: Tally): Promise<void> {
    const answer = await this.#attempt(series, deadline, tally);
    const meaning = this.#read(answer);
    const count = countSamples(series);
    if (meaning.kind === 'stored') {
      tally.sent += count;
    } else if (meaning.kind === 'unsupported') {
      this.#version = 1;
      await this.#send(series, deadline, tally);
    } else if (meaning.kind === 'too_large' && count > 1) {
      this.#samplesPerRequest = Math.max(1, Math.min(this.#samplesPerRequest, count >> 1));
      await this.#sendHalves(series, { deadline, tally });
    } else if (meaning.kind === 'rejected') {
      const { reason, rest, written = rest === 'stored' ? count - 1 : 0 } = meaning;
      if (rest === 'lost' && count > 1) {
        await this.#divide(series, { reason, answer }, { deadline, tally });
        return;
      }
      tally.sent += written;
      reject(tally, reason, count - written);
      if (reason === 'duplicate') tally.unsettled.push(...series);
      if (reason === 'other') tally.unknown = answer;
      const at = series[0]?.points[0]?.at ?? 0;
      if (count === 1 && late.has(reason)) tally.latestRefused = Math.max(tally.latestRefused, at);
    } else {
      throw toWriteError(answer);
    }
  }

  async #sendHalves(series: readonly Series[], { deadline, tally }: Sending): Promise<void> {
    for (const half of halveSeries(series)) await this.#send(half, deadline, tally);
  }

  /** Sends what was refused as a whole in two parts. */
  async #divide(series: readonly Series[], { answer, reason }: Refusal, sending: Sending) {
    const { tally } = sending;
    if (!late.has(reason)) {
      tally.halvings += 1;
      if (tally.halvings <= mostHalvings) return this.#sendHalves(series, sending);
      // Nothing but refusals: not one sample is wrong, but what is sent, or the receiver.
      if (tally.sent === 0) throw toWriteError(answer);
      return reject(tally, reason, countSamples(series));
    }
    this.#refused += 1;
    const hopeless = this.#refused > mostRefused && series.length > 1;
    const older = hopeless ? pickPoints(series, (at) => at <= tally.latestRefused) : [];
    const newer = hopeless ? pickPoints(series, (at) => at > tally.latestRefused) : [];
    if (older.length === 0) return this.#sendHalves(series, sending);
    if (newer.length === 0) return reject(tally, reason, countSamples(older));
    // Older first: a receiver that does take them takes them only in this order.
    await this.#send(older, sending.deadline, tally);
    await this.#send(newer, sending.deadline, tally);
  }

  /** One request, tried again as the specification allows until the deadline leaves no time for it. */
  async #attempt(series: readonly Series[], deadline: Deadline, tally: Tally): Promise<Answer> {
    const { clock, random } = this.#options;
    const attempt = () => {
      tally.requests += 1;
      return this.#request(series, deadline, tally.agent);
    };
    const again = (result: Answer | DeliveryError) => {
      if (result instanceof DeliveryError) return {};
      const meaning = this.#read(result);
      return meaning.kind === 'retry' && meaning;
    };
    const last = await retry(attempt, { clock, deadline, random, again });
    if (last instanceof DeliveryError) throw last;
    if (this.#read(last).kind === 'retry') throw toWriteError(last);
    return last;
  }

  #read(answer: Answer) {
    return readAnswer(answer, { version: this.#version, now: this.#options.clock.now() });
  }

  /** The answer, or why there is none. */
  async #request(
    series: readonly Series[],
    deadline: Deadline,
    agent: Agent,
  ): Promise<Answer | DeliveryError> {
    const { auth, url } = this.#options;
    const two = this.#version === 2;
    const body = compressSnappy(two ? encodeV2(series) : encodeV1(series));
    const headers = {
      'content-encoding': 'snappy',
      'content-type': `application/x-protobuf${two ? ';proto=io.prometheus.write.v2.Request' : ''}`,
      'x-prometheus-remote-write-version': two ? '2.0.0' : '0.1.0',
    };
    try {
      return await ask({ url, method: 'POST', headers, body, auth, agent }, deadline);
    } catch (error) {
      if (!(error instanceof DeliveryError)) throw error;
      const { cause, retryable } = error;
      return new DeliveryError(`remote write: ${error.message}`, { retryable, cause });
    }
  }
}

type Tally = {
  sent: number;
  requests: number;
  /** Requests that were refused as a whole for a reason that is not lateness. */
  halvings: number;
  readonly rejected: Map<RejectReason, number>;
  readonly unsettled: Series[];
  /** The last refusal in words that are not known. */
  unknown: Answer | undefined;
  /** Time of the latest sample that was sent by itself and refused as late. */
  latestRefused: number;
  /** Keeps the connection between the requests of the write. */
  readonly agent: Agent;
};

type Refusal = { readonly reason: RejectReason; readonly answer: Answer };

type Sending = { readonly deadline: Deadline; readonly tally: Tally };

function reject({ rejected }: Tally, reason: RejectReason, samples: number): void {
  rejected.set(reason, (rejected.get(reason) ?? 0) + samples);
}

function toWriteError(answer: Answer): DeliveryError {
  const { status } = answer;
  const message = `remote write: ${answer.refusal('2xx')}`;
  return new DeliveryError(message, { status, retryable: isRetryable(status) });
}

function countSamples(series: readonly Series[]): number {
  return series.reduce((sum, { points }) => sum + points.length, 0);
}

/** Parts of at most `most` samples and 2,500 series; a series is split only if it is longer than that. */
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
function pickPoints(series: readonly Series[], isMeant: (at: number) => boolean): Series[] {
  return series
    .map((one) => ({ ...one, points: one.points.filter(({ at }) => isMeant(at)) }))
    .filter(({ points }) => points.length > 0);
}

/** Two halves by series; of a single series, by its points. */
function halveSeries(series: readonly Series[]): [Series[], Series[]] {
  if (series.length > 1) {
    const middle = series.length >> 1;
    return [series.slice(0, middle), series.slice(middle)];
  }
  const [first, second] = series.flatMap((one) => cut(one, Math.ceil(one.points.length / 2)));
  return [first === undefined ? [] : [first], second === undefined ? [] : [second]];
}
