// Invocations of `deliver` as the queue makes them: some are killed at one of their requests, others meet a receiver that
// fails. One that is killed sends nothing more, and nobody hears what it would have answered.
import { runDeliver } from '../../../functions/deliver/deliver.ts';
import { type Clock, systemClock } from '../../../layers/core/src/clock.ts';
import { type Fault, type FaultyProxy, startFaultyProxy } from '../../support/faulty-proxy.ts';
import { createSkippingClock } from '../../support/skipping-clock.ts';
import type { Message } from './queue.ts';

/** Real receivers. */
export type Receivers = { readonly gateway: string; readonly prometheus: string };

/** What fails for whom in an invocation. */
export type Trouble = {
  readonly gateway?: Fault;
  readonly prometheus?: Fault;
  /** Killed at request number `at` (from 0) of a receiver, before or after it is carried out. */
  readonly kill?: {
    readonly of: 'gateway' | 'prometheus';
    readonly at: number;
    readonly when: 'arrived' | 'done';
  };
};

/** One invocation. */
export type Invocation = {
  readonly messages: readonly Message[];
  readonly trouble: Trouble;
  /** Simulated time, in milliseconds. */
  readonly now: number;
  /** Waits take their time: several at once must wait for each other. */
  readonly pace: 'real' | 'skipped';
};

/** What is said of a message: let go because it came too late, or on its way to the dead letters. */
export type Reported = 'rejected' | 'refused' | 'malformed';

/** What became of an invocation that was not killed. */
export type Outcome = {
  readonly done: readonly Message[];
  /** Messages that were not delivered, by what the log says of them. */
  readonly reported: ReadonlyMap<string, Reported>;
};

/** Makes an invocation. @returns undefined when it was killed. */
export async function invoke(
  receivers: Receivers,
  invocation: Invocation,
): Promise<Outcome | undefined> {
  const { trouble } = invocation;
  const proxies = {
    gateway: await startFaultyProxy(receivers.gateway),
    prometheus: await startFaultyProxy(receivers.prometheus),
  };
  try {
    if (trouble.gateway !== undefined) await proxies.gateway.fail(trouble.gateway);
    if (trouble.prometheus !== undefined) await proxies.prometheus.fail(trouble.prometheus);
    const killed = new Promise<undefined>((resolve) => {
      const { kill } = trouble;
      if (kill === undefined) return;
      proxies[kill.of].stopAt({ skip: kill.at, when: kill.when }, () => {
        void Promise.all(Object.values(proxies).map((one) => one.fail({ kind: 'down' })));
        resolve(undefined);
      });
    });
    const run = deliver(proxies, invocation);
    const outcome = await Promise.race([run, killed]);
    // What goes on meanwhile reaches nobody.
    await run;
    return outcome;
  } finally {
    await Promise.all(Object.values(proxies).map((one) => one.close()));
  }
}

/** The calendar of simulated time. */
function clockOf({ now, pace }: Invocation): Clock {
  const ahead = now - systemClock.now();
  if (pace === 'real') return { ...systemClock, now: () => systemClock.now() + ahead };
  return createSkippingClock(ahead / 1000);
}

async function deliver(
  proxies: { readonly gateway: FaultyProxy; readonly prometheus: FaultyProxy },
  invocation: Invocation,
): Promise<Outcome> {
  const { messages, pace } = invocation;
  const reported = new Map<string, Reported>();
  const url = new URL('/api/v1/write', proxies.prometheus.url);
  const { batchItemFailures } = await runDeliver(
    {
      receivers: {
        pushgateway: { url: proxies.gateway.url },
        remoteWrite: { url, version: 2 },
      },
      owner: 'accounts',
      clock: clockOf(invocation),
      ...(pace === 'real' && { settling: { window: 0.4, margin: 0.2 } }),
      log: (_, message, fields) => {
        const outcome = /^message (rejected|refused|malformed)$/.exec(message)?.[1];
        if (outcome !== undefined) reported.set(String(fields?.id), outcome as Reported);
      },
    },
    // Copies of a message differ in their ids here, as receipts do.
    { Records: messages.map(({ body, id }, index) => ({ messageId: `${index} ${id}`, body })) },
    {
      awsRequestId: 'accounts',
      getRemainingTimeInMillis: () => (pace === 'real' ? 12_000 : 15_000),
    },
  );
  const failed = new Set(batchItemFailures.map(({ itemIdentifier }) => itemIdentifier));
  const nameOf = (id: string) => id.slice(id.indexOf(' ') + 1);
  return {
    done: messages.filter(({ id }, index) => !failed.has(`${index} ${id}`)),
    reported: new Map([...reported].map(([id, outcome]) => [nameOf(id), outcome])),
  };
}
