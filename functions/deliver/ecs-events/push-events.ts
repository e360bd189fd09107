// Events to a Pushgateway, which holds one value of a series and no times: a group for each cluster with the events of the last
// hour, each a series with its id. Several functions may write at once and a Pushgateway has no compare-and-set, so each adds
// to what is there and is done when a later reading still shows what it added (docs/adr/0009).
import {
  type Clock,
  ConfigError,
  type Deadline,
  DeliveryError,
  findSeries,
  type Group,
  type Labels,
  MessageError,
  mapConcurrently,
  markOwner,
  type Pushgateway,
  pushSamples,
  readPushgatewayPath,
  type Sample,
  type Seconds,
  startDeadline,
} from '@fargaze/core/internal';
import { isFinal, type Settling } from '../pushgateway/guard.ts';
import type { EcsEvent } from './event.ts';
import { heldSamples } from './event-samples.ts';

/** What the pushing needs. */
export type EventPushing = {
  readonly pushgateway: Pushgateway;
  readonly owner: string;
  readonly clock: Clock;
  readonly deadline: Deadline;
  readonly settling: Settling;
};

/** Seconds that an event is shown, counted from the newest of its cluster; as long as the ECS API shows a stopped task. */
const shownSeconds = 3600;
/** Series of a cluster; beyond it the oldest go. */
const maxSeries = 2_000;
/** Puts under way at once. */
const concurrency = 8;

const job = 'fargaze-ecs-events';
const metrics = [
  'ecs_event_task_stop_timestamp_seconds',
  'ecs_event_container_exit_timestamp_seconds',
  'ecs_event_service_timestamp_seconds',
] as const;
type EventMetric = (typeof metrics)[number];

type Work = {
  readonly instance: string;
  readonly samples: readonly Sample[];
  /** Monotonic time of our last put. */
  since?: number;
  outcome?: 'pushed' | 'refused';
  error?: unknown;
};

/** Pushes events. @returns what became of those of each cluster's ARN; `error` says why they are not there. Never throws. */
export async function pushEvents(
  events: readonly EcsEvent[],
  env: EventPushing,
): Promise<ReadonlyMap<string, { readonly outcome?: 'pushed' | 'refused'; error?: unknown }>> {
  const instances = [...new Set(events.map(({ arn }) => arn))];
  const works = instances.map((instance): Work => {
    const own = events.filter(({ arn }) => arn === instance);
    return { instance, samples: own.flatMap(heldSamples) };
  });
  for (let open = works; open.length > 0; open = works.filter(({ outcome }) => !outcome)) {
    await runRound(open, env);
    if (works.every(({ outcome }) => outcome)) break;
    // A secret that cannot be read is not there a second later either: the queue brings the events again.
    if (works.some(({ error }) => error instanceof ConfigError)) break;
    const seconds = pauseAfter(works, env.settling);
    if (env.deadline.signal.aborted || seconds >= env.deadline.remaining()) break;
    await env.clock.sleep(seconds);
  }
  return new Map(works.map((work) => [work.instance, work]));
}

/** Until a reading can show something, and until the Pushgateway, or a proxy before it, wants to be asked again. */
function pauseAfter(works: readonly Work[], { margin, window }: Settling): Seconds {
  const open = works.filter(({ outcome }) => outcome === undefined);
  return Math.max(window + margin, ...open.map(({ error }) => waitOf(error) ?? 0));
}

/** Seconds that a refusal asks to wait. */
function waitOf(error: unknown): Seconds | undefined {
  return error instanceof DeliveryError ? error.afterSeconds : undefined;
}

/** One reading of what is held, and the puts of what it lacks. */
async function runRound(open: readonly Work[], env: EventPushing): Promise<void> {
  const { clock, deadline, pushgateway, settling } = env;
  const begun = clock.monotonic();
  const window = startDeadline(
    Math.min(settling.window, deadline.remaining()),
    clock,
    deadline.signal,
  );
  try {
    const { text } = await readPushgatewayPath(pushgateway, '/metrics', window);
    const held = readHeld(text);
    // Where the store asks to wait, it says so for those that follow too.
    let mustWait = false;
    await mapConcurrently(open, concurrency, async (work) => {
      const union = mergeSamples(held.get(work.instance) ?? [], work.samples);
      const settled = work.since !== undefined && begun - work.since >= settling.window;
      if (union.missing === 0 && (work.since === undefined || settled)) work.outcome = 'pushed';
      else if (union.missing > 0 && !mustWait) {
        await put(work, union.samples, { env, window });
        mustWait = waitOf(work.error) !== undefined;
      }
    });
  } catch (error) {
    for (const work of open) work.error = error;
  } finally {
    window.close();
  }
}

async function put(
  work: Work,
  samples: readonly Sample[],
  { env, window }: { readonly env: EventPushing; readonly window: Deadline },
): Promise<void> {
  try {
    const group: Group = { grouping: { job, instance: work.instance }, samples };
    const marked = markOwner(group, env.clock.now() / 1000, env.owner);
    await pushSamples(env.pushgateway, { group: marked, conflicts: new Map() }, window);
    work.since = env.clock.monotonic();
    delete work.error;
  } catch (error) {
    work.error = error;
    if (isFinal(error) || error instanceof MessageError) work.outcome = 'refused';
  }
}

/** The events that the Pushgateway holds, by the instance of their group. */
function readHeld(text: string): Map<string, Sample[]> {
  const held = new Map<string, Sample[]>();
  for (const { labels, metric, value } of findSeries(text, new Set(metrics))) {
    const { instance = '', job: own, ...rest } = labels;
    if (own !== job) continue;
    const known = held.get(instance) ?? [];
    known.push({ metric: metric as EventMetric, labels: rest, value });
    held.set(instance, known);
  }
  return held;
}

/** The newest of both, and how many of `own` among them are not held yet. */
function mergeSamples(held: readonly Sample[], own: readonly Sample[]) {
  const all = new Map(own.map((one) => [keyOf(one), one]));
  for (const one of held) all.set(keyOf(one), one);
  const newest = Math.max(...[...all.values()].map(({ value }) => value));
  const samples = [...all.values()]
    .filter(({ value }) => value > newest - shownSeconds)
    .sort((a, b) => b.value - a.value)
    .slice(0, maxSeries);
  const known = new Set(held.map(keyOf));
  const kept = new Set(samples.map(keyOf));
  const missing = own.map(keyOf).filter((key) => kept.has(key) && !known.has(key)).length;
  return { samples, missing };
}

/** A Pushgateway does not give back labels that are empty. */
function keyOf({ labels, metric }: { readonly metric: string; readonly labels: Labels }): string {
  const present = Object.entries(labels).filter(([, value]) => value !== '');
  return JSON.stringify([metric, ...present.sort(([a], [b]) => (a < b ? -1 : 1))]);
}
