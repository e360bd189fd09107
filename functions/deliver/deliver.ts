// One run: messages of the queue to the Pushgateway and to Prometheus. Answers with the messages that stay in the queue:
// those that are worth another try, and those that cannot be delivered, which end as dead letters.
import {
  type Batch,
  type Clock,
  createLog,
  type Deadline,
  groupKey,
  type InvocationContext,
  type Log,
  MessageError,
  messageOf,
  type Receivers,
  readEnv,
  readReceivers,
  startDeadline,
  systemClock,
  takenOf,
} from '@fargaze/core/internal';
import {
  type EventResult,
  eventBatch,
  findRepeated,
  logFailures,
  pushToGateway,
  remember,
  type SeenEvents,
} from './ecs-events/deliver-events.ts';
import type { EcsEvent } from './ecs-events/event.ts';
import {
  type GroupResult,
  putNewest,
  type Settling,
  type TimedGroup,
} from './pushgateway/guard.ts';
import { createStore } from './pushgateway/store.ts';
import { isBatch, isEcsEvent, type Received, readRecords } from './records.ts';
import { createWriter, type Written } from './remote.ts';
import { reportRun } from './report.ts';
import { goesByRemoteWrite, leavePushgateway, type Route, readRoute } from './route.ts';
import type { MessageOutcome, Run } from './run.ts';
import { type Reported, reportOnce, staysInQueue } from './undeliverable.ts';

/** What a run needs; everything has a default, which tests replace. */
export type Deliver = {
  readonly receivers?: Receivers;
  readonly owner?: string;
  readonly clock?: Clock;
  readonly log?: Log;
  readonly settling?: Settling;
  /** How results are delivered. */
  readonly by?: Route['by'];
  /** Targets that are known to have no group at the Pushgateway any more; a warm function remembers them. */
  readonly moved?: Set<string>;
  /** Events that were delivered; a warm function remembers them. */
  readonly seen?: SeenEvents;
  /** Messages that were reported as undeliverable; a warm function remembers them. */
  readonly reported?: Reported;
};

/** The answer that SQS wants: everything that is not named is done with. */
export type BatchResponse = { readonly batchItemFailures: { readonly itemIdentifier: string }[] };

/** Two seconds are ample for a Pushgateway in the same network; half a second is what a packet may be late. */
const defaultSettling: Settling = { window: 2, margin: 0.5 };

/** Seconds of the invocation that are kept for the run's own metrics and the log. */
const reserve = 4;

/** Delivers the messages of `event`. @throws ConfigError when the environment or the event is unusable. */
export async function runDeliver(
  deliver: Deliver,
  event: unknown,
  context: InvocationContext,
): Promise<BatchResponse> {
  const clock = deliver.clock ?? systemClock;
  const log = deliver.log ?? createLog({ function: 'deliver' });
  const owner = deliver.owner ?? readEnv('FARGAZE_OWNER') ?? '';
  const begun = clock.monotonic();
  const receivers = deliver.receivers ?? readReceivers();
  const received = readRecords(event, clock.now());
  const available = context.getRemainingTimeInMillis() / 1000;
  const whole = startDeadline(Math.max(1, available - reserve / 4), clock);
  const work = whole.slice(Math.max(1, available - reserve));
  try {
    const env = {
      receivers,
      owner,
      clock,
      deadline: work,
      settling: deliver.settling ?? defaultSettling,
      route: deliver.by === undefined ? readRoute(receivers) : { receivers, by: deliver.by },
      moved: deliver.moved ?? new Set<string>(),
      seen: deliver.seen ?? new Set<string>(),
      reported: deliver.reported ?? new Set<string>(),
    };
    const done = await deliverAll(received, env, log);
    const { messages } = done;
    const run: Run = { ...done, now: clock.now(), seconds: clock.monotonic() - begun };
    await reportRun(run, { receivers, owner, clock, log, deadline: whole, context });
    return {
      batchItemFailures: received.flatMap(({ id }, index) =>
        staysInQueue(messages[index]?.outcome) ? [{ itemIdentifier: id }] : [],
      ),
    };
  } finally {
    work.close();
    whole.close();
  }
}

type Environment = {
  readonly receivers: Receivers;
  readonly owner: string;
  readonly clock: Clock;
  readonly deadline: Deadline;
  readonly settling: Settling;
  readonly route: Route;
  readonly moved: Set<string>;
  readonly seen: SeenEvents;
  readonly reported: Reported;
};

async function deliverAll(received: readonly Received[], env: Environment, log: Log) {
  const { pushgateway, remoteWrite } = env.receivers;
  const newest = pickNewest(received, env.route);
  await clearMoved(received, env, log);
  const store = pushgateway === undefined ? undefined : createStore(pushgateway, env.owner);
  const events = received.map(({ content }) => content).filter(isEcsEvent);
  const repeated = findRepeated(events, env.seen);
  const fresh = events.filter((event) => !repeated.has(event));
  const [groups, written, pushed] = await Promise.all([
    store === undefined ? [] : putNewest(newest, { ...env, store }),
    createWriter(remoteWrite, env).writeAll(received.map((one) => toWrite(one, env, repeated))),
    pushToGateway(fresh, env.receivers, env),
  ]);
  const results = new Map<unknown, GroupResult | EventResult>([
    ...groups.map((result) => [result.group, result] as const),
    ...[...repeated].map((event) => [event, { outcome: 'superseded' }] as const),
    ...pushed,
  ]);
  const messages = received.map((one, index) => {
    const judged = outcomeOf(one, { results, written: written[index] });
    if (isEcsEvent(one.content) && judged.outcome === 'delivered') remember(env.seen, one.content);
    const { detail } = judged;
    const outcome = reportOnce(judged.outcome, one.id, env.reported);
    if (detail !== undefined && outcome !== 'kept') {
      log(outcome === 'retried' ? 'warn' : 'error', `message ${outcome}`, {
        id: one.id,
        receives: one.receives,
        detail,
      });
    }
    return { outcome, ...takenOfMessage(one) };
  });
  logFailures(fresh, log);
  const leftOut = store?.leftOut ?? new Map();
  for (const [metric, { groups: count, why }] of leftOut) {
    log('error', 'metric left out', { metric, groups: count, detail: why });
  }
  return { groups, messages, written, leftOut };
}

/** Since when a message waits, in milliseconds since 1970: an event since the queue took it, for EventBridge may send it late. */
function takenOfMessage({ content, sent }: Received): { readonly taken?: number } {
  if (isEcsEvent(content)) return sent === undefined ? {} : { taken: sent };
  return isBatch(content) ? { taken: content.taken } : {};
}

/**
 * Of each job and instance the group that was taken last; the others have no use any more. They are ordered by the times
 * of those who took them. Nothing was taken after the queue got it: a time beyond that is of a clock that is ahead.
 */
function pickNewest(received: readonly Received[], route: Route): TimedGroup[] {
  const newest = new Map<string, TimedGroup>();
  for (const { content, sent = Number.POSITIVE_INFINITY } of received) {
    if (!isBatch(content)) continue;
    for (const group of content.groups.filter((one) => !goesByRemoteWrite(one, route))) {
      const taken = Math.min(takenOf(group, content.taken), sent / 1000);
      const key = groupKey(group.grouping);
      if (taken > (newest.get(key)?.taken ?? Number.NEGATIVE_INFINITY)) {
        newest.set(key, { group, taken });
      }
    }
  }
  return [...newest.values()];
}

/** Seconds of a run that may pass until the groups of results that have moved are deleted. */
const clearing = 8;

/** What could not be deleted is tried again by the next run; the results themselves do not wait for that. */
async function clearMoved(received: readonly Received[], env: Environment, log: Log) {
  const { moved, receivers, route } = env;
  const { pushgateway } = receivers;
  if (pushgateway === undefined || route.by === 'pushgateway') return;
  const batches = received.map(({ content }) => content).filter(isBatch);
  const groups = batches.flatMap((batch) => batch.groups);
  const deadline = env.deadline.slice(clearing);
  try {
    const gone = groups.filter((group) => goesByRemoteWrite(group, route));
    await leavePushgateway(gone, { pushgateway, moved }, deadline);
  } catch (error) {
    log('warn', 'moved results not deleted at the Pushgateway', { detail: messageOf(error) });
  } finally {
    deadline.close();
  }
}

/**
 * What of a message goes by remote write: its series, and the groups whose way it is. Like {@link pickNewest} it believes no
 * time beyond the queue's: Prometheus takes a sample from the future, and from then on refuses every other as too old.
 */
function toWrite(
  { content, sent = Number.POSITIVE_INFINITY }: Received,
  { receivers, route }: Environment,
  repeated: ReadonlySet<EcsEvent>,
): Batch | undefined {
  if (isEcsEvent(content)) return eventBatch(content, { receivers, repeated });
  if (!isBatch(content)) return undefined;
  const groups = content.groups.filter((group) => goesByRemoteWrite(group, route));
  if (groups.length + (content.series?.length ?? 0) === 0) return undefined;
  return { ...content, groups, taken: Math.min(content.taken, sent) };
}

/** The outcome of a message whose worst part had this one. */
const outcomes = {
  failed: 'retried',
  refused: 'refused',
  rejected: 'rejected',
  pushed: 'delivered',
  written: 'delivered',
  superseded: 'superseded',
} as const satisfies Record<string, MessageOutcome>;

type Judgement = { readonly outcome: MessageOutcome; readonly detail?: string };
type Results = {
  readonly results: ReadonlyMap<unknown, GroupResult | EventResult>;
  readonly written: Written | undefined;
};

/** The worst that happened to any part of a message decides. */
function outcomeOf({ content }: Received, { results, written }: Results): Judgement {
  if (content === 'empty') return { outcome: 'empty' };
  if (content instanceof MessageError) {
    return { outcome: content.retryable ? 'retried' : 'malformed', detail: content.message };
  }
  const groups: readonly unknown[] = isEcsEvent(content) ? [content] : content.groups;
  const own = groups.flatMap((group) => results.get(group) ?? []);
  const parts = [...own, ...(written === undefined ? [] : [written])];
  const find = (outcome: string) => parts.find((part) => part.outcome === outcome);
  const bad = find('failed') ?? find('refused') ?? find('rejected');
  if (bad !== undefined) return { outcome: outcomes[bad.outcome], detail: describeFault(bad) };
  if (find('pushed') ?? find('written')) return { outcome: 'delivered' };
  return { outcome: groups.length > 0 ? 'superseded' : 'empty' };
}

function describeFault(part: GroupResult | EventResult | Written): string {
  if (part.error === undefined && 'rejected' in part) {
    const counts = Object.entries(part.rejected).map(([reason, count]) => `${reason} ${count}`);
    return `remote write: samples that the receiver refuses: ${counts.join(', ')}`;
  }
  const why = part.error === undefined ? 'not confirmed in time' : messageOf(part.error);
  if (!('group' in part)) return why;
  const { instance, job } = part.group.grouping;
  return `${job} ${instance}: ${why}`;
}
