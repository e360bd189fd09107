// The clock that requests to AWS are signed by.
import { clockOfAws, setClock } from '../../functions/ecs-bridge/aws/skew.ts';
import { createFakeClock } from '../support/fake-clock.ts';

const minute = 60_000;
const dateIn = (milliseconds: number) =>
  new Date(createFakeClock().now() + milliseconds).toUTCString();

it.each([
  { name: 'minutes ahead', date: dateIn(10 * minute), ahead: 10 * minute },
  { name: 'minutes behind', date: dateIn(-10 * minute), ahead: -10 * minute },
  { name: 'less than AWS minds', date: dateIn(3 * minute), ahead: 0 },
  { name: 'no date', date: 'soon', ahead: 0 },
  { name: 'nothing', date: undefined, ahead: 0 },
])('after an answer of $name it is $ahead ms ahead', ({ ahead, date }) => {
  const clock = createFakeClock();
  expect(setClock(clock, date)).toBe(ahead !== 0);
  expect(clockOfAws(clock).now() - clock.now()).toBe(ahead);
  // The same date again is what was signed with: no other signature would be taken.
  expect(setClock(clock, date)).toBe(false);
  expect(clockOfAws(createFakeClock()).now()).toBe(createFakeClock().now());
});

it('a second date counts from this machine too', () => {
  const clock = createFakeClock();
  setClock(clock, dateIn(10 * minute));
  expect(setClock(clock, dateIn(20 * minute))).toBe(true);
  expect(clockOfAws(clock).now() - clock.now()).toBe(20 * minute);
});
