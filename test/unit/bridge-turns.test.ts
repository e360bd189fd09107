// When CloudWatch is due for a warm function.
import { Turns } from '../../functions/ecs-bridge/cloudwatch/due.ts';

const schedule = 60;
/** A whole hour, in seconds since 1970. */
const hour = 1_700_002_800;

it('the first turn is by the clock, and the next an interval after it, whenever the tick comes', () => {
  const turns = new Turns();
  expect(turns.isDue(300, { now: hour + 60, schedule })).toBe(false);
  expect(turns.isDue(300, { now: hour + 20, schedule })).toBe(true);
  turns.take({ now: hour + 20, schedule });
  expect([269, 270].map((later) => turns.isDue(300, { now: hour + 20 + later, schedule }))).toEqual(
    [false, true],
  );
});

it('a clock that went back does not make it wait until it is as late again', () => {
  const turns = new Turns();
  turns.take({ now: hour + 86_400, schedule });
  expect(turns.isDue(300, { now: hour, schedule })).toBe(true);
  expect(turns.isDue(300, { now: hour + 60, schedule })).toBe(false);
});

it('by hand it is always due, and that is no turn', () => {
  const turns = new Turns();
  const byHand = { now: hour + 61, schedule: undefined };
  expect(turns.isDue(300, byHand)).toBe(true);
  turns.take(byHand);
  expect(turns.isDue(300, { now: hour + 120, schedule })).toBe(false);
});

it('a plan that was slowed is due by its slowed interval only', () => {
  const turns = new Turns();
  turns.take({ now: hour, schedule });
  turns.slowTo(420);
  expect([300, 420].map((later) => turns.isDue(300, { now: hour + later, schedule }))).toEqual([
    false,
    true,
  ]);
  turns.slowTo(undefined);
  expect(turns.isDue(300, { now: hour + 300, schedule })).toBe(true);
});
