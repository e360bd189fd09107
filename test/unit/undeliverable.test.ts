// Messages that cannot be delivered are reported once and stay in the queue.
import { reportOnce, staysInQueue } from '../../functions/deliver/undeliverable.ts';

it('what was reported is remembered, of ten thousand messages the latest', () => {
  const reported = new Set<string>();
  const report = (id: string) => reportOnce('malformed', id, reported);
  expect([report('first'), report('first')]).toEqual(['malformed', 'kept']);
  for (let at = 1; at <= 10_000; at += 1) report(`m${at}`);
  expect(reported.size).toBe(10_000);
  expect([report('m10000'), report('first')]).toEqual(['kept', 'malformed']);
});

it('what may be delivered later is reported each time', () => {
  const reported = new Set<string>();
  expect([1, 2].map(() => reportOnce('retried', 'm', reported))).toEqual(['retried', 'retried']);
});

it.each([
  { outcome: 'delivered', stays: false },
  { outcome: 'superseded', stays: false },
  { outcome: 'rejected', stays: false },
  { outcome: 'empty', stays: false },
  { outcome: 'retried', stays: true },
  { outcome: 'refused', stays: true },
  { outcome: 'malformed', stays: true },
  { outcome: 'kept', stays: true },
] as const)('$outcome: stays in the queue $stays', ({ outcome, stays }) => {
  expect(staysInQueue(outcome)).toBe(stays);
});
