// The bill adds up, and counts what the template holds.
import { readFileSync } from 'node:fs';
import { costs, totalCost } from '../../infra/costs.ts';
import { ofType } from '../support/template.ts';
import { living, type Values } from '../support/template-parameters.ts';

/** Alarms that a stack with these parameters has. */
function alarms(values: Values): number {
  const alive = living(values);
  return ofType('AWS::CloudWatch::Alarm').filter(({ id }) => alive.has(id)).length;
}

it('counts the tasks, secrets and alarms of the template', () => {
  const count = (pattern: RegExp) =>
    costs.filter(({ what }) => pattern.test(what)).reduce((sum, item) => sum + item.default, 0);
  expect(count(/^Fargate task/)).toBe(ofType('AWS::ECS::Service').length);
  expect(count(/^Public IPv4/)).toBe(ofType('AWS::ECS::Service').length);
  expect(count(/^Secret$/)).toBe(ofType('AWS::SecretsManager::Secret').length);
  expect(count(/^Alarm$/)).toBe(alarms({}));
  expect(costs.find(({ what }) => what === 'Alarm')?.minimal).toBe(
    alarms({ EnableGrafana: 'false', EnableRedis: 'false', EnableWeb: 'false' }),
  );
});

it('the minimal stack is the smaller one, and every price has its list', () => {
  expect(totalCost('minimal')).toBeLessThan(totalCost('default') / 2);
  for (const { source } of costs)
    expect(source).toMatch(/^https:\/\/aws\.amazon\.com\/[\w/-]+pricing\/$/);
});

it('README says what the default stack costs', () => {
  const named = /about (\d+) USD a month/.exec(readFileSync('README.md', 'utf8'))?.[1];
  expect(Number(named)).toBe(Math.round(totalCost('default')));
});
