// The probes as rows, what is down first, cut to the columns and rows that there are.
import type { EpochMs } from '../../layers/core/src/clock.ts';
import { cutLine, type Line, type Style, span } from './line.ts';
import type { ProbeStatus } from './snapshot.ts';
import type { Size } from './terminal.ts';
import { cutMiddle, neutralize, padEnd, widthOf } from './text.ts';
import { clockMinute, clockTime, shortAge } from './time.ts';
import { firstDue, type View } from './view.ts';

/** The states in which a row can be, most urgent first. */
const states = ['DOWN', 'WAS DOWN', 'UNKNOWN', 'WAS UP', 'WAITING', 'UP'] as const;

/** How the state of a row is called. */
export type RowState = (typeof states)[number];

const styles: Readonly<Record<RowState, Style>> = {
  DOWN: 'bad',
  'WAS DOWN': 'bad',
  UNKNOWN: 'warn',
  'WAS UP': 'warn',
  WAITING: 'faint',
  UP: 'good',
};

/** Time after a probe is due in which its result is on its way: probing, pushing, two scrapes. */
const travelMs = 30_000;

/** The state of a row: the last result that was seen is named also when it no longer says what is. */
export function stateOf(
  { interval, last, state }: ProbeStatus,
  view: View,
  now: EpochMs,
): RowState {
  if (state !== 'unknown') return state === 'up' ? 'UP' : 'DOWN';
  if (last !== undefined) return last.verdict === 'up' ? 'WAS UP' : 'WAS DOWN';
  return now < firstDue(interval, view.scheduled) + travelMs ? 'WAITING' : 'UNKNOWN';
}

type Row = {
  readonly state: RowState;
  readonly age: string;
  readonly probe: string;
  readonly target: string;
  readonly detail: Line;
};

/** The table with its head, at most `size.rows` lines of at most `size.columns`; what is left out is counted. */
export function renderProbes(view: View, size: Size, now: EpochMs): Line[] {
  const rows = view.snapshot.probes.map((status) => rowOf(status, view, now));
  rows.sort((a, b) => states.indexOf(a.state) - states.indexOf(b.state));
  const room = Math.max(0, size.rows - 1);
  const shown = rows.length <= room ? rows : rows.slice(0, Math.max(0, room - 1));
  const rest = rows.slice(shown.length);
  const widths = columnWidths(rows, size.columns);
  const lines = [headLine(widths, size.columns), ...shown.map((row) => rowLine(row, widths))];
  if (rest.length > 0) lines.push([span(describeRest(rest), worstStyle(rest))]);
  return lines.slice(0, size.rows).map((line) => cutLine(line, size.columns));
}

function rowOf(status: ProbeStatus, view: View, now: EpochMs): Row {
  const state = stateOf(status, view, now);
  return {
    state,
    age: status.last === undefined ? '-' : shortAge(now - status.last.taken),
    probe: neutralize(status.name),
    target: neutralize(status.instance),
    detail: detailOf(status, state, view),
  };
}

function detailOf({ interval, last }: ProbeStatus, state: RowState, view: View): Line {
  if (last === undefined) {
    const due = clockMinute(firstDue(interval, view.scheduled), view.timeZone);
    return [span(state === 'WAITING' ? `first probed at ${due}` : `no result; due at ${due}`)];
  }
  // A phase of no time at all did not happen.
  const phases = Object.entries(last.phases)
    .filter(([, seconds]) => seconds > 0)
    .map(([phase, seconds]) => `${phase} ${(seconds * 1000).toFixed(1)}`)
    .join('  ');
  const since = clockTime(last.taken, view.timeZone);
  const parts = [
    ...(last.failure === undefined ? [] : [span(last.failure, styles[state])]),
    ...(isOld(state) ? [span(`no result since ${since}`)] : []),
    ...(isOld(state) || phases === '' ? [] : [span(phases, 'faint')]),
  ];
  return parts.flatMap((part, index) => (index === 0 ? [part] : [span('  '), part]));
}

function isOld(state: RowState): boolean {
  return state === 'WAS UP' || state === 'WAS DOWN';
}

/** Columns of each field; 0: left out. The rest of a line is the detail's. */
type Widths = { readonly age: number; readonly probe: number; readonly target: number };

const stateWidth = Math.max(...states.map(widthOf));
const gap = 2;
/** Columns below which an address says nothing. */
const leastTarget = 16;
/** Columns that the detail is given before addresses are. */
const wantedDetail = 28;

function columnWidths(rows: readonly Row[], columns: number): Widths {
  const widest = (cells: readonly string[]) => Math.max(...cells.map(widthOf));
  const age = widest(['AGE', ...rows.map((row) => row.age)]);
  const left = columns - stateWidth - gap - age - gap;
  const wanted = widest(['PROBE', ...rows.map(({ probe }) => probe)]);
  const probe = Math.max(5, Math.min(wanted, Math.floor((left - gap) * 0.45)));
  const room = left - probe - gap - wantedDetail - gap;
  const target = Math.min(widest(['TARGET', ...rows.map((row) => row.target)]), room);
  return { age, probe, target: target < leastTarget && room < leastTarget ? 0 : target };
}

function headLine({ age, probe, target }: Widths, columns: number): Line {
  const cells = [
    padEnd('STATE', stateWidth),
    padEnd('AGE', age),
    padEnd('PROBE', probe),
    ...(target > 0 ? [padEnd('TARGET', target)] : []),
  ];
  const text = cells.map((cell) => cell + ' '.repeat(gap)).join('');
  const whole = 'REASON, PHASES (ms)';
  // A head that is cut reads like a fault of the page.
  return [span(text + (widthOf(text + whole) <= columns ? whole : 'REASON'), 'head')];
}

function rowLine(row: Row, { age, probe, target }: Widths): Line {
  const cell = (text: string, width: number) => `${padEnd(cutMiddle(text, width), width)}  `;
  return [
    span(cell(row.state, stateWidth), styles[row.state]),
    span(cell(row.age, age)),
    span(cell(row.probe, probe)),
    ...(target > 0 ? [span(cell(row.target, target))] : []),
    ...row.detail,
  ];
}

/** E.g. `… 12 more, all up` or `… 12 more: 2 down, 10 up`. */
function describeRest(rest: readonly Row[]): string {
  const counts = countStates(rest.map(({ state }) => state));
  const [only] = counts;
  if (counts.length === 1) return `… ${rest.length} more, all ${only?.words}`;
  return `… ${rest.length} more: ${counts.map(({ count, words }) => `${count} ${words}`).join(', ')}`;
}

/** How many are in each state, without those in which none is; most urgent first. */
export function countStates(all: readonly RowState[]) {
  return states
    .map((state) => ({
      count: all.filter((one) => one === state).length,
      words: state.toLowerCase().replace('was', 'last seen'),
      style: styles[state],
    }))
    .filter(({ count }) => count > 0);
}

function worstStyle(rest: readonly Row[]): Style {
  const style = styles[rest[0]?.state ?? 'UP'];
  return style === 'good' ? 'faint' : style;
}
