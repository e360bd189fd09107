// What is wrong with the system itself, in sentences: which part, since when, and what that does to what is shown.
import type { EpochMs } from '../../layers/core/src/clock.ts';
import type { PartHealth } from '../system/parts.ts';
import { type Style, span } from './line.ts';
import { clockTime, longAge } from './time.ts';
import { firstDue, type View } from './view.ts';

/** One thing to know. */
export type Note = {
  /** Stays the same while the words change with time. */
  readonly key: string;
  readonly text: string;
  readonly style: Style;
  /** What is said when it is over; empty: nothing. */
  readonly over: string;
};

/** Programs by the job under which Prometheus scrapes them. */
const scraped: Readonly<Record<string, string>> = { web: 'web exporter', redis: 'redis_exporter' };

/** Everything that is wrong, the worst first; before the first results, when they come. */
export function notesOf(view: View, now: EpochMs): Note[] {
  const broken = view.parts.filter((part) => part.state !== 'up' || isBack(part, now));
  const gone = new Set(broken.map(({ name }) => name));
  return [
    ...silence(view, now),
    ...broken.map((part) => describePart(part, now)),
    ...view.snapshot.unscraped
      .map(({ job, since }) => ({ name: scraped[job] ?? job, since }))
      .filter(({ name }) => !gone.has(name))
      .map(({ name, since }) => ({
        key: `scrape ${name}`,
        text: `${name} has not answered Prometheus for ${longAge(now - since)}`,
        style: 'bad' as const,
        over: `${name} answers Prometheus again`,
      })),
    ...firstResults(view, now),
  ];
}

function silence({ snapshot }: View, now: EpochMs): Note[] {
  if (snapshot.fault === undefined) return [];
  const age = longAge(now - snapshot.answered);
  const text = `prometheus has not answered for ${age} (${snapshot.fault}); what it said last is shown`;
  return [{ key: 'prometheus', text, style: 'bad', over: 'prometheus answers again' }];
}

/** Milliseconds for which it is said that a part was restarted. */
const newsMs = 60_000;

function isBack({ restarts, since, state }: PartHealth, now: EpochMs): boolean {
  return state === 'up' && restarts > 0 && now - since < newsMs;
}

function describePart({ last, name, restarts, since, state }: PartHealth, now: EpochMs): Note {
  const age = longAge(now - since);
  const how = last === undefined ? 'ended' : `ended (${last.how})`;
  const times = restarts === 1 ? '1 restart' : `${restarts} restarts`;
  const trail = [last?.path, last?.lines.trim().split('\n').at(-1)].filter(Boolean).join(': ');
  const texts: Readonly<Record<PartHealth['state'], string>> = {
    up: `${name} ${how} and was restarted ${age} ago`,
    restarting: `${name} ${how} ${age} ago and is being restarted`,
    stopped: `${name} has been stopped for ${age}`,
    failed: `${name} has been down for ${age}: it ${how} after ${times}; ${trail}`,
  };
  const style = state === 'failed' ? 'bad' : 'warn';
  return { key: `part ${name} ${state} ${restarts}`, text: texts[state], style, over: '' };
}

/** While nothing is known yet, the minute for which everybody waits. */
function firstResults({ scheduled, snapshot, timeZone }: View, now: EpochMs): Note[] {
  if (snapshot.probes.length === 0) {
    return [{ key: 'first', text: 'fargaze.yml has no probes', style: 'warn', over: '' }];
  }
  if (snapshot.probes.some(({ last }) => last !== undefined)) return [];
  const due = Math.min(...snapshot.probes.map(({ interval }) => firstDue(interval, scheduled)));
  const at = clockTime(due, timeZone);
  const text =
    now < due
      ? `The first results come after ${at}, when the probes run: in ${longAge(due - now)}`
      : `The probes were due at ${at}; their results have not come yet`;
  return [{ key: 'first', text, style: 'plain', over: '' }];
}

/** The notes as lines of at most `columns`, at most `rows` of them; what has no room is counted. */
export function renderNotes(notes: readonly Note[], rows: number) {
  if (notes.length <= rows) return notes.map(({ style, text }) => [span(text, style)]);
  const shown = notes.slice(0, Math.max(0, rows - 1));
  const rest = notes.length - shown.length;
  const lines = shown.map(({ style, text }) => [span(text, style)]);
  return rows < 1 ? [] : [...lines, [span(`… ${rest} more such lines`, 'warn')]];
}
