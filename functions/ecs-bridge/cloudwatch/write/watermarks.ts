// Until when jobs are delivered without a gap. Kept by a warm function and written after the data; a cold one asks the
// receiver. A receiver that does not answer costs nothing but a longer window.
import {
  type Deadline,
  DeliveryError,
  readEnv,
  type Series,
  type SeriesWriter,
} from '@fargaze/core';
import type { Memory } from '../../memory.ts';
import type { EpochSeconds } from '../query/window.ts';

const metric = 'fargaze_bridge_watermark_timestamp_seconds';

/** Of a watermark's series; what tells jobs apart. */
type Identity = readonly [name: string, region: string, account: string];

/** Asks the receiver for the watermarks of `keys` that are not known; undefined when it could not be asked. */
export async function recallWatermarks(
  keys: readonly string[],
  memory: Memory,
  from: {
    readonly writer: SeriesWriter;
    readonly now: EpochSeconds;
    readonly backfill: number;
    readonly deadline: Deadline;
  },
): Promise<string | undefined> {
  const unknown = keys.filter((key) => !memory.watermarks.has(key));
  if (unknown.length === 0) return undefined;
  const expression = `last_over_time(${metric}[${Math.ceil(from.backfill)}s])`;
  try {
    const asked = { expression, at: from.now * 1000 };
    const answer = await from.writer.query(asked, from.deadline);
    // Another deployment may have read the same jobs while this one could not, and others of their resources.
    const own = answer?.filter(({ labels }) => (labels.owner ?? '') === ownerName());
    const found = new Map(
      own?.map(({ labels, value }) => {
        const identity: Identity = [
          labels.bridge_job ?? '',
          labels.region ?? '',
          labels.account_id ?? '',
        ];
        return [JSON.stringify(identity), value];
      }),
    );
    for (const key of unknown) {
      const value = found.get(key);
      // One from the future, of a clock that was wrong, would leave a gap.
      memory.watermarks.set(key, value === undefined || value > from.now ? undefined : value);
    }
    return undefined;
  } catch (error) {
    if (!(error instanceof DeliveryError)) throw error;
    return error.message;
  }
}

/** The series that tell the watermarks of `keys`. */
export function watermarkSeries(
  keys: readonly string[],
  memory: Memory,
  now: EpochSeconds,
): Series[] {
  return keys.flatMap((key) => {
    const value = memory.watermarks.get(key);
    if (value === undefined) return [];
    const [bridge_job, region, account_id] = JSON.parse(key) as Identity;
    const identity = { bridge_job, region, account_id, owner: ownerName() };
    const labels = { __name__: metric, ...identity, job: 'fargaze-ecs' };
    return [{ labels, points: [{ at: now * 1000, value }] }];
  });
}

function ownerName(): string {
  return readEnv('FARGAZE_OWNER') ?? '';
}
