// Runs one probe and adds what every probe's result has: verdict, durations, timestamp, reliability.
// A probe that throws has failed itself: it yields no samples, because nothing is known of its target.
import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { Clock, Seconds } from '../clock.ts';
import type { Module } from '../config/modules.ts';
import type { Target } from '../config/probes.ts';
import type { Deadline } from '../deadline.ts';
import { readEnv } from '../env.ts';
import type { Outcome } from '../outcome.ts';
import { type Group, roundSeconds, type Sample, sample } from '../sample.ts';
import { version } from '../version.ts';
import type { Probe, Reading } from './probe.ts';
import type { Selected } from './select.ts';

/** What became of one target. */
export type Observation = {
  readonly instance: string;
  readonly name: string;
  /** Absent when the probe did not run (skipped) or failed itself (fault). */
  readonly outcome?: Outcome;
  readonly seconds: Seconds;
  readonly samples: readonly Sample[];
  /** What to deliver; absent when nothing is known or the result is not for delivery. */
  readonly group?: Group;
  /** Our own failure. */
  readonly fault?: unknown;
  readonly trace: readonly string[];
};

/** What observing needs beside the target. */
export type ObservationEnvironment<M extends Module> = {
  readonly probe: Probe<Target<M>>;
  readonly function: string;
  readonly vantage: string;
  readonly clock: Clock;
  readonly cold: boolean;
  /** Seconds that the invocation had for probing at its start. */
  readonly available: Seconds;
  readonly deadline: Deadline;
};

/** Sampling interval of the event-loop monitor; its histogram counts it into every delay. */
const monitorResolutionMs = 10;

/**
 * Probes one target within its module's timeout. When less than that is left of the invocation the probe is
 * skipped: a target must not be called down for our own lack of time.
 */
export async function observeProbe<M extends Module>(
  selected: Selected<M>,
  env: ObservationEnvironment<M>,
): Promise<Observation> {
  const { target } = selected;
  const timeout = Math.min(target.module.timeout, env.available);
  const trace: string[] = [];
  const about = { instance: target.instance, name: target.name, trace };
  // A hundredth of slack: the first probes of an invocation start a moment after its clock.
  if (env.deadline.remaining() < timeout * 0.99) return { ...about, seconds: 0, samples: [] };
  const begun = env.clock.monotonic();
  const taken = env.clock.now();
  const deadline = env.deadline.slice(timeout);
  const monitor = monitorEventLoopDelay({ resolution: monitorResolutionMs });
  monitor.enable();
  try {
    const say = (line: string) => {
      trace.push(`+${((env.clock.monotonic() - begun) * 1000).toFixed(1)}ms ${line}`);
    };
    const reading = await env.probe(target, { deadline, clock: env.clock, trace: say });
    const seconds = roundSeconds(env.clock.monotonic() - begun);
    monitor.disable();
    const delay = Math.max(0, monitor.max / 1e9 - monitorResolutionMs / 1000);
    const samples = [
      ...verdictSamples(reading, { seconds, timeout }),
      ...reading.samples,
      ...ownSamples(selected, env, { taken: taken / 1000, delay }),
    ];
    return { ...about, outcome: reading.outcome, seconds, samples, ...groupFor(selected, samples) };
  } catch (fault) {
    return { ...about, seconds: env.clock.monotonic() - begun, samples: [], fault };
  } finally {
    monitor.disable();
    deadline.close();
  }
}

function groupFor<M extends Module>(
  { deliver, job, target }: Selected<M>,
  samples: readonly Sample[],
): { group?: Group } {
  return deliver ? { group: { grouping: { job, instance: target.instance }, samples } } : {};
}

function verdictSamples(
  { outcome }: Reading,
  measured: { readonly seconds: Seconds; readonly timeout: Seconds },
): Sample[] {
  const samples = [
    sample('probe_success', {}, outcome.ok ? 1 : 0),
    sample('probe_duration_seconds', {}, measured.seconds),
    sample('probe_timeout_seconds', {}, roundSeconds(measured.timeout)),
  ];
  if (!outcome.ok) {
    const { phase, reason } = outcome;
    samples.push(sample('probe_failure_info', { phase, reason }, 1));
  }
  return samples;
}

function ownSamples<M extends Module>(
  { interval, target }: Selected<M>,
  env: ObservationEnvironment<M>,
  measured: { readonly taken: Seconds; readonly delay: Seconds },
): Sample[] {
  const info = {
    probe: target.name,
    module: target.module.name,
    function: env.function,
    vantage: env.vantage,
    region: readEnv('AWS_REGION') ?? '',
    version,
  };
  return [
    sample('probe_interval_seconds', {}, interval),
    sample('fargaze_probe_timestamp_seconds', {}, measured.taken),
    sample('fargaze_probe_info', info, 1),
    sample('fargaze_probe_event_loop_delay_seconds', {}, roundSeconds(measured.delay)),
    sample('fargaze_probe_cold_start', {}, env.cold ? 1 : 0),
  ];
}
