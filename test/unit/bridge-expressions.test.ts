// What expressions are billed for, before they are read.

import {
  countExpressionMetrics,
  expressionKey,
} from '../../functions/ecs-bridge/cloudwatch/find/expressions.ts';
import type { CloudWatchExpression } from '../../layers/core/src/config/bridge.ts';

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
const scoped = (expression: CloudWatchExpression, scope = 'home') => ({
  expression,
  key: expressionKey(expression, scope),
});

describe('metrics of expressions', () => {
  it('are their inputs, in each scope', () => {
    expect(countExpressionMetrics([scoped(math)], new Map())).toBe(2);
    const two = [scoped(math), scoped(math, 'away')];
    expect(countExpressionMetrics(two, new Map())).toBe(4);
  });

  it.each(["SEARCH('{Shop}', 'Sum')", 'SELECT AVG(x) FROM y'])(
    'that %s finds are those of its last answer in that scope, and one before the first',
    (expression) => {
      const one = scoped({ ...search, expression });
      const away = scoped({ ...search, expression }, 'away');
      expect(countExpressionMetrics([one, away], new Map())).toBe(2);
      const found = new Map([[one.key, 40]]);
      expect(countExpressionMetrics([one, away, scoped(math)], found)).toBe(43);
    },
  );
});
