// Minutes of production and delivery with faults of chance, then quiet until everything is told; and the accounts of it.
import { findSeries } from '../../../layers/core/src/pushgateway/stored.ts';
import { seeded } from '../../support/seeded.ts';
import { type Produced, Producers } from './producers.ts';
import { SimulatedQueue } from './queue.ts';
import { invoke, type Outcome, type Receivers, type Reported, type Trouble } from './workers.ts';

/** What to simulate. */
export type Plan = {
  readonly minutes: number;
  readonly seed: number;
  /** Time of minute 0, in milliseconds. */
  readonly start: number;
};

/** What was said of a message that was not delivered. */
export type Undelivered = { readonly why: Reported; readonly at: number };

/** What has happened. */
export type Accounts = {
  readonly produced: Produced;
  /** Messages that were not delivered, each with what was said of it and when, in milliseconds. */
  readonly reported: ReadonlyMap<string, Undelivered>;
  readonly invocations: number;
  readonly kills: number;
  readonly faults: number;
  /** Messages that were dead letters in between. */
  readonly died: number;
  /** Messages that are left. */
  readonly left: number;
  /** Messages that are dead letters in the end. */
  readonly dead: readonly string[];
  /** Groups that went back in time between two looks. */
  readonly wentBack: readonly string[];
};

/** Messages of one invocation (serverless.yml). */
const batchSize = 10;
/** Invocations in one minute at most. */
const mostInvocations = 6;
/** Every so many minutes two invocations run at once, in real time. */
const paired = 10;
const minuteMs = 60_000;

/** Runs a plan against real receivers. */
export async function simulate(plan: Plan, receivers: Receivers): Promise<Accounts> {
  const random = seeded(plan.seed);
  const queue = new SimulatedQueue(random);
  const producers = new Producers(queue, plan.start, random);
  const run = new Run(plan, receivers, queue);
  for (let minute = 0; minute < plan.minutes; minute += 1) {
    producers.tick(minute);
    // Somebody looks at the dead letters from time to time.
    if (minute % 15 === 0) queue.redrive(minute);
    await run.deliver(minute, random);
  }
  // Quiet: everything that is late comes, and dead letters are redriven.
  let minute = plan.minutes;
  for (; queue.length > 0 && minute < plan.minutes + 200; minute += 1) await run.deliver(minute);
  queue.redrive(minute);
  for (; queue.length > 0 && minute < plan.minutes + 400; minute += 1) await run.deliver(minute);
  const { faults, invocations, kills, reported, wentBack } = run;
  const counts = { invocations, kills, faults, died: queue.died, left: queue.length };
  return { produced: producers, reported, wentBack, dead: queue.dead, ...counts };
}

class Run {
  readonly #plan: Plan;
  readonly #receivers: Receivers;
  readonly #queue: SimulatedQueue;
  readonly #seen = new Map<string, number>();
  #outage: { readonly until: number; readonly trouble: Trouble } | undefined;
  readonly reported = new Map<string, Undelivered>();
  readonly wentBack: string[] = [];
  invocations = 0;
  kills = 0;
  faults = 0;

  constructor(plan: Plan, receivers: Receivers, queue: SimulatedQueue) {
    this.#plan = plan;
    this.#receivers = receivers;
    this.#queue = queue;
  }

  /** The invocations of one minute; without `random` nothing fails. */
  async deliver(minute: number, random?: () => number): Promise<void> {
    for (let made = 0; made < mostInvocations; made += 1) {
      const pair = random !== undefined && minute % paired === 0 && made === 0;
      const batches = [this.#queue.receive(minute, pair ? batchSize / 2 : batchSize)];
      if (pair) batches.push(this.#queue.receive(minute, batchSize / 2));
      const full = batches.filter(({ length }) => length > 0);
      if (full.length === 0) break;
      const pace = pair ? 'real' : 'skipped';
      const now = this.#plan.start + minute * minuteMs + 1_000;
      const outcomes = await Promise.all(
        full.map((messages) => {
          const trouble = random === undefined ? {} : this.#trouble(minute, random);
          return invoke(this.#receivers, { messages, trouble, now, pace });
        }),
      );
      for (const outcome of outcomes) this.#settle(outcome, now);
    }
    await this.#look();
  }

  #settle(outcome: Outcome | undefined, at: number): void {
    this.invocations += 1;
    if (outcome === undefined) {
      this.kills += 1;
      return;
    }
    this.#queue.delete(outcome.done);
    for (const [id, why] of outcome.reported) this.reported.set(id, { why, at });
  }

  /** Outages last for minutes; kills are of one invocation. */
  #trouble(minute: number, random: () => number): Trouble {
    if (this.#outage !== undefined && this.#outage.until < minute) this.#outage = undefined;
    if (this.#outage === undefined && random() < 0.08) {
      const of = random() < 0.5 ? 'gateway' : 'prometheus';
      const fault = faults[Math.floor(random() * faults.length)] ?? faults[0];
      const until = minute + Math.floor(random() * 14);
      this.#outage = { until, trouble: { [of]: fault } };
    }
    const outage = this.#outage?.trouble ?? {};
    if (this.#outage !== undefined) this.faults += 1;
    if (random() >= 0.2) return outage;
    const of = random() < 0.8 ? 'gateway' : 'prometheus';
    const when = random() < 0.5 ? 'arrived' : 'done';
    const at = Math.floor(random() * (of === 'gateway' ? 12 : 1));
    return { ...outage, kill: { of, at, when } };
  }

  /** Nothing that the Pushgateway shows may be older than what it showed before. */
  async #look(): Promise<void> {
    for (const [target, taken] of await readHeld(this.#receivers.gateway)) {
      const before = this.#seen.get(target) ?? 0;
      if (taken < before) this.wentBack.push(`${target}: from ${before} to ${taken}`);
      this.#seen.set(target, taken);
    }
  }
}

const faults = [
  { kind: 'down' },
  { kind: 'resets' },
  { kind: 'loses-answers' },
  { kind: 'breaks-off' },
  { kind: 'answers', status: 500 },
  { kind: 'answers', status: 503, headers: { 'retry-after': '5' } },
  { kind: 'answers', status: 429, headers: { 'retry-after': '30' } },
  { kind: 'answers', status: 401 },
] as const;

/** When what each target's group holds was taken, in seconds. */
export async function readHeld(gateway: string): Promise<Map<string, number>> {
  const text = await (await fetch(`${gateway}/metrics`)).text();
  const found = findSeries(text, new Set(['fargaze_probe_timestamp_seconds']));
  return new Map(
    found
      .filter(({ labels }) => labels.job === 'accounts')
      .map(({ labels, value }) => [labels.instance ?? '', value]),
  );
}
