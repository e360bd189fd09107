// What a warm function remembers between runs, by the stage that uses it. Lost at a cold start; no result depends on it.
import { nameShard, type Shard } from '@fargaze/core/internal';
import { Sessions } from '../aws/sessions.ts';
import { LastGroups } from '../ecs/last-groups.ts';
import { EcsMemory } from '../ecs/memory.ts';
import { Claims } from './claims.ts';
import { Turns } from './due.ts';
import { FindMemory } from './find/memory.ts';
import { Overlaps } from './find/overlaps.ts';
import { Attempts } from './write/attempts.ts';
import { PointOrder } from './write/point-order.ts';
import { SentPoints } from './write/sent-points.ts';
import { Watermarks } from './write/watermarks.ts';

/** The memory of all stages. */
export class Memory {
  readonly sessions = new Sessions();
  readonly ecs = new EcsMemory();
  readonly lastGroups = new LastGroups();
  readonly turns = new Turns();
  readonly claims = new Claims();
  readonly find = new FindMemory();
  readonly order = new PointOrder();
  readonly attempts = new Attempts();
  readonly overlaps = new Overlaps();
  readonly sent = new SentPoints();
  readonly watermarks = new Watermarks();
  readonly #shards = new Map<string, Memory>();

  /** What is remembered of a shard: another shard knows nothing of what it delivered. */
  ofShard(shard: Shard | undefined): Memory {
    if (shard === undefined) return this;
    const name = nameShard(shard);
    const memory = this.#shards.get(name) ?? new Memory();
    this.#shards.set(name, memory);
    return memory;
  }
}
