// Until when points may have been written that this function does not know of: by one before it that was ended before it could
// say how far it came, by another at the same time, or by its own run that failed. A receiver takes another value for a point
// once only, so these are not written again before they are final.
import { DeliveryError, readEnv, type Series } from '@fargaze/core/internal';
import { type Pass, settleOf } from '../pass/pass.ts';
import type { EpochSeconds } from '../pass/time.ts';

const metric = 'fargaze_bridge_attempt_timestamp_seconds';

/** What a warm function knows of attempts. */
export class Attempts {
  /** What this function wrote last, while it knows what it delivered. */
  #own: EpochSeconds | undefined;
  #doubtfulUntil: EpochSeconds = 0;

  /**
   * Says in the receiver how far this pass will write, before it does.
   * @returns until when there may be points that this function does not know of; 0 for none, undefined when nobody can say.
   */
  async begin(pass: Pass): Promise<EpochSeconds | undefined> {
    if (pass.order !== 'any' || pass.writer.answers === 'later') return undefined;
    const stored = await readStored(pass);
    if (typeof stored === 'number' && stored !== this.#own) {
      this.#doubtfulUntil = Math.max(this.#doubtfulUntil, stored);
    }
    const until = pass.now - settleOf(pass);
    const points = [{ at: Math.round(pass.now * 1000), value: until }];
    this.#own = undefined;
    try {
      await pass.writer.write([{ labels: labelsOf(), points }], pass.writeDeadline);
      this.#own = until;
    } catch (error) {
      if (!(error instanceof DeliveryError)) throw error;
      pass.tally.deliveryFaults.push(error);
    }
    return stored === 'unknown' ? undefined : this.#doubtfulUntil;
  }

  /** Ends the pass: after a failed write nobody knows what has arrived. */
  end({ tally }: Pass): void {
    if (tally.deliveryFaults.length > 0) this.#own = undefined;
  }
}

function labelsOf(): Series['labels'] {
  return { __name__: metric, owner: readEnv('FARGAZE_OWNER') ?? '', job: 'fargaze-ecs' };
}

/** The latest attempt of this deployment. */
async function readStored({
  config,
  now,
  readDeadline,
  writer,
}: Pass): Promise<EpochSeconds | 'none' | 'unknown'> {
  const expression = `last_over_time(${metric}[${Math.ceil(config.backfill)}s])`;
  try {
    const answer = await writer.query({ expression, at: now * 1000 }, readDeadline);
    if (answer === undefined) return 'unknown';
    const { owner = '' } = labelsOf();
    return answer.find(({ labels }) => (labels.owner ?? '') === owner)?.value ?? 'none';
  } catch (error) {
    if (!(error instanceof DeliveryError)) throw error;
    return 'unknown';
  }
}
