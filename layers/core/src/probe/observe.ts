// Runs one probe and adds what every probe's result has: verdict, durations, timestamp, reliability.
// A probe that throws has failed itself: it yields no samples, because nothing is known of its target.
import type { Clock, Seconds } from '../clock.ts';
import type { Module } from '../config/modules.ts';
import type { Target } from '../config/probes.ts';
import type { Deadline } from '../deadline.ts';
import { readEnv } from '../env.ts';
import type { Outcome } from '../outcome.ts';
import { type Group, roundSeconds, type Sample, sample } from '../sample.ts';
import { version } from '../version.ts';
import { isDistorted, type LoopWatch } from './loop-delay.ts';
import { blamesNetwork, type OwnNetwork } from './own-network.ts';
import type { Probe, Reading } from './probe.ts';
import type { Selected } from './select.ts';

/** Why nothing is known of a target: too little time, an event loop that stood still, a network of ours that does not work. */
export type Unknown = 'no_time' | 'event_loop' | 'own_network';

/** What became of one target. */
export type Observation = {
  readonly instance: string;
  readonly name: string;
  /** Absent when nothing is known of the target (skipped) or the probe failed itself (fault). */
  readonly outcome?: Outcome;
  /** Why nothing is known of the target. */
  readonly unknown?: Unknown;
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
  readonly loop: LoopWatch;
  readonly ownNetwork?: OwnNetwork;
};

/** Less time is not begun with. */
const leastSeconds: Seconds = 0.5;

/** An invocation that is shorter than the timeout is enough time all the same when it had at least so much. */
const leastAvailable: Seconds = 1;

/**
 * Probes one target within its module's timeout, or what is left of the invocation. A target that did not answer in less
 * than its timeout, or while we were busy with something else, is not down: nothing is known of it.
 */
export async function observeProbe<M extends Module>(
  selected: Selected<M>,
  env: ObservationEnvironment<M>,
): Promise<Observation> {
  const { target } = selected;
  const enough = enoughFor(target.module.timeout, env.available);
  const timeout = Math.min(target.module.timeout, env.deadline.remaining());
  const trace: string[] = [];
  const about = { instance: target.instance, name: target.name, trace };
  if (timeout < Math.min(enough, leastSeconds)) {
    return { ...about, unknown: 'no_time', seconds: 0, samples: [] };
  }
  const begun = env.clock.monotonic();
  const taken = env.clock.now();
  const deadline = env.deadline.slice(timeout);
  const endDelay = env.loop.begin();
  const say = (line: string) => {
    trace.push(`+${((env.clock.monotonic() - begun) * 1000).toFixed(1)}ms ${line}`);
  };
  try {
    const reading = await env.probe(target, { deadline, clock: env.clock, trace: say });
    const seconds = roundSeconds(env.clock.monotonic() - begun);
    const delay = endDelay();
    const unknown = findOwnTimeout(reading, { delay, timeout, enough });
    if (unknown !== undefined) {
      say(
        `no answer, but it had ${timeout}s and the event loop stood still for ${delay}s: unknown`,
      );
      return { ...about, unknown, seconds, samples: [] };
    }
    const fault = blamesNetwork(reading.outcome)
      ? await env.ownNetwork?.findFault(env.deadline)
      : undefined;
    if (fault !== undefined) {
      say(`it failed, but nothing of vantage could be reached (${fault}): unknown`);
      return { ...about, unknown: 'own_network', seconds, samples: [] };
    }
    const samples = [
      ...verdictSamples(reading, { seconds, timeout }),
      ...reading.samples,
      ...ownSamples(selected, env, { taken: taken / 1000, delay, seconds }),
    ];
    return { ...about, outcome: reading.outcome, seconds, samples, ...groupFor(selected, samples) };
  } catch (fault) {
    return { ...about, seconds: env.clock.monotonic() - begun, samples: [], fault };
  } finally {
    endDelay();
    deadline.close();
  }
}

/** The time that a target must have had to be called silent. */
function enoughFor(timeout: Seconds, available: Seconds): Seconds {
  // A hundredth of slack: the first probes of an invocation start a moment after its clock.
  return (available >= leastAvailable ? Math.min(timeout, available) : timeout) * 0.99;
}

type Given = { readonly delay: Seconds; readonly timeout: Seconds; readonly enough: Seconds };

/** Why the target may have answered in time, had it only had its time. */
function findOwnTimeout(
  { outcome }: Reading,
  { delay, enough, timeout }: Given,
): Unknown | undefined {
  if (outcome.ok || outcome.reason !== 'timeout') return undefined;
  if (timeout < enough) return 'no_time';
  return isDistorted(delay, timeout) ? 'event_loop' : undefined;
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
  measured: { readonly taken: Seconds; readonly delay: Seconds; readonly seconds: Seconds },
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
    sample('fargaze_probe_distorted', {}, isDistorted(measured.delay, measured.seconds) ? 1 : 0),
    sample('fargaze_probe_cold_start', {}, env.cold ? 1 : 0),
  ];
}
