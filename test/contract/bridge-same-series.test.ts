// Several jobs of a file that ask for the same series: it is read once, by the first, with one period. Jobs of one name.

import { parseConfigText } from '../../build/config-file.ts';
import type { CloudWatchConfig } from '../../layers/core/src/config/bridge.ts';
import { compilePattern } from '../../layers/core/src/config/compile/pattern/program.ts';
import type { FakeAws } from '../../local/fake-aws/fake-aws.ts';
import {
  account,
  cloudWatch,
  createBridge,
  eachWithFakeAws,
  job,
  metric,
} from '../support/bridging.ts';

let fake: FakeAws;

eachWithFakeAws((started) => {
  fake = started;
});

const sums = { statistics: ['Sum'] };

/** Calls of a function: one in each minute. */
function addFunction(name: string, tags: Readonly<Record<string, string>> = {}): void {
  fake.model.addResource({ kind: 'other', service: 'lambda', name: `function:${name}`, tags });
  fake.model.addMetric({
    ...{ namespace: 'AWS/Lambda', name: 'Invocations', low: 1, high: 1 },
    dimensions: { FunctionName: name },
  });
}

/** Delivered values of the series `aws_lambda_invocations_sum` of a function. */
function valuesOf({ receiver }: ReturnType<typeof createBridge>, name: string): unknown[] {
  const found = [...receiver.series].filter(
    ([key]) =>
      key.startsWith('aws_lambda_invocations_sum{') && key.includes(`FunctionName="${name}"`),
  );
  expect(found).toHaveLength(1);
  return [...new Set(found[0]?.[1].values())];
}

/** Two jobs of the namespace: one of a minute, and one of five. */
function twoPeriods(): CloudWatchConfig {
  const five = { ...sums, period: 300, length: 600 };
  const metrics = [metric('Invocations', { ...five, statistics: ['Sum', 'Maximum'] })];
  return cloudWatch([
    job('AWS/Lambda', {
      searchTags: [{ key: 'team', value: compilePattern('shop') }],
      metrics: [metric('Invocations', sums)],
    }),
    job('AWS/Lambda', { name: 'AWS/Lambda #2', metrics }),
  ]);
}

it('two jobs with different periods: the first reads what both ask for, the second the rest, and the log says so', async () => {
  addFunction('shop', { team: 'shop' });
  addFunction('else');
  const bridge = createBridge(fake, twoPeriods());
  const first = await bridge.run();
  fake.clock.advance(300);
  await bridge.run();
  bridge.forget();
  fake.clock.advance(300);
  await bridge.run();
  expect(valuesOf(bridge, 'shop')).toEqual([1]);
  expect(valuesOf(bridge, 'else')).toEqual([5]);
  expect([...bridge.receiver.series.keys()].filter((key) => /_maximum\{/.test(key))).toHaveLength(
    2,
  );
  expect(first.summary.cloudwatch?.notes).toEqual([
    'AWS/Lambda #2: 1 series is read by AWS/Lambda already, left out with other settings (Invocations Sum: period 300, there 60)',
  ]);
});

it('where a call of the first job fails, the second leaves its series to it', async () => {
  addFunction('shop', { team: 'shop' });
  const bridge = createBridge(fake, twoPeriods());
  await bridge.run();
  fake.faults.add({ api: 'GetResources', kind: 'access-denied' });
  fake.clock.advance(300);
  await bridge.run();
  fake.faults.clear();
  fake.clock.advance(300);
  await bridge.run();
  expect(valuesOf(bridge, 'shop')).toEqual([1]);
});

it('two jobs with the same settings, one by a role of the own account: billed once, without a note', async () => {
  addFunction('shop');
  fake.model.addAccount({ id: account, roles: { reader: null } });
  const roles = [{ roleArn: `arn:aws:iam::${account}:role/reader` }];
  const metrics = [metric('Invocations', sums)];
  const bridge = createBridge(
    fake,
    cloudWatch([
      job('AWS/Lambda', { metrics }),
      job('AWS/Lambda', { name: 'AWS/Lambda #2', roles, metrics }),
    ]),
  );
  const { summary } = await bridge.run();
  expect(summary.faults).toEqual([]);
  expect(summary.cloudwatch?.notes).toEqual([]);
  expect(fake.totals().GetMetricData).toMatchObject({ billed: 1 });
  expect(valuesOf(bridge, 'shop')).toEqual([1]);
});

it('static and custom jobs of one name keep it as the label, as in YACE', async () => {
  for (const Queue of ['a', 'b']) {
    fake.model.addMetric({ namespace: 'Shop', name: 'Depth', dimensions: { Queue } });
  }
  const one = (Queue: string) =>
    `{ name: queues, namespace: Shop, dimensions: [{ name: Queue, value: ${Queue} }], metrics: [{ name: Depth, statistics: [Sum] }] }`;
  const custom =
    '{ name: queues, namespace: Shop, metrics: [{ name: Depth, statistics: [Maximum] }] }';
  const yace = `{ apiVersion: v1alpha1, static: [${one('a')}, ${one('b')}], customNamespace: [${custom}] }`;
  const { cloudwatch } = parseConfigText(
    `bridge: { cloudwatch: { yace: ${yace} } }`,
    'fargaze.yml',
    '.',
  ).bridge;
  if (cloudwatch === undefined) throw new Error('no bridge.cloudwatch');
  const bridge = createBridge(fake, cloudwatch);
  await bridge.run();
  const names = [...bridge.receiver.series.keys()].flatMap(
    (key) => /^aws_shop.*,name="([^"]*)"/.exec(key)?.[1] ?? [],
  );
  expect(names).toEqual(['queues', 'queues', 'queues', 'queues']);
});
