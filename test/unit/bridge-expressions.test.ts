// What expressions are billed for, before they are read.

import { placeKey } from '../../functions/ecs-bridge/aws/scope.ts';
import { countExpressionMetrics } from '../../functions/ecs-bridge/cloudwatch/query/expressions.ts';
import { Memory } from '../../functions/ecs-bridge/memory.ts';
import type { CloudWatchExpression } from '../../layers/core/src/config/types.ts';

const input = { namespace: 'Shop', metric: 'All', statistic: 'Sum', dimensions: [] };
const math: CloudWatchExpression = {
  name: 'math',
  help: '',
  expression: 'a / b',
  period: 60,
  inputs: [
    { id: 'a', ...input },
    { id: 'b', ...input },
  ],
  labels: [],
  regions: [],
  roles: [undefined],
};
const search = {
  ...math,
  name: 'search',
  expression: "SUM( SEARCH ('{Shop}', 'Sum'))",
  inputs: [],
};
const home = 'eu-west-1';

describe('metrics of expressions', () => {
  it('are their inputs, at each place', () => {
    expect(countExpressionMetrics([math], home, new Memory())).toBe(2);
    const roles = [undefined, { roleArn: 'arn:aws:iam::111122223333:role/reader' }];
    const many = { ...math, regions: [home, 'us-east-1'], roles };
    expect(countExpressionMetrics([math, many], home, new Memory())).toBe(10);
  });

  it.each(["SEARCH('{Shop}', 'Sum')", 'SELECT AVG(x) FROM y'])(
    'that %s finds are those of its last answer, and one before the first',
    (expression) => {
      const memory = new Memory();
      const one = { ...search, expression };
      expect(countExpressionMetrics([one], home, memory)).toBe(1);
      memory.found.set(`expression search ${placeKey({ region: home, role: undefined })}`, 40);
      expect(countExpressionMetrics([one, math], home, memory)).toBe(42);
    },
  );
});
