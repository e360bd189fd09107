// Numbers of a command line, each within limits: a number that nothing could have is refused before anything is computed of it.
import type { Seconds } from '../../layers/core/src/clock.ts';
import { type DurationBounds, secondsWithin } from '../../layers/core/src/config/compile/fields.ts';
import { textOf, UsageError, type Values } from './command.ts';

/** More services and probes than one deployment can read or run. */
const mostCount = 100_000;

/** A whole number from `least` to {@link mostCount} that an option was given, else `usual`. @throws UsageError */
export function countOf<Usual>(
  values: Values,
  name: string,
  { least, usual }: { readonly least: number; readonly usual: Usual },
): number | Usual {
  const text = textOf(values, name);
  if (text === undefined) return usual;
  const count = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
  if (count >= least && count <= mostCount) return count;
  throw refusal(name, text, `a whole number from ${least} to ${mostCount}`);
}

/** The duration within `bounds` that an option was given; undefined when it was not. @throws UsageError */
export function secondsOf(
  values: Values,
  name: string,
  bounds: DurationBounds,
): Seconds | undefined {
  const text = textOf(values, name);
  if (text === undefined) return undefined;
  const seconds = secondsWithin(text, bounds);
  if (seconds !== undefined) return seconds;
  throw refusal(name, text, bounds.wanted);
}

/** US dollars a month at most. */
const mostDollars = 1_000_000;

/** US dollars a month that an option was given; undefined when it was not. @throws UsageError */
export function dollarsOf(values: Values, name: string): number | undefined {
  const text = textOf(values, name);
  if (text === undefined) return undefined;
  const dollars = /^\d{1,9}(?:\.\d{1,9})?$/.test(text) ? Number(text) : Number.NaN;
  if (dollars >= 0.01 && dollars <= mostDollars) return dollars;
  throw refusal(name, text, `US dollars a month from 0.01 to ${mostDollars}, such as 20`);
}

function refusal(name: string, text: string, wanted: string): UsageError {
  return new UsageError(`--${name}: got ${JSON.stringify(text)}, want ${wanted}`);
}
