// Tries a probe again that failed, where its module says so, and says of a success whether it was slow. The first attempt is
// never hidden: whether it was a success, and how many followed, are series of their own.
import type { Module } from '../config/modules.ts';
import type { Target } from '../config/probes.ts';
import type { Outcome } from '../outcome.ts';
import { type Sample, sample } from '../sample.ts';
import type { Probe, ProbeEnvironment, Reading } from './probe.ts';

/** Seconds between two attempts where the module does not say. */
const usualWait = 0.5;

/** Seconds that an attempt needs at least to say something about the target. */
const leastTime = 0.05;

/** `probe`, as often as the module of the target allows. */
export async function tryProbe<M extends Module>(
  probe: Probe<Target<M>>,
  target: Target<M>,
  env: ProbeEnvironment,
): Promise<Reading> {
  const { degraded, retries = 0, retryWait = usualWait } = target.module;
  const outcomes: Outcome[] = [];
  for (;;) {
    const begun = env.clock.monotonic();
    const left = retries - outcomes.length;
    const reading = await attempt(probe, target, { ...env, share: 1 / (left + 1) });
    outcomes.push(reading.outcome);
    const seconds = env.clock.monotonic() - begun;
    const isLast = left <= 0 || env.deadline.remaining() < retryWait + leastTime;
    if (reading.outcome.ok || isLast) {
      const own = retries > 0 ? attemptSamples(outcomes) : [];
      return {
        ...reading,
        samples: [...reading.samples, ...own, ...degradedSamples(reading, degraded, seconds)],
      };
    }
    const { detail, phase, reason } = reading.outcome;
    env.trace(`attempt ${outcomes.length} failed: ${phase}/${reason}, ${detail}`);
    // Aborted or not: an attempt that finds no time left says so itself.
    await env.clock.sleep(retryWait, env.deadline.signal).catch(() => undefined);
  }
}

type Share = ProbeEnvironment & {
  /** Of the time left. */
  readonly share: number;
};

async function attempt<M extends Module>(
  probe: Probe<Target<M>>,
  target: Target<M>,
  { share, ...env }: Share,
): Promise<Reading> {
  if (share === 1) return probe(target, env);
  const deadline = env.deadline.slice(env.deadline.remaining() * share);
  try {
    return await probe(target, { ...env, deadline });
  } finally {
    deadline.close();
  }
}

function attemptSamples(outcomes: readonly Outcome[]): Sample[] {
  const first = outcomes[0]?.ok === true;
  const last = outcomes.at(-1)?.ok === true;
  return [
    sample('probe_attempts', {}, outcomes.length),
    sample('probe_first_attempt_success', {}, first ? 1 : 0),
    sample('probe_flaky', {}, !first && last ? 1 : 0),
  ];
}

/** A failure is no slow success: it has no such series. */
function degradedSamples(
  { outcome, samples }: Reading,
  limits: Readonly<Record<string, number>> = {},
  total: number,
): Sample[] {
  if (!outcome.ok) return [];
  const phases = new Map([['total', total]]);
  for (const { labels, metric, value } of samples) {
    const isTime = /^probe_(?:http|tcp|dns|grpc|redis)_duration_seconds$/.test(metric);
    if (isTime && labels.phase !== undefined) phases.set(labels.phase, value);
  }
  return Object.entries(limits).map(([phase, limit]) =>
    sample('probe_degraded', { phase }, (phases.get(phase) ?? 0) > limit ? 1 : 0),
  );
}
