// Where nothing can be redrawn: a line with its time whenever something is different from before, and silence otherwise.
import type { EpochMs } from '../../layers/core/src/clock.ts';
import { type Line, type StyledText, span } from './line.ts';
import { notesOf } from './notes.ts';
import { type RowState, stateOf } from './probe-table.ts';
import type { ProbeStatus } from './snapshot.ts';
import { logTime } from './time.ts';
import type { View } from './view.ts';

/** How one thing is: lines are written when `state` is another, and when it is no longer so, unless that is empty. */
type Fact = { readonly state: string; readonly line: Line; readonly over: string };

type Facts = ReadonlyMap<string, Fact>;

/** Remembers what it has said; each call answers with the lines that are new. */
export function createJournal(): (view: View, now: EpochMs) => Line[] {
  let before: Facts = new Map();
  return (view, now) => {
    // All times of a log are of one zone, the one that its lines begin with.
    const facts = factsOf({ ...view, timeZone: 'UTC' }, now);
    const changed = [...facts].filter(([key, { state }]) => before.get(key)?.state !== state);
    const ended = [...before].filter(([key, { over }]) => over !== '' && !facts.has(key));
    before = facts;
    const time = span(`${logTime(now)}  `, 'faint');
    return [
      ...ended.map(([, { over }]): Line => [time, span(over)]),
      ...changed.map(([, { line }]): Line => [time, ...line]),
    ];
  };
}

function factsOf(view: View, now: EpochMs): Facts {
  const { alerts, probes, services } = view.snapshot;
  const facts = new Map<string, Fact>();
  for (const { key, over, style, text } of notesOf(view, now)) {
    facts.set(key, { state: key, line: [span(text, style)], over });
  }
  for (const status of probes) {
    const state = stateOf(status, view, now);
    if (state === 'WAITING') continue;
    const failure = state === 'DOWN' ? status.last?.failure : undefined;
    const line = describeProbe(status, state, failure);
    facts.set(`probe ${status.name}`, { state: `${state} ${failure}`, line, over: '' });
  }
  for (const name of new Set(alerts.map((alert) => alert.name))) {
    const line = [span(`alert ${name} `), span('fires', 'bad')];
    facts.set(`alert ${name}`, { state: 'fires', line, over: `alert ${name} no longer fires` });
  }
  for (const { cluster, desired, running, service } of services) {
    const key = `ECS service ${cluster}/${service}`;
    const tasks = span(`${running} of ${desired} tasks run`, running < desired ? 'bad' : 'plain');
    const state = `${running}/${desired}`;
    facts.set(key, { state, line: [span(`${key} `), tasks], over: `${key} is gone` });
  }
  return facts;
}

function describeProbe({ name }: ProbeStatus, state: RowState, failure: string | undefined): Line {
  const styles = { UP: 'good', DOWN: 'bad' } as const;
  const verdict: StyledText = span(
    state,
    state === 'UP' || state === 'DOWN' ? styles[state] : 'warn',
  );
  const reason = failure === undefined ? [] : [span(`  ${failure}`)];
  return [span(`probe ${name} `), verdict, ...reason];
}
