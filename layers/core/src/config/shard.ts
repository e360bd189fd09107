// Which of several shards a name belongs to: always the same one, whatever else is configured. One shard more takes its share
// from the others, and nothing else moves.
import { hashText } from '../hash.ts';

/** One of `of` shards, counted from 1. */
export type Shard = { readonly index: number; readonly of: number };

/** Shards at most: each has a rule of EventBridge, and all may run at the same time. */
export const maxShards = 50;

/** The shard that a text such as `2/3` names; undefined when it names none, or one of more than {@link maxShards}. */
export function parseShard(text: string): Shard | undefined {
  const [, index, of] = /^([1-9]\d?)\/([1-9]\d?)$/.exec(text) ?? [];
  const shard = { index: Number(index), of: Number(of) };
  return shard.index <= shard.of && shard.of <= maxShards ? shard : undefined;
}

/** The text that names a shard, as {@link parseShard} reads it. */
export function nameShard({ index, of }: Shard): string {
  return `${index}/${of}`;
}

/** Whether the shard holds what has this name. */
export function isInShard(name: string, { index, of }: Shard): boolean {
  return placeOf(name, of) === index - 1;
}

/**
 * Jump consistent hash (https://arxiv.org/abs/1406.2294): a walk over the numbers of shards at which the name moved, each
 * drawn from the hash before.
 */
function placeOf(name: string, of: number): number {
  let state = hashText(name);
  let place = 0;
  for (let next = 0; next < of; ) {
    place = next;
    state = scramble(state);
    next = Math.floor((place + 1) * (2 ** 32 / (state + 1)));
  }
  return place;
}

/** The next of a series of numbers from 0 to 2^32 - 1: a Weyl sequence, mixed as by MurmurHash3. */
function scramble(state: number): number {
  let mixed = (state + 0x9e3779b9) >>> 0;
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}

/** `items` by the shard that holds each, in one pass. */
export function splitByShard<Item extends { readonly name: string }>(
  items: readonly Item[],
  of: number,
): Item[][] {
  const shards: Item[][] = Array.from({ length: of }, () => []);
  for (const item of items) shards[placeOf(item.name, of)]?.push(item);
  return shards;
}
