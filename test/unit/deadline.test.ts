// Deadlines pass on time, are inherited, and leave nothing behind.
import { getEventListeners } from 'node:events';
import { systemClock } from '../../layers/core/src/clock.ts';
import { DeadlineExceeded, raceDeadline, startDeadline } from '../../layers/core/src/deadline.ts';

it('aborts with its own length as the reason', async () => {
  const deadline = startDeadline(0.02, systemClock);
  await expect(raceDeadline(new Promise(() => undefined), deadline)).rejects.toThrow(
    'deadline of 0.02s exceeded',
  );
  expect(deadline.remaining()).toBe(0);
});

it('has no time left once it has passed, where its timer is early by the clock', async () => {
  const late = { ...systemClock, monotonic: () => systemClock.monotonic() / 2 };
  const deadline = startDeadline(0.02, late);
  await raceDeadline(new Promise(() => undefined), deadline).catch(() => undefined);
  expect(deadline.remaining()).toBe(0);
});

it('a slice never outlasts the whole', async () => {
  const whole = startDeadline(0.05, systemClock);
  const slice = whole.slice(10);
  expect(slice.remaining()).toBeLessThanOrEqual(0.05);
  await expect(raceDeadline(new Promise(() => undefined), slice)).rejects.toBeInstanceOf(
    DeadlineExceeded,
  );
});

it('a closed deadline does not fire and lets go of its parent', async () => {
  const whole = startDeadline(5, systemClock);
  const slices = Array.from({ length: 30 }, () => whole.slice(0.01));
  expect(getEventListeners(whole.signal, 'abort')).toHaveLength(30);
  for (const slice of slices) slice.close();
  expect(getEventListeners(whole.signal, 'abort')).toHaveLength(0);
  whole.close();
  await new Promise((resolve) => setTimeout(resolve, 30));
  expect(slices.some(({ signal }) => signal.aborted)).toBe(false);
});

it('work that settles first wins and leaves no listener', async () => {
  const deadline = startDeadline(5, systemClock);
  await expect(raceDeadline(Promise.resolve(7), deadline)).resolves.toBe(7);
  await expect(raceDeadline(Promise.reject(new Error('own')), deadline)).rejects.toThrow('own');
  expect(getEventListeners(deadline.signal, 'abort')).toHaveLength(0);
  deadline.close();
});

it.each([Number.NaN, Number.POSITIVE_INFINITY])('%p seconds are refused', (seconds) => {
  expect(() => startDeadline(seconds, systemClock)).toThrow(
    `deadline of ${seconds} seconds, want a finite number`,
  );
});

it('a month has not passed already, nor has a wait of a month', async () => {
  const month = 31 * 86_400;
  const deadline = startDeadline(month, systemClock);
  const slice = deadline.slice(month);
  const ended = new AbortController();
  const waited = systemClock.sleep(month, ended.signal).catch(() => undefined);
  const first = await Promise.race([waited, systemClock.sleep(0.02).then(() => 'waits')]);
  expect([first, deadline.signal.aborted, slice.signal.aborted]).toEqual(['waits', false, false]);
  ended.abort();
  slice.close();
  deadline.close();
});

it('no time at all has passed already', () => {
  const deadline = startDeadline(0, systemClock);
  expect(deadline.signal.aborted).toBe(true);
});
