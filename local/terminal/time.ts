// Times and ages in the words and figures of the terminal.
import type { EpochMs } from '../../layers/core/src/clock.ts';

/** The time of day, e.g. `14:05:09`. */
export function clockTime(at: EpochMs, timeZone: string): string {
  const format = { timeZone, hour: '2-digit', minute: '2-digit', second: '2-digit' } as const;
  return new Intl.DateTimeFormat('en-GB', { ...format, hourCycle: 'h23' }).format(at);
}

/** The same without seconds, e.g. `14:05`. */
export function clockMinute(at: EpochMs, timeZone: string): string {
  return clockTime(at, timeZone).slice(0, 5);
}

/** A time for a log, in UTC and whole seconds, e.g. `2026-01-31T14:05:09Z`. */
export function logTime(at: EpochMs): string {
  return new Date(at).toISOString().replace(/\.\d+Z$/, 'Z');
}

const units = [
  { seconds: 86_400, short: 'd', long: 'days' },
  { seconds: 3_600, short: 'h', long: 'hours' },
  { seconds: 60, short: 'm', long: 'min' },
] as const;

/** `ms` in the largest unit of which there are two, e.g. `95s`, `3m`, `47h`; time that has not come yet is 0s. */
export function shortAge(ms: number): string {
  const { amount, unit } = largest(ms);
  return `${amount}${unit?.short ?? 's'}`;
}

/** The same with the unit as a word, e.g. `95 s`, `3 min`, `47 hours`. */
export function longAge(ms: number): string {
  const { amount, unit } = largest(ms);
  return `${amount} ${unit?.long ?? 's'}`;
}

function largest(ms: number) {
  const seconds = Math.max(0, Math.round(ms / 1000));
  const unit = units.find((one) => seconds >= 2 * one.seconds);
  return { amount: Math.floor(seconds / (unit?.seconds ?? 1)), unit };
}
