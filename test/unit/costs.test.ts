// The bill adds up, and counts what the template holds.
import { costs, totalCost } from '../../infra/costs.ts';
import { ofType } from '../support/template.ts';

it('counts the tasks, secrets and alarms of the template', () => {
  const count = (pattern: RegExp) =>
    costs.filter(({ what }) => pattern.test(what)).reduce((sum, item) => sum + item.default, 0);
  expect(count(/^Fargate task/)).toBe(ofType('AWS::ECS::Service').length);
  expect(count(/^Public IPv4/)).toBe(ofType('AWS::ECS::Service').length);
  expect(count(/^Secret$/)).toBe(ofType('AWS::SecretsManager::Secret').length);
  expect(count(/^Alarm$/)).toBe(ofType('AWS::CloudWatch::Alarm').length);
});

it('the minimal stack is the smaller one, and every price has its list', () => {
  expect(totalCost('minimal')).toBeLessThan(totalCost('default') / 2);
  for (const { source } of costs)
    expect(source).toMatch(/^https:\/\/aws\.amazon\.com\/[\w/-]+pricing\/$/);
});
