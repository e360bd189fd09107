// Which of several schedules a probe belongs to: always the same one, whatever else is configured.
import { hashText } from '../hash.ts';

/** One of `of` schedules, counted from 1. */
export type Shard = { readonly index: number; readonly of: number };

/** Schedules that may share the probes: each is a rule of EventBridge and may call the function at the same time. */
export const maxShards = 50;

/** The shard that a text such as `2/3` names; undefined when it names none. */
export function parseShard(text: string): Shard | undefined {
  const [, index, of] = /^([1-9]\d{0,2})\/([1-9]\d{0,2})$/.exec(text) ?? [];
  const shard = { index: Number(index), of: Number(of) };
  return shard.index <= shard.of ? shard : undefined;
}

/** Whether the shard holds the probe of this name. */
export function isInShard(name: string, { index, of }: Shard): boolean {
  return hashText(name) % of === index - 1;
}

/** `items` by the shard that holds each, in one pass. */
export function splitByShard<Item extends { readonly name: string }>(
  items: readonly Item[],
  of: number,
): Item[][] {
  const shards: Item[][] = Array.from({ length: of }, () => []);
  for (const item of items) shards[hashText(item.name) % of]?.push(item);
  return shards;
}
