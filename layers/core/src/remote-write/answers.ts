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
  /** The receiver took part of the request (only 2.0 says how much). */
  | {
      readonly kind: 'rejected';
      readonly reason: RejectReason;
      readonly written: number | undefined;
    }
  | { readonly kind: 'unsupported' }
  | { readonly kind: 'retry'; readonly afterSeconds: number | undefined }
  /** Nothing of it will be taken, whatever is in it: credentials, address. */
  | { readonly kind: 'refused' };

// Words of Prometheus, Mimir and Amazon Managed Prometheus for samples that are final however often they are sent.
const words: readonly (readonly [RegExp, RejectReason])[] = [
  [/duplicate sample/i, 'duplicate'],
  [/too old|too far in the past/i, 'too_old'],
  [/out of order/i, 'out_of_order'],
  [/out of bounds/i, 'too_old'],
  [/too far in the future/i, 'too_new'],
  [/label|metric name|invalid|malformed|utf-?8/i, 'invalid'],
  [/limit/i, 'limit'],
];

/** Reads an answer to a request of version `version`, which came at `now`. */
export function readAnswer(
  answer: HttpAnswer,
  { now, version }: { readonly version: 1 | 2; readonly now: EpochMs },
): AnswerMeaning {
  const { status } = answer;
  if (status >= 200 && status < 300) return readSuccess(answer, version);
  if (status === 415 && version === 2) return { kind: 'unsupported' };
  const reason = reasonOf(answer.body);
  // Prometheus before 2.50 says "too old sample" with a 500: final all the same, and retried for ever otherwise.
  const final =
    status >= 500 && (reason === 'too_old' || reason === 'out_of_order' || reason === 'duplicate');
  if (status === 400 || final) return { kind: 'rejected', reason, written: writtenSamples(answer) };
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

function reasonOf(body: string): RejectReason {
  return words.find(([pattern]) => pattern.test(body))?.[1] ?? 'other';
}

function writtenSamples({ headers }: HttpAnswer): number | undefined {
  const text = headers['x-prometheus-remote-write-samples-written'];
  return typeof text === 'string' && /^\d+$/.test(text) ? Number(text) : undefined;
}
