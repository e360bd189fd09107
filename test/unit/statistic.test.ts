// Which statistics a configuration may name.
import * as v from 'valibot';
import { statistic } from '../../layers/core/src/config/compile/statistic.ts';
import { statisticOf } from '../../local/fake-aws/metrics/statistics.ts';

const isTaken = (name: string) => v.safeParse(statistic, name).success;

const isServed = (name: string) => {
  try {
    statisticOf(name);
    return true;
  } catch {
    return false;
  }
};

it.each([
  ...['Average', 'SampleCount', 'IQM', 'p0', 'p99.9', 'p100', 'tm90', 'wm98', 'tc90', 'ts90.5'],
  ...[
    'TM(2%:98%)',
    'TM(150:1000)',
    'TM(:90%)',
    'WM(10%:90%)',
    'PR(:300)',
    'PR(100:2000)',
    'TC(0.005:0.030)',
    'TS(80%:)',
  ],
])('%s is taken, and served by the simulated CloudWatch', (name) => {
  expect([isTaken(name), isServed(name)]).toEqual([true, true]);
});

it.each([
  ...[
    'average',
    'p150',
    'p',
    'p-1',
    'p99.',
    'tm101',
    'TM()',
    'TM(:)',
    'TM(10:20%)',
    'TM(5%:101%)',
    'PR(:5%)',
  ],
  ...['Maximum ', 'p99;', 'XX(1:2)', ''],
])('%j is refused by both', (name) => {
  expect([isTaken(name), isServed(name)]).toEqual([false, false]);
});
