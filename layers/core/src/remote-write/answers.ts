// What a receiver's answer means: stored, never to be stored, or worth another try.
import type { EpochMs } from '../clock.ts';
import type { HttpAnswer } from '../http/exchange.ts';
import { readRetryAfter } from '../http/retry.ts';

/** Why a receiver will never take a sample; the values of a label, so the list is closed. */
export type RejectReason =
  | 'duplicate'
  | 'out_of_order'
  | 'too_old'
  | 'too_new'
  | 'invalid'
  | 'limit'
  | 'other';

/** The meaning of an answer. */
export type AnswerMeaning =
  | { readonly kind: 'stored' }
  /** At least one sample will never be taken. What became of the rest differs between receivers. */
  | {
      readonly kind: 'rejected';
      readonly reason: RejectReason;
      readonly rest: 'stored' | 'lost';
      /** How many samples were stored, where the receiver says so (only 2.0 does). */
      readonly written: number | undefined;
    }
  | { readonly kind: 'too_large' }
  | { readonly kind: 'unsupported' }
  | { readonly kind: 'retry'; readonly afterSeconds: number | undefined }
  /** Nothing of it will be taken, whatever is in it: credentials, address. */
  | { readonly kind: 'refused' };

// Words of Prometheus, Mimir, Cortex, Thanos and Amazon Managed Prometheus for samples that are final however often they are
// sent. docs/bridge.md has the table of receivers with the sources.
const words: readonly (readonly [RegExp, RejectReason])[] = [
  [/duplicate[ -](?:sample|timestamp)|repeated timestamp|new value for timestamp/i, 'duplicate'],
  [/too[ -]old|too far in the past/i, 'too_old'],
  [/out[ -]of[ -]order[ -]label/i, 'invalid'],
  [/out[ -]of[ -]order/i, 'out_of_order'],
  [/out of bounds/i, 'too_old'],
  [/too[ -]far[ -]in[ -](?:the[ -])?future/i, 'too_new'],
  [/max(?:imum)?[ -](?:global[ -])?(?:number of )?series/i, 'limit'],
  [/label|metric name|invalid|malformed|utf-?8/i, 'invalid'],
  [/limit/i, 'limit'],
];

/** How Mimir, Cortex and Amazon Managed Prometheus name a refused sample; they have stored the others of the request. */
const restStored = /err-mimir-|failed pushing to ingester|\buser=\S+: /;

/** Reads an answer to a request of version `version`, which came at `now`. */
export function readAnswer(
  answer: HttpAnswer,
  { now, version }: { readonly version: 1 | 2; readonly now: EpochMs },
): AnswerMeaning {
  const { status } = answer;
  if (status >= 200 && status < 300) return readSuccess(answer, version);
  if (status === 415 && version === 2) return { kind: 'unsupported' };
  if (status === 413) return { kind: 'too_large' };
  // Thanos has stored what did not clash.
  if (status === 409) return conflict(answer);
  const reason = reasonOf(answer.body);
  // Prometheus before 2.50 says "too old sample" with a 500: final all the same, and retried for ever otherwise.
  const final =
    status >= 500 && (reason === 'too_old' || reason === 'out_of_order' || reason === 'duplicate');
  if (status === 400 || status === 422 || final) {
    const written = writtenSamples(answer);
    // A receiver that knows no version 2 may take its body for a broken one of version 1.
    if (version === 2 && written === undefined && reason === 'other')
      return { kind: 'unsupported' };
    const rest = written !== undefined || restStored.test(answer.body) ? 'stored' : 'lost';
    return { kind: 'rejected', reason, rest, written };
  }
  if (status === 429 || status >= 500) {
    return { kind: 'retry', afterSeconds: readRetryAfter(answer, now) };
  }
  return { kind: 'refused' };
}

/** A receiver of 2.0 says how much it wrote; one that stays silent took the request for something else. */
function readSuccess(answer: HttpAnswer, version: 1 | 2): AnswerMeaning {
  return version === 2 && writtenSamples(answer) === undefined
    ? { kind: 'unsupported' }
    : { kind: 'stored' };
}

function conflict({ body }: HttpAnswer): AnswerMeaning {
  const reason = reasonOf(body);
  const known = reason === 'other' ? 'out_of_order' : reason;
  return { kind: 'rejected', reason: known, rest: 'stored', written: undefined };
}

function reasonOf(body: string): RejectReason {
  return words.find(([pattern]) => pattern.test(body))?.[1] ?? 'other';
}

function writtenSamples({ headers }: HttpAnswer): number | undefined {
  const text = headers['x-prometheus-remote-write-samples-written'];
  return typeof text === 'string' && /^\d+$/.test(text) ? Number(text) : undefined;
}
