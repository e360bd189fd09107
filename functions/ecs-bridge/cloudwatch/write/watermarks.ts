// Until when jobs have been delivered without a gap. A warm function remembers it and writes it after the data; a cold one
// asks the receiver. A receiver that does not answer costs only a longer window.
import {
  DeliveryError,
  type EpochMs,
  type EpochSeconds,
  readEnv,
  type Series,
  type Shard,
} from '@fargaze/core/internal';
import type { Delivered } from '../find/search.ts';
import type { Pass } from '../pass/pass.ts';

const metric = 'fargaze_bridge_watermark_timestamp_seconds';

/** Progress of single units that are no longer read is forgotten after so long. */
const forgottenMs = 6 * 3_600_000;

/** The labels of a watermark's series that identify the job; a job's key holds them. */
type Identity = readonly [name: string, region: string, account: string];

/** Watermarks by job and unit. */
export class Watermarks implements Delivered {
  /** Undefined once the receiver was asked and had none. */
  readonly #jobs = new Map<string, EpochSeconds | undefined>();
  /** Of single units: what is complete of an incomplete job need not be read from far back again. */
  readonly #units = new Map<string, EpochSeconds>();

  until(job: string, unit = ''): EpochSeconds | undefined {
    return this.#units.get(unit) ?? this.#jobs.get(job);
  }

  set(job: string, until: EpochSeconds): void {
    this.#jobs.set(job, until);
  }

  setUnit(unit: string, until: EpochSeconds): void {
    this.#units.set(unit, until);
  }

  /** Asks the receiver for those of `jobs` that are not known. If it does not answer, that is a note of the pass. */
  async recall(jobs: readonly string[], pass: Pass): Promise<void> {
    const unknown = jobs.filter((job) => !this.#jobs.has(job));
    if (unknown.length === 0) return;
    try {
      const stored = await readStored(pass);
      for (const job of unknown) {
        const until = stored.get(job);
        // One from the future, of a clock that was wrong, would leave a gap.
        this.#jobs.set(job, until !== undefined && until <= pass.now ? until : undefined);
      }
    } catch (error) {
      if (!(error instanceof DeliveryError)) throw error;
      pass.tally.notes.push(`${error.message}: reading all of backfill`);
    }
  }

  /** The series that hold the watermarks of `jobs`. */
  series(jobs: readonly string[], { now, shard }: Pick<Pass, 'now' | 'shard'>): Series[] {
    return jobs.flatMap((job) => {
      const value = this.#jobs.get(job);
      if (value === undefined) return [];
      const [bridge_job, region, account_id] = JSON.parse(job) as Identity;
      const identity = { bridge_job, region, account_id, owner: ownerName() };
      const labels = { __name__: metric, ...identity, ...shardLabels(shard), job: 'fargaze-ecs' };
      return [{ labels, points: [{ at: now * 1000, value }] }];
    });
  }

  /** Forgets units that are no longer read. */
  prune(now: EpochMs): void {
    for (const [unit, until] of this.#units) {
      if (until * 1000 < now - forgottenMs) this.#units.delete(unit);
    }
  }
}

/** The receiver's watermarks of this deployment, by job. @throws DeliveryError */
async function readStored({
  config,
  now,
  readDeadline,
  shard,
  writer,
}: Pass): Promise<ReadonlyMap<string, EpochSeconds>> {
  const expression = `last_over_time(${metric}[${Math.ceil(config.backfill)}s])`;
  const answer = (await writer.query({ expression, at: now * 1000 }, readDeadline)) ?? [];
  // Another deployment may have read the same jobs while this one could not, and others of their resources.
  // Another shard, or the same of another number of them, has read other resources.
  const part = shardLabels(shard);
  const own = answer.filter(
    ({ labels }) =>
      (labels.owner ?? '') === ownerName() &&
      labels.shard === part.shard &&
      labels.shards === part.shards,
  );
  return new Map(
    own.map(({ labels, value }) => {
      const { account_id = '', bridge_job = '', region = '' } = labels;
      const identity: Identity = [bridge_job, region, account_id];
      return [JSON.stringify(identity), value];
    }),
  );
}

/** The first shard has the series of a run without shards, so that its alert does not see that one end. */
export function shardLabels(shard: Shard | undefined): Readonly<Record<string, string>> {
  if (shard === undefined || shard.of === 1) return {};
  const shards = String(shard.of);
  return shard.index === 1 ? { shards } : { shard: String(shard.index), shards };
}

function ownerName(): string {
  return readEnv('FARGAZE_OWNER') ?? '';
}
