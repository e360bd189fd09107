// What EventBridge and the queue do in a deployment: hands the events of the simulated ECS to deliver as they happen, ten at a
// time, and a batch each minute. The last hour comes first, so that the boards have marks at once. What fails is handed over again.
import {
  type Clock,
  type EpochMs,
  type Seconds,
  systemClock,
} from '../../layers/core/src/clock.ts';
import { toMessage } from '../../layers/core/src/queue/message.ts';
import { sample } from '../../layers/core/src/sample.ts';
import type { BusEvent } from '../fake-aws/model/bus-events.ts';

/** The name that serverless.yml gives the function in its default stage. */
const name = 'fargaze-dev-deliver';

/** Seconds between two looks. */
const interval: Seconds = 10;
/** Between two batches: deliver calls itself silent when nothing was accepted for longer. */
const minute: Seconds = 60;
/** As the queue hands them over. */
const batchSize = 10;

/** Where events come from and go to. */
export type EventFeed = {
  /** Base URL of the simulated AWS. */
  readonly aws: string;
  /** Base URL of serverless offline. */
  readonly functions: string;
  readonly clock?: Clock;
};

/** Feeds until it is stopped; a part that is away is waited for. */
export function feedEvents(feed: EventFeed): { stop(): Promise<void> } {
  const { clock = systemClock } = feed;
  const controller = new AbortController();
  const { signal } = controller;
  const run = async () => {
    let from: EpochMs = clock.now() - 3_600_000;
    let due: EpochMs = clock.now();
    while (!signal.aborted) {
      const now = clock.now();
      if (now >= due) {
        const isAccepted = await invoke(feed.functions, [batchAt(now)], signal).catch(() => false);
        if (isAccepted) due = now + minute * 1000;
      }
      from = await feedOnce(feed, from, signal).catch(() => from);
      await clock.sleep(interval, signal).catch(() => undefined);
    }
  };
  const running = run();
  return {
    stop: () => {
      controller.abort();
      return running;
    },
  };
}

/** Hands over what happened since `from`. @returns the time of the newest event, from which the next look goes on. */
async function feedOnce(
  { aws, clock = systemClock, functions }: EventFeed,
  from: EpochMs,
  signal: AbortSignal,
): Promise<EpochMs> {
  const answer = await fetch(`${aws}/_fake/events/${from / 1000}`, { signal });
  const events = (await answer.json()) as readonly BusEvent[];
  let until = from;
  for (let at = 0; at < events.length; at += batchSize) {
    const batch = events.slice(at, at + batchSize);
    const taken = clock.now();
    await invoke(
      functions,
      batch.map((event) => ({ id: event.id, taken, body: event })),
      signal,
    );
    // One second may hold several events: deliver knows those that it had.
    until = Math.max(until, ...batch.map(({ time }) => Date.parse(time) - 1));
  }
  return until;
}

type Message = { readonly id: string; readonly taken: EpochMs; readonly body: object };

/** In a deployment results come this way each minute; here the functions push them, so the batch holds no more than its time. */
function batchAt(taken: EpochMs): Message {
  const time = sample('fargaze_group_timestamp_seconds', { owner: 'local' }, taken / 1000);
  const grouping = { job: 'fargaze-local', instance: 'queue' };
  const body = toMessage({ taken, groups: [{ grouping, samples: [time] }] });
  if (body === undefined) throw new RangeError('a batch of one sample is too long');
  return { id: `batch-${taken}`, taken, body };
}

/** @returns true. @throws Error when one of them has to come again. */
async function invoke(
  functions: string,
  messages: readonly Message[],
  signal: AbortSignal,
): Promise<true> {
  const records = messages.map(({ body, id, taken }) => ({
    messageId: id,
    attributes: { SentTimestamp: String(taken) },
    body: JSON.stringify(body),
  }));
  const response = await fetch(`${functions}/2015-03-31/functions/${name}/invocations`, {
    method: 'POST',
    body: JSON.stringify({ Records: records }),
    signal,
  });
  const answer = await response.text();
  if (!response.ok || !/"batchItemFailures":\[\]/.test(answer)) {
    throw new Error(`deliver: status ${response.status}: ${answer}`);
  }
  return true;
}
