// One invocation of a probe function, end to end: parse, probe side by side, deliver, answer, one wide log line.
// A target that is down is data; only a bad event, a failed delivery or a bug in fargaze throws.
import type { Clock, Seconds } from '../clock.ts';
import { systemClock } from '../clock.ts';
import type { Config } from '../config/config.ts';
import type { Module } from '../config/modules.ts';
import type { Target, Vantage } from '../config/probes.ts';
import { startDeadline } from '../deadline.ts';
import { createSink } from '../delivery/choose.ts';
import { readEnv } from '../env.ts';
import { messageOf } from '../errors.ts';
import { parseProbeEvent } from '../event/events.ts';
import { createLog, type Log } from '../log.ts';
import { createReturnSink } from '../queue/return-sink.ts';
import type { Batch } from '../sample.ts';
import type { Sink } from '../sink/sink.ts';
import { watchLoop } from './loop-delay.ts';
import { type Observation, observeProbe } from './observe.ts';
import { orderOf } from './order.ts';
import { watchOwnNetwork } from './own-network.ts';
import { runPaced } from './pace.ts';
import type { Probe } from './probe.ts';
import { type Selected, selectTargets } from './select.ts';
import { type Summary, summarize } from './summary.ts';

/** What a handler needs of Lambda's context object. */
export type InvocationContext = {
  readonly awsRequestId?: string;
  getRemainingTimeInMillis(): number;
};

/** A probe function. `sink`, `clock` and `log` are for tests; by default they are the real ones. */
export type ProbeFunction<M extends Module> = {
  readonly name: string;
  readonly prober: M['prober'];
  readonly config: Config;
  readonly probe: Probe<Target<M>>;
  readonly sink?: Sink;
  readonly clock?: Clock;
  readonly log?: Log;
};

/** Handles one event. */
export type ProbeHandler = (event: unknown, context: InvocationContext) => Promise<Summary>;

/** Share of the time left that is kept for delivering, and its bounds in seconds. */
const reserve = { share: 0.2, min: 0.5, max: 10 } as const;

/** Seconds that a sink may take for each group where that is more than the reserve; measured: a fifth of it. */
const secondsPerGroup = 0.01;

/** Share of the time that is left for the log line and the error when a delivery hangs, and its bound in seconds. */
const margin = { share: 0.05, max: 1 } as const;

/** What a warm function knows of the invocations before: that there were some, and who went without in the last one. */
type Memory = { cold: boolean; skipped: ReadonlySet<string> };

/** The handler of a probe function. */
export function createProbeHandler<M extends Module>(definition: ProbeFunction<M>): ProbeHandler {
  const memory: Memory = { cold: true, skipped: new Set() };
  return async (event, context) => {
    const { cold } = memory;
    memory.cold = false;
    return runInvocation(definition, { event, context, cold, memory });
  };
}

/** A summary of what is known before delivering. */
const quiet = { explain: false, delivered: false } as const;

type Call = {
  readonly event: unknown;
  readonly context: InvocationContext;
  readonly cold: boolean;
  readonly memory: Memory;
};

async function runInvocation<M extends Module>(definition: ProbeFunction<M>, call: Call) {
  const clock = definition.clock ?? systemClock;
  const log = definition.log ?? createLog({ function: definition.name });
  const begun = clock.monotonic();
  const event = parseProbeEvent(call.event);
  const sink = definition.sink ?? createProbeSink();
  const selected = selectTargets<M>(event, {
    config: definition.config,
    prober: definition.prober,
    vantage: vantage(),
    now: clock.now(),
    read: readEnv,
  });
  const available = call.context.getRemainingTimeInMillis() / 1000;
  const held = Math.min(reserve.max, Math.max(reserve.min, available * reserve.share));
  const whole = startDeadline(available - Math.min(margin.max, available * margin.share), clock);
  try {
    const observations = await probeAll(definition, selected, {
      clock,
      cold: call.cold,
      seconds: available - held,
      order: orderOf(
        selected.map(({ target }) => target.name),
        { time: event.time ?? clock.now(), first: call.memory.skipped },
      ),
    });
    // Before delivering: where that hangs, the log is the only witness.
    logFailures(observations, log);
    call.memory.skipped = new Set(summarize(observations, quiet).skipped);
    const fault = await deliver(observations, { sink, clock, deadline: whole });
    const summary = summarize(observations, {
      explain: event.explain,
      delivered: fault === undefined && sink.discards !== true,
    });
    report(log, summary, {
      call,
      sink: sink.name,
      seconds: clock.monotonic() - begun,
      observations,
    });
    return answer(summary, { call, sink, observations, fault, log });
  } finally {
    whole.close();
  }
}

function logFailures(observations: readonly Observation[], log: Log): void {
  for (const failure of summarize(observations, quiet).failures) {
    log('warn', 'probe failed', failure);
  }
  for (const { name, trace, unknown } of observations) {
    if (unknown !== 'own_network') continue;
    log('warn', 'probe unknown', { probe: name, detail: trace.at(-1) });
  }
}

type Ending = {
  readonly call: Call;
  readonly sink: Sink;
  readonly observations: readonly Observation[];
  readonly fault: unknown;
  readonly log: Log;
};

/**
 * The summary, or our own failures. Where the answer carries the results, one that failed must not cost the others
 * theirs: it is logged, and its target falls silent, which raises an alert.
 */
function answer(summary: Summary, { call, sink, observations, fault, log }: Ending): Summary {
  if (sink.answer === undefined || fault !== undefined || summary.delivered === 0) {
    throwProbeFaults(observations, fault);
    return sink.answer?.(summary, call.event) ?? summary;
  }
  for (const { name, fault: own } of observations) {
    if (own !== undefined) log('error', 'probe broken', { probe: name, detail: messageOf(own) });
  }
  return sink.answer(summary, call.event);
}

/** Where a probe function may deliver: besides the usual, by its answer. */
function createProbeSink(): Sink {
  return createSink({ return: () => createReturnSink() });
}

type ProbeRun = {
  readonly clock: Clock;
  readonly cold: boolean;
  readonly seconds: Seconds;
  /** Indexes of what was selected, in the order to begin in. */
  readonly order: readonly number[];
};

/** The observations of all that was selected, in the order of the selection. */
async function probeAll<M extends Module>(
  definition: ProbeFunction<M>,
  selected: readonly Selected<M>[],
  run: ProbeRun,
): Promise<Observation[]> {
  const ownNetwork = watchOwnNetwork(definition.config, {
    clock: run.clock,
    vantage: vantage(),
    read: readEnv,
  });
  const deadline = startDeadline(run.seconds, run.clock);
  const loop = watchLoop();
  const env = {
    probe: definition.probe,
    function: definition.name,
    vantage: readEnv('FARGAZE_VANTAGE') ?? 'local',
    clock: run.clock,
    cold: run.cold,
    available: run.seconds,
    deadline,
    loop,
    ...(ownNetwork !== undefined && { ownNetwork }),
  };
  const observations = new Map<number, Observation>();
  const observe = async (index: number) => {
    const item = selected[index];
    if (item !== undefined) observations.set(index, await observeProbe(item, env));
  };
  try {
    await runPaced(run.order, observe, run.clock);
  } finally {
    loop.close();
    deadline.close();
  }
  return selected.flatMap((_, index) => observations.get(index) ?? []);
}

type Delivery = {
  readonly sink: Sink;
  readonly clock: Clock;
  readonly deadline: ReturnType<typeof startDeadline>;
};

/** Delivers what is to be delivered; an error is returned, so that the log line comes first. */
async function deliver(observations: readonly Observation[], to: Delivery): Promise<unknown> {
  const groups = observations.flatMap(({ group }) => (group === undefined ? [] : [group]));
  if (groups.length === 0) return undefined;
  const batch: Batch = { taken: to.clock.now(), groups };
  // A sink that hangs is not waited for longer than the reserve, as every second is billed; many groups take longer.
  const deadline = to.deadline.slice(Math.max(reserve.max, groups.length * secondsPerGroup));
  try {
    await to.sink.write(batch, deadline);
    return undefined;
  } catch (error) {
    return error;
  } finally {
    deadline.close();
  }
}

type Report = {
  readonly call: Call;
  readonly sink: string;
  readonly seconds: Seconds;
  readonly observations: readonly Observation[];
};

function report(log: Log, summary: Summary, about: Report): void {
  const { targets, ok, failed, skipped, unknown, delivered } = summary;
  log(summary.skipped.length > 0 ? 'warn' : 'info', 'invocation', {
    request: about.call.context.awsRequestId,
    cold: about.call.cold,
    targets,
    ok,
    failed,
    skipped,
    ...(unknown !== undefined && { unknown }),
    delivered,
    sink: about.sink,
    seconds: Math.round(about.seconds * 1e6) / 1e6,
    remainingMs: Math.round(about.call.context.getRemainingTimeInMillis()),
    slowest: about.observations.reduce((most, { seconds }) => Math.max(most, seconds), 0),
  });
}

/** Our own failures reach Lambda's error metric, after everything else has been delivered. */
function throwProbeFaults(observations: readonly Observation[], delivery: unknown): void {
  const faults = observations.flatMap(({ fault }) => (fault === undefined ? [] : [fault]));
  if (delivery !== undefined) faults.push(delivery);
  if (faults.length === 1) throw faults[0];
  if (faults.length > 1) {
    const messages = faults.map((fault) => messageOf(fault));
    throw new AggregateError(faults, messages.join('\n'));
  }
}

function vantage(): Vantage | undefined {
  const value = readEnv('FARGAZE_VANTAGE');
  return value === 'internet' || value === 'vpc' ? value : undefined;
}
