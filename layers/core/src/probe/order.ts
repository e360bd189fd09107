// Who is probed first. Where time does not suffice for all, it must not be the same ones that go without every minute.
import type { EpochMs } from '../clock.ts';

/** What the order depends on. */
export type Turn = {
  /** When the tick was due, or now. */
  readonly time: EpochMs;
  /** Names that went without the last time, as far as it is known. */
  readonly first: ReadonlySet<string>;
};

/** A part of the circle that comes back to no place for long: the golden section. */
const step = 0.381966;

/** Indexes of `names` in the order to begin in: who went without, then all others from a place that moves with the minute. */
export function orderOf(names: readonly string[], { first, time }: Turn): number[] {
  const minute = Math.floor(time / 60_000);
  const begin = Math.floor(((minute * step) % 1) * names.length);
  const turned = names.map((_, index) => (index + begin) % names.length);
  const isFirst = (index: number) => first.has(names[index] ?? '');
  return [...turned.filter(isFirst), ...turned.filter((index) => !isFirst(index))];
}
