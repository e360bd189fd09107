// The bill counts what the template holds, and the documents say what it comes to.
import { readFileSync } from 'node:fs';
import { costs, totalCost } from '../../infra/costs.ts';
import type { Values } from '../../infra/template/template.ts';
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

it('the minimal stack is the smaller one, and every price has its list', () => {
  expect(total(minimal)).toBeLessThan(total({}) / 2);
  for (const { source } of costs)
    expect(source).toMatch(/^https:\/\/aws\.amazon\.com\/[\w/-]+pricing\/$/);
});

it('README says what the default stack costs', () => {
  const told = /about (\d+) USD a month/.exec(readFileSync('README.md', 'utf8'))?.[1];
  expect(Number(told)).toBe(Math.round(total({})));
});
