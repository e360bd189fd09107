// Views of a running system for tests of the terminal: what is not said is as on a good day.
import type { ProbeResult, ProbeStatus, Snapshot } from '../../local/terminal/snapshot.ts';
import type { View } from '../../local/terminal/view.ts';

/** 2026-01-31 14:05:10 UTC, ten seconds after a tick. */
export const now = Date.UTC(2026, 0, 31, 14, 5, 10);

/** A result of five seconds ago. */
export function result(about: Partial<ProbeResult> = {}): ProbeResult {
  const phases = { resolve: 0.0012, connect: 0.0034 };
  return { verdict: 'up', taken: now - 5_000, failure: undefined, phases, ...about };
}

/** A probe that is up. */
export function probe(name: string, about: Partial<ProbeStatus> = {}): ProbeStatus {
  const instance = `http://127.0.0.1:20000/${name}`;
  return { name, job: 'j', instance, interval: 60, state: 'up', last: result(), ...about };
}

/** A probe that is down. */
export function downProbe(name: string, failure = 'refused in phase connect'): ProbeStatus {
  return probe(name, { state: 'down', last: result({ verdict: 'down', failure }) });
}

/** A probe without a result. */
export function silentProbe(name: string): ProbeStatus {
  return probe(name, { state: 'unknown', last: undefined });
}

/** A snapshot with these probes. */
export function snapshot(probes: readonly ProbeStatus[], about: Partial<Snapshot> = {}): Snapshot {
  return {
    ...{ probes, alerts: [], objectives: [], unscraped: [] },
    services: [{ cluster: 'c', service: 'web', running: 2, desired: 2 }],
    ...{ servicesRead: now, answered: now, fault: undefined },
    ...about,
  };
}

/** A view of it. */
export function viewOf(shown: Snapshot, about: Partial<View> = {}): View {
  return {
    snapshot: shown,
    parts: [],
    scheduled: now - 300_000,
    prometheusUrl: 'http://127.0.0.1:20001',
    links: { Prometheus: 'http://127.0.0.1:20001', 'Web app': 'http://127.0.0.1:20002' },
    timeZone: 'UTC',
    ...about,
  };
}
