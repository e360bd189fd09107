// Which of several schedules a probe belongs to: always the same one, whatever else is configured.

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
  return hash(name) % of === index - 1;
}

/** FNV-1a of the name, its bits mixed once more: the remainder then depends on all of them. */
function hash(name: string): number {
  let value = 0x811c9dc5;
  for (const byte of Buffer.from(name)) value = Math.imul(value ^ byte, 0x01000193);
  value = Math.imul(value ^ (value >>> 16), 0x85ebca6b);
  return (value ^ (value >>> 13)) >>> 0;
}
