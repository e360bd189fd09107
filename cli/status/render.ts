// A status as lines of text: a line for each target, function and alert, worst first, and the counts.
import { formatDuration } from '../../layers/core/src/config/duration.ts';
import type { Style } from '../../local/terminal/line.ts';
import { cutMiddle, neutralize, padEnd, widthOf } from '../../local/terminal/text.ts';
import type { Io } from '../command/io.ts';
import type { Status, TargetState } from './judge.ts';

const styles = {
  up: 'good',
  running: 'good',
  down: 'bad',
  firing: 'bad',
  silent: 'warn',
  unknown: 'warn',
  pending: 'warn',
  removed: 'faint',
} as const satisfies Readonly<Record<string, Style>>;

type State = keyof typeof styles;

/** A line in three parts. */
type Row = { readonly state: State; readonly what: string; readonly rest: string };

/** Widest that names may be where output is no terminal, so that one long address does not push all others away. */
const widest = 60;

/** Narrowest that a name is cut to: below, the terminal breaks the line. */
const narrowest = 32;

/** How many targets, functions and alerts are in each state. */
export function countsOf({ alerts, functions, targets }: Status): Readonly<Record<string, number>> {
  const count = (wanted: State) =>
    [...targets, ...functions, ...alerts].filter(({ state }) => state === wanted).length;
  const targetsIn = (wanted: State) => targets.filter(({ state }) => state === wanted).length;
  return {
    up: count('up'),
    down: count('down'),
    silent: targetsIn('silent'),
    unknown: count('unknown'),
    removed: count('removed'),
    firing: count('firing'),
    pending: count('pending'),
  };
}

/** The lines; `columns` is the width of the terminal, undefined where there is none. */
export function render(status: Status, io: Pick<Io, 'columns' | 'paint'>): string[] {
  const targets = status.targets.map(
    (one): Row => ({ state: one.state, what: labelOf(one), rest: restOf(one) }),
  );
  const functions = status.functions.map(
    ({ age, instance, name, state }): Row => ({
      state,
      what: neutralize(instance === name ? name : `${name} ${instance}`),
      rest: ago(age),
    }),
  );
  const named = Math.max(0, ...status.alerts.map(({ name }) => widthOf(name)));
  const severe = Math.max(0, ...status.alerts.map(({ severity }) => widthOf(severity)));
  const alerts = status.alerts.map(({ about, name, severity, state }) => {
    const text = neutralize(`${padEnd(name, named)}  ${padEnd(severity, severe)}  ${about}`);
    return `${io.paint(padEnd(state, 7), styles[state])}  ${text}`.trimEnd();
  });
  const counts = Object.entries(countsOf(status)).filter(
    ([state, count]) => count > 0 || !['removed', 'pending'].includes(state),
  );
  const blocks = [
    table(targets, io),
    table(functions, io),
    alerts,
    [counts.map(([state, count]) => `${count} ${state}`).join(', ')],
  ].filter((block) => block.length > 0);
  return blocks.flatMap((block, index) => (index === 0 ? block : ['', ...block]));
}

function table(rows: readonly Row[], { columns, paint }: Pick<Io, 'columns' | 'paint'>): string[] {
  const longest = Math.max(0, ...rows.map(({ what }) => widthOf(what)));
  const rest = Math.max(0, ...rows.map((row) => widthOf(row.rest)));
  const room = columns === undefined ? longest : Math.max(narrowest, columns - 11 - rest);
  const width = Math.min(longest, room, columns === undefined ? widest : room);
  return rows.map(({ rest, state, what }) => {
    const shown = columns === undefined ? what : cutMiddle(what, room);
    return `${paint(padEnd(state, 7), styles[state])}  ${padEnd(shown, width)}  ${rest}`;
  });
}

function labelOf({ labels, probe, target }: TargetState): string {
  const apart = Object.entries(labels ?? {}).map(
    ([name, value]) => `${name}=${JSON.stringify(value)}`,
  );
  const named = probe === undefined || probe === target ? target : `${probe} ${target}`;
  return neutralize(apart.length === 0 ? named : `${named} {${apart.join(',')}}`);
}

function restOf({ age, cause }: TargetState): string {
  const when = age === undefined ? 'never seen' : ago(age);
  return cause === undefined ? when : `${when}  ${neutralize(cause)}`;
}

function ago(seconds: number): string {
  if (!Number.isFinite(seconds)) return 'at an unknown time';
  return `${formatDuration(Math.max(0, Math.round(seconds)))} ago`;
}
