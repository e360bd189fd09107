// What is known of the system at one moment: the newest answer of Prometheus, over what was known before.
// A result that was seen is never forgotten: it grows old, and is no longer called the state.
import type { EpochMs, Seconds } from '../../layers/core/src/clock.ts';
import { groupKey } from '../../layers/core/src/pushgateway/grouping.ts';

/** A probe of which results are expected. */
export type ExpectedProbe = {
  readonly name: string;
  readonly job: string;
  readonly instance: string;
  /** Seconds between two results. */
  readonly interval: Seconds;
};

/** One result of a probe. */
export type ProbeResult = {
  readonly verdict: 'up' | 'down';
  readonly taken: EpochMs;
  /** Reason and phase of a failure. */
  readonly failure: string | undefined;
  /** Seconds by phase, in the order in which they happen. */
  readonly phases: Readonly<Record<string, Seconds>>;
};

/** What is known of a probe. */
export type ProbeStatus = ExpectedProbe & {
  /** `unknown`: there is no result, or it is too old to say what is now. */
  readonly state: 'up' | 'down' | 'unknown';
  /** The newest result that was seen, however old. */
  readonly last: ProbeResult | undefined;
};

/** An alert that fires. */
export type Alert = { readonly name: string; readonly severity: string };

/** An objective; `left` is the share of its error budget, 1 to below 0, undefined while it is unknown. */
export type Objective = { readonly name: string; readonly left: number | undefined };

/** Tasks of an ECS service. */
export type EcsService = {
  readonly cluster: string;
  readonly service: string;
  readonly running: number;
  readonly desired: number;
};

/** One answer of Prometheus. */
export type PrometheusReading = {
  /** By {@link groupKey}; only those that Prometheus calls fresh. */
  readonly results: ReadonlyMap<string, ProbeResult>;
  readonly alerts: readonly Alert[];
  readonly objectives: readonly Objective[];
  readonly services: readonly EcsService[];
  /** Jobs that Prometheus could not scrape. */
  readonly unscraped: readonly string[];
};

/** Everything that is known. */
export type Snapshot = {
  readonly probes: readonly ProbeStatus[];
  readonly alerts: readonly Alert[];
  readonly objectives: readonly Objective[];
  readonly services: readonly EcsService[];
  /** When `services` were known last. */
  readonly servicesRead: EpochMs;
  /** Jobs that Prometheus cannot scrape, and since when. */
  readonly unscraped: readonly { readonly job: string; readonly since: EpochMs }[];
  /** When Prometheus answered last, or when it was asked first. */
  readonly answered: EpochMs;
  /** Why it did not answer when it was asked last; undefined when it did. */
  readonly fault: string | undefined;
};

/** What is known before anything was asked. */
export function emptySnapshot(
  probes: readonly ExpectedProbe[],
  objectives: readonly string[],
  now: EpochMs,
): Snapshot {
  return {
    probes: probes.map((probe) => ({ ...probe, state: 'unknown', last: undefined })),
    objectives: objectives.map((name) => ({ name, left: undefined })),
    ...{ alerts: [], services: [], servicesRead: now, unscraped: [] },
    ...{ answered: now, fault: undefined },
  };
}

/** What is known after Prometheus did not answer, because of `fault`. */
export function rememberFault(before: Snapshot, fault: string, now: EpochMs): Snapshot {
  const probes = before.probes.map((probe) => ({ ...probe, state: stateByAge(probe, now) }));
  return { ...before, probes, fault };
}

/** What is known after Prometheus answered. */
export function remember(before: Snapshot, reading: PrometheusReading, now: EpochMs): Snapshot {
  return {
    probes: before.probes.map((probe) => {
      const result = reading.results.get(groupKey(probe));
      return { ...probe, state: result?.verdict ?? 'unknown', last: result ?? probe.last };
    }),
    alerts: reading.alerts,
    objectives: before.objectives.map(
      ({ name }) =>
        reading.objectives.find((one) => one.name === name) ?? { name, left: undefined },
    ),
    ...(reading.services.length > 0
      ? { services: reading.services, servicesRead: now }
      : { services: before.services, servicesRead: before.servicesRead }),
    unscraped: reading.unscraped.map(
      (job) => before.unscraped.find((one) => one.job === job) ?? { job, since: now },
    ),
    answered: now,
    fault: undefined,
  };
}

/** Prometheus's own bound for fresh results, in intervals. */
const freshIntervals = 2.5;

function stateByAge({ interval, last, state }: ProbeStatus, now: EpochMs): ProbeStatus['state'] {
  if (last === undefined || now - last.taken > freshIntervals * interval * 1000) return 'unknown';
  return state;
}
