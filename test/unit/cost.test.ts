// The cost report, against the price list worked out by hand: 30 days, $0.01 for a thousand metrics.
import { parseConfigText } from '../../build/config-file.ts';
import { knownMetrics, renderCost } from '../../build/cost.ts';

const bridgeOf = (job: string, more = '') =>
  parseConfigText(`bridge: { cloudwatch: { ${more} yace: { discovery: { jobs: [${job}] } } } }`)
    .bridge;

const eight = 'ABCDEFGH'
  .split('')
  .map((name) => `{ name: ${name} }`)
  .join(', ');
const job = (more: string) =>
  `{ type: AWS/ECS, statistics: [Average, Maximum], metrics: [${eight}], ${more} }`;
const servicesAlone = 'dimensionNameRequirements: [ServiceName, ClusterName]';

it('each count of services is a row, and what is over budget is reported', () => {
  const report = renderCost(
    bridgeOf(job(servicesAlone), 'budget: { monthly_usd: 50 },'),
    [10, 1000],
  );
  const rows = report.split('\n').map((row) => row.trim().split(/ {2,}/));
  expect(rows).toContainEqual(['10', '80', '6.91', '34.56', '17.28', '3.46', '10.37']);
  expect(rows).toContainEqual([
    '1000',
    '8000',
    '691.20',
    '3,456.00',
    '1,728.00',
    '345.60',
    '1,036.80',
  ]);
  expect(report).toContain('Reading every 3m20s costs as much as Metric Streams');
  expect(report.match(/over budget: 8,000 metrics .* slowed to every 70 minutes/g)).toHaveLength(1);
});

it.each([
  { name: 'services alone', more: servicesAlone, service: 8, cluster: 0 },
  {
    name: 'clusters alone',
    more: 'dimensionNameRequirements: [ClusterName]',
    service: 0,
    cluster: 8,
  },
  { name: 'both', more: '', service: 8, cluster: 8 },
  { name: 'two regions', more: 'regions: [eu-west-1, us-east-1]', service: 16, cluster: 16 },
  {
    name: 'more than five statistics',
    more: `${servicesAlone}, statistics: [p50, p90, p95, p99, Sum, Average]`,
    service: 16,
    cluster: 0,
  },
])(
  '$name: $service metrics for a service, $cluster for a cluster',
  ({ cluster, more, service }) => {
    const text = more.includes('statistics:')
      ? job(more).replace(/statistics: \[Average, Maximum\], /, '')
      : job(more);
    const { cloudwatch } = bridgeOf(text);
    expect(cloudwatch && knownMetrics(cloudwatch)).toEqual({ service, cluster, always: 0 });
  },
);

it('static jobs and what expressions refer to are counted once for each place', () => {
  const queue = '{ name: q, namespace: N, metrics: [{ name: M, statistics: [Sum] }] }';
  const input = '{ id: m, namespace: N, metric: M, statistic: Sum }';
  const text = `bridge: { cloudwatch: { yace: { static: [${queue}] }, expressions: [{ name: e, expression: m, metrics: [${input}], regions: [eu-west-1, us-east-1] }] } }`;
  const { cloudwatch } = parseConfigText(text).bridge;
  expect(cloudwatch && knownMetrics(cloudwatch)).toEqual({ service: 0, cluster: 0, always: 3 });
});

it('without CloudWatch nothing is to be paid, and other namespaces are named', () => {
  expect(renderCost(parseConfigText('{}').bridge, [1])).toContain('not configured');
  const alb = '{ type: AWS/ApplicationELB, metrics: [{ name: A, statistics: [Sum] }] }';
  expect(renderCost(bridgeOf(alb), [1])).toContain('Not in it: 1 job of another namespace');
});
