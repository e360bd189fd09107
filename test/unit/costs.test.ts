// The bill counts what the template holds, and the documents say what it comes to.
import { readFileSync } from 'node:fs';
import { costs, totalCost } from '../../infra/costs.ts';
import { runsOf } from '../../infra/function-runs.ts';
import type { Template, Values } from '../../infra/template/template.ts';
import { template } from '../support/combinations.ts';

const minimal = { EnableGrafana: 'false', EnableRedis: 'false', EnableWeb: 'false' };
const total = (values: Values) => totalCost({ template, values });
const count = (what: RegExp, values: Values) => {
  const [item, ...more] = costs.filter((one) => what.test(one.what));
  expect(more).toEqual([]);
  return item?.count({ template, values });
};

it.each([
  { what: /^vCPU.*ARM64/, values: {}, is: 1.25 },
  { what: /^vCPU.*ARM64/, values: { WebDesiredCount: '3' }, is: 1.75 },
  { what: /^vCPU.*x86/, values: { CpuArchitecture: 'X86_64' }, is: 1.25 },
  {
    what: /^GB of Fargate.*ARM64/,
    values: { PrometheusCpu: '1024', PrometheusMemory: '4096' },
    is: 6,
  },
  { what: /^Public/, values: {}, is: 4 },
  { what: /^Public/, values: minimal, is: 1 },
  { what: /^Secret/, values: {}, is: 5 },
  { what: /^Ten million/, values: {}, is: 0 },
  { what: /^Ten million/, values: { LongTermStorage: 'amp', ScrapeInterval: '60s' }, is: 13.14 },
  { what: /^Key/, values: { KmsKeyArn: 'arn:aws:kms:x:1:key/y' }, is: 1 },
])('$what with $values', ({ is, values, what }) => {
  expect(count(what, values)).toBeCloseTo(is, 5);
});

describe('functions are counted by the schedules that there are', () => {
  /** The template with more schedules, as `shards` of the bridge have. */
  const withSchedules = (...expressions: readonly string[]): Template => {
    const { EcsDashbridgeEventsRuleSchedule1: rule, ...others } = template.Resources;
    const rules = expressions.map((ScheduleExpression, index) => [
      `Schedule${index}`,
      { ...rule, Properties: { ...rule?.Properties, ScheduleExpression } },
    ]);
    return { ...template, Resources: { ...others, ...Object.fromEntries(rules) } };
  };
  const runs = (...expressions: readonly string[]) =>
    runsOf({ template: withSchedules(...expressions), values: {} }).scheduled;
  const none = runs();

  it.each([
    { expression: 'cron(* * * * ? *)', anHour: 60 },
    { expression: 'cron(*/5 * * * ? *)', anHour: 12 },
    { expression: 'cron(0/15 * * * ? *)', anHour: 4 },
    { expression: 'cron(0,30 * * * ? *)', anHour: 2 },
    { expression: 'cron(0-9 12 * * ? *)', anHour: 10 / 24 },
    { expression: 'rate(1 minute)', anHour: 60 },
    { expression: 'rate(2 hours)', anHour: 0.5 },
  ])('$expression is $anHour runs an hour', ({ anHour, expression }) => {
    expect(runs(expression) - none).toBeCloseTo(730 * anHour, 5);
  });

  it('three shards are three schedules, and cost as much in runs, time, requests and logs', () => {
    const minutely = 'cron(* * * * ? *)';
    const one = { template: withSchedules(minutely), values: {} };
    const three = { template: withSchedules(minutely, minutely, minutely), values: {} };
    const [before, after] = [runsOf(one), runsOf(three)];
    expect(after.all - before.all).toBe(4 * 43_800);
    expect(after.gigabyteSeconds - before.gigabyteSeconds).toBe(2 * 43_800);
    const more = (what: RegExp) => {
      const [item] = costs.filter((cost) => what.test(cost.what));
      return (item?.count(three) ?? 0) - (item?.count(one) ?? 0);
    };
    expect(more(/^Million runs/)).toBeCloseTo(0.1752, 4);
    expect(more(/^Thousand GB-seconds/)).toBeCloseTo(87.6, 4);
    expect(more(/SQS/)).toBeCloseTo(0.2628, 4);
    expect(more(/^GB of logs/)).toBeCloseTo(0.219, 4);
  });

  it('a schedule that cannot be counted is refused', () => {
    expect(() => runs('at(2026-11-28T00:00:00)')).toThrow(
      'at(2026-11-28T00:00:00): got an unknown schedule, want rate(…) or cron(…)',
    );
  });
});

it('the minimal stack is the smaller one, and every price has its list', () => {
  expect(total(minimal)).toBeLessThan(total({}) / 2);
  for (const { source } of costs)
    expect(source).toMatch(/^https:\/\/aws\.amazon\.com\/[\w/-]+pricing\/$/);
});

it('README says what the default stack costs', () => {
  const told = /about (\d+) USD a month/.exec(readFileSync('README.md', 'utf8'))?.[1];
  expect(Number(told)).toBe(Math.round(total({})));
});
