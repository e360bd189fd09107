// What a probe function answers: enough to be useful by itself on a terminal.
import type { Seconds } from '../clock.ts';
import type { Phase, Reason } from '../outcome.ts';
import type { QueueMessage } from '../queue/message.ts';
import type { Observation, Unknown } from './observe.ts';

/** One target that was judged down. */
export type FailureSummary = {
  readonly target: string;
  readonly phase: Phase;
  readonly reason: Reason;
  readonly detail: string;
};

/** One result in full, for `{"explain": true}`. */
export type ResultSummary = {
  readonly target: string;
  readonly probe: string;
  readonly ok: boolean | null;
  readonly seconds: Seconds;
  readonly samples: Readonly<Record<string, number>>;
  readonly log: readonly string[];
};

/** The answer of a probe function. */
export type Summary = {
  /** Targets that were asked for. */
  readonly targets: number;
  readonly ok: number;
  readonly failed: number;
  /** Targets of which nothing is known. */
  readonly skipped: readonly string[];
  /** How many of them for which reason, where there are some. */
  readonly unknown?: Readonly<Partial<Record<Unknown, number>>>;
  /** Results that the sink has accepted, or that the answer carries. */
  readonly delivered: number;
  readonly failures: readonly FailureSummary[];
  readonly results?: readonly ResultSummary[];
  /** The results, where the platform carries the answer to the delivery queue. */
  readonly message?: QueueMessage;
};

/** The summary of `observations`. */
export function summarize(
  observations: readonly Observation[],
  about: { readonly explain: boolean; readonly delivered: boolean },
): Summary {
  const failures = observations.flatMap(toFailure);
  const grouped = observations.filter(({ group }) => group !== undefined).length;
  const skipped = observations.filter(
    (one) => one.outcome === undefined && one.fault === undefined,
  );
  return {
    targets: observations.length,
    ok: observations.filter(({ outcome }) => outcome?.ok === true).length,
    failed: failures.length,
    skipped: skipped.map(({ name }) => name),
    ...(skipped.length > 0 && { unknown: countUnknown(skipped) }),
    delivered: about.delivered ? grouped : 0,
    failures,
    ...(about.explain && { results: observations.map(toResult) }),
  };
}

function countUnknown(skipped: readonly Observation[]): Partial<Record<Unknown, number>> {
  const counts: Partial<Record<Unknown, number>> = {};
  for (const { unknown = 'no_time' } of skipped) counts[unknown] = (counts[unknown] ?? 0) + 1;
  return counts;
}

function toFailure({ instance, outcome }: Observation): FailureSummary[] {
  if (outcome === undefined || outcome.ok) return [];
  const { phase, reason, detail } = outcome;
  return [{ target: instance, phase, reason, detail }];
}

function toResult({
  instance,
  name,
  outcome,
  samples,
  seconds,
  trace,
}: Observation): ResultSummary {
  const entries = samples.map(({ labels, metric, value }) => {
    const inner = Object.entries(labels).map(([key, text]) => `${key}=${JSON.stringify(text)}`);
    return [inner.length === 0 ? metric : `${metric}{${inner.join(',')}}`, value] as const;
  });
  return {
    target: instance,
    probe: name,
    ok: outcome?.ok ?? null,
    seconds,
    samples: Object.fromEntries(entries),
    log: trace,
  };
}
