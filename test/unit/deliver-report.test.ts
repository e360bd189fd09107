// What a run of deliver says of itself where only some of its messages count.
import { reportRun } from '../../functions/deliver/report.ts';
import type { Run } from '../../functions/deliver/run.ts';
import { startDeadline } from '../../layers/core/src/deadline.ts';
import { createFakeClock } from '../support/fake-clock.ts';

async function report(run: Partial<Run>): Promise<Readonly<Record<string, unknown>>> {
  const clock = createFakeClock();
  const deadline = startDeadline(60, clock);
  const lines: Readonly<Record<string, unknown>>[] = [];
  const whole: Run = {
    ...{ messages: [], groups: [], written: [], leftOut: new Map(), seconds: 2 },
    ...{ now: clock.now(), ...run },
  };
  await reportRun(whole, {
    ...{ receivers: {}, owner: 'us', clock, deadline },
    log: (_, message, fields) => void lines.push({ message, ...fields }),
    context: { getRemainingTimeInMillis: () => 60_000 },
  });
  deadline.close();
  return lines.at(-1) ?? {};
}

const now = createFakeClock().now();

it('the age of the queue is that of the oldest message when the run began, but for those that are only kept', async () => {
  const messages = [
    { outcome: 'delivered', taken: now - 10_000 },
    { outcome: 'retried', taken: now - 60_000 },
    { outcome: 'kept', taken: now - 3_600_000 },
    { outcome: 'malformed' },
  ] as const;
  expect((await report({ messages })).queueAgeSeconds).toBe(58);
  expect((await report({ messages: messages.slice(2) })).queueAgeSeconds).toBeUndefined();
  expect((await report({ messages: [{ outcome: 'empty', taken: now }] })).queueAgeSeconds).toBe(0);
});

it('a duplicate is no lost sample: it is shown, and alarms nobody', async () => {
  const rejected = (reasons: Readonly<Record<string, number>>) => [
    { outcome: 'rejected', sent: 0, rejected: reasons } as const,
    undefined,
  ];
  const one = await report({ written: rejected({ duplicate: 3 }) });
  expect([one.rejected, one.SamplesRejected]).toEqual([{ duplicate: 3 }, undefined]);
  const both = await report({ written: rejected({ duplicate: 3, too_old: 2 }) });
  expect(both.SamplesRejected).toBe(2);
  expect(both).not.toHaveProperty('DeliverHeartbeat');
});
