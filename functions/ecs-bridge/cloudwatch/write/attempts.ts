// Until when points may have been written that this function does not know of: by one before it that was ended before it could
// say how far it came, by another at the same time, or by its own run that failed. A receiver takes another value for a point
// once only, so these are not written again before they are final.
import { DeliveryError, type EpochSeconds, readEnv, type Series } from '@fargaze/core/internal';
import { type Pass, settleOf } from '../pass/pass.ts';
import { shardLabels } from './watermarks.ts';

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
    const others = stored?.filter((until) => until !== this.#own) ?? [];
    this.#doubtfulUntil = Math.max(this.#doubtfulUntil, ...others);
    const until = pass.now - settleOf(pass);
    const points = [{ at: Math.round(pass.now * 1000), value: until }];
    this.#own = undefined;
    try {
      await pass.writer.write([{ labels: labelsOf(pass), points }], pass.writeDeadline);
      this.#own = until;
    } catch (error) {
      if (!(error instanceof DeliveryError)) throw error;
      pass.tally.deliveryFaults.push(error);
    }
    return stored && this.#doubtfulUntil;
  }

  /** Ends the pass: after a failed write nobody knows what has arrived. */
  end({ tally }: Pass): void {
    if (tally.deliveryFaults.length > 0) this.#own = undefined;
  }
}

function labelsOf({ shard }: Pick<Pass, 'shard'>): Series['labels'] {
  const owner = readEnv('FARGAZE_OWNER') ?? '';
  return { __name__: metric, owner, ...shardLabels(shard), job: 'fargaze-ecs' };
}

/**
 * The latest attempts of this deployment, of the same shard and of those of another number of shards; undefined where nobody
 * can say.
 */
async function readStored(pass: Pass): Promise<EpochSeconds[] | undefined> {
  const { config, now, readDeadline, writer } = pass;
  const expression = `last_over_time(${metric}[${Math.ceil(config.backfill)}s])`;
  const own = labelsOf(pass);
  try {
    const answer = await writer.query({ expression, at: now * 1000 }, readDeadline);
    return answer
      ?.filter(({ labels }) => (labels.owner ?? '') === own.owner)
      .filter(({ labels }) => labels.shards !== own.shards || labels.shard === own.shard)
      .map(({ value }) => value);
  } catch (error) {
    if (!(error instanceof DeliveryError)) throw error;
    return undefined;
  }
}
