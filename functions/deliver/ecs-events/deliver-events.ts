// Where events of ECS go: by remote write with their own times where there is a receiver for it, else to the Pushgateway.
// An event that this function has delivered already is done with, by its id.
import type { Batch, Log, Receivers } from '@fargaze/core/internal';
import type { EcsEvent } from './event.ts';
import { timedGroup } from './event-samples.ts';
import { type EventPushing, pushEvents } from './push-events.ts';

/** Ids of events that were delivered, as a warm function remembers them; the oldest go first. */
export type SeenEvents = Set<string>;

const maxSeen = 5_000;

/** What became of an event. */
export type EventResult = {
  readonly outcome: 'pushed' | 'superseded' | 'failed' | 'refused';
  readonly error?: unknown;
};

/** The event of a message as a batch for remote write; undefined where it goes elsewhere or is done with. */
export function eventBatch(
  event: EcsEvent,
  { receivers, repeated }: { receivers: Receivers; repeated: ReadonlySet<EcsEvent> },
): Batch | undefined {
  if (repeated.has(event) || receivers.remoteWrite === undefined) return undefined;
  return { taken: event.time * 1000, groups: [timedGroup(event)] };
}

/** Events whose id was seen before, or comes again in the same run. */
export function findRepeated(events: readonly EcsEvent[], seen: SeenEvents): Set<EcsEvent> {
  const ids = new Set(seen);
  const repeated = new Set<EcsEvent>();
  for (const event of events) {
    if (ids.has(event.id)) repeated.add(event);
    ids.add(event.id);
  }
  return repeated;
}

/** Keeps the id of an event that was delivered. */
export function remember(seen: SeenEvents, { id }: EcsEvent): void {
  seen.add(id);
  const [oldest] = seen;
  if (seen.size > maxSeen && oldest !== undefined) seen.delete(oldest);
}

/** Pushes the events where there is only a Pushgateway. */
export async function pushToGateway(
  events: readonly EcsEvent[],
  receivers: Receivers,
  env: Omit<EventPushing, 'pushgateway'>,
): Promise<Map<EcsEvent, EventResult>> {
  const { pushgateway, remoteWrite } = receivers;
  if (events.length === 0 || pushgateway === undefined || remoteWrite !== undefined) {
    return new Map();
  }
  const results = await pushEvents(events, { ...env, pushgateway });
  return new Map(
    events.map((event) => {
      const { error, outcome = 'failed' } = results.get(event.arn) ?? {};
      return [event, { outcome, ...(outcome !== 'pushed' && { error }) }];
    }),
  );
}

/** A line for each failure that ECS reports, with its words, which no label could hold. */
export function logFailures(events: readonly EcsEvent[], log: Log): void {
  for (const { about, place } of events) {
    if (about.kind !== 'service' || about.type !== 'ERROR') continue;
    const { cluster, service } = place;
    log('warn', 'ecs event', { cluster, service, event: about.name, detail: about.reason ?? '' });
  }
}
