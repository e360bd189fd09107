// YACE files that people have: what YACE takes loads here too, with a warning for each key that YACE ignores or warns of.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseWithWarnings } from '../../build/config-file.ts';
import type { CloudWatchJob } from '../../layers/core/src/config/bridge.ts';

const directory = mkdtempSync(join(tmpdir(), 'fargaze-yace-files-'));
afterAll(() => rmSync(directory, { recursive: true }));

type Read = { readonly jobs: readonly CloudWatchJob[]; readonly warnings: readonly string[] };

/** What the text gives as a YACE file. @throws ConfigError */
function read(text: string): Read {
  writeFileSync(join(directory, 'yace.yml'), text);
  const own = 'bridge: { cloudwatch: { yace_file: yace.yml } }';
  const { config, warnings } = parseWithWarnings(own, { name: 'fargaze.yml', directory });
  const short = warnings.map((warning) => warning.replace(/^yace\.yml: /, ''));
  return { jobs: config.bridge.cloudwatch?.jobs ?? [], warnings: short };
}

function refusal(text: string): string {
  try {
    read(text);
    return '';
  } catch (error) {
    return String(error);
  }
}

/** A file with one job of the type. */
const fileOf = (type: string, settings: string, metrics: string) => `apiVersion: v1alpha1
discovery:
  jobs:
    - type: ${type}
      regions: [us-east-1]
      ${settings}
      metrics:
${metrics}
`;

const people = readFileSync('test/fixtures/yace/people.txt', 'utf8')
  .split(/^---\n/m)
  .slice(1)
  .map((whole) => {
    const [, title = '', marks = '', text = ''] =
      /^# ([^\n]*)\n((?:#! [^\n]*\n)*)(.*)$/s.exec(whole) ?? [];
    return { title, text, warnings: marks.split('\n').flatMap((line) => line.slice(3) || []) };
  });

it('twenty files are read', () => {
  expect(people).toHaveLength(20);
});

it.each(people)('$title: it loads, with these warnings', ({ text, warnings }) => {
  const seen = read(text);
  expect(seen.warnings).toEqual(warnings);
  expect(seen.jobs.length).toBeGreaterThan(0);
});

// What stands in the files of YACE's folder of examples: type, settings of the job, a metric of each kind of name.
it.each([
  ['AWS/ApplicationELB', 'period: 300', 'RequestCount', '[Average]'],
  ['AWS/ApiGateway', 'period: 300', '4xx', '[Sum]'],
  ['AWS/AppRunner', 'period: 300', '2xxStatusResponses', '[Sum]'],
  ['AWS/AppStream', 'period: 300', 'ActualCapacity', '[Average]'],
  ['AWS/Backup', 'period: 300', 'NumberOfBackupJobsFailed', '[Average]'],
  ['CWAgent', 'period: 300', 'mem_used_percent', '[Average]'],
  ['AWS/DirectoryService', 'period: 300', '"% Free Space"', '[Sum]'],
  ['AWS/DX', 'period: 300', 'ConnectionState', '[Minimum, Maximum, Sum]'],
  ['AWS/EBS', 'period: 300', 'BurstBalance', '[Minimum]'],
  ['AWS/ElastiCache', 'period: 300', 'SwapUsage', '[Average]'],
  ['AWS/EC2', 'period: 300', 'StatusCheckFailed_Instance', '[Sum]'],
  ['AWS/ECS', 'period: 300', 'CPUReservation', '[Average, Maximum]'],
  ['AWS/ELB', 'period: 300', 'HTTPCode_ELB_5XX', '[Sum]'],
  ['AWS/ES', 'period: 300', 'ClusterStatus.red', '[Maximum]'],
  [
    'AWS/SQS',
    'period: 60, addCloudwatchTimestamp: true, exportAllDataPoints: true',
    'SentMessageSize',
    '[Average]',
  ],
  ['AWS/Kafka', 'period: 300', 'BytesInPerSec', '[Average]'],
  ['AWS/Kinesis', 'period: 300', 'GetRecords.IteratorAgeMilliseconds', '[Average]'],
  ['AWS/KMS', 'period: 300', 'SecondsUntilKeyMaterialExpiration', '[Maximum, Minimum]'],
  ['AWS/Lambda', 'period: 300', 'Duration', '[Average, Maximum, Minimum, p90]'],
  ['AWS/Logs', 'period: 60, length: 60, delay: 120, statistics: [Sum]', 'EMFParsingErrors', '[]'],
  ['AWS/AmazonMQ', 'period: 300', 'QueueSize', '[Minimum, Maximum, Average]'],
  ['AWS/Network Manager', 'period: 60', 'PacketDropCountTTLExpired', '[Sum]'],
  ['AWS/NATGateway', 'period: 300', 'ErrorPortAllocation', '[Average, Minimum, Maximum, Sum]'],
  ['AWS/NetworkELB', 'period: 300', 'ActiveFlowCount_TLS', '[Average]'],
  ['AWS/PrivateLinkEndpoints', 'period: 300', 'PacketsDropped', '[Average, Sum]'],
  ['AWS/PrivateLinkServices', 'period: 300', 'EndpointsCount', '[Average]'],
  ['AWS/QLDB', 'period: 300', 'JournalStorage', '[Average]'],
  ['AWS/QuickSight', 'period: 30000, length: 30000', 'IngestionRowCount', '[Sum]'],
  ['AWS/RDS', 'period: 300', 'ReadLatency', '[Maximum]'],
  ['AWS/Redshift-Serverless', 'period: 300', 'QueriesQueued', '[Average]'],
  ['AWS/S3', 'period: 86400, length: 86400', 'BucketSizeBytes', '[Average]'],
  ['AWS/SES', 'period: 300', 'Reputation.BounceRate', '[Sum]'],
  ['AWS/SNS', 'period: 300', 'NumberOfNotificationsFilteredOut', '[Sum]'],
  ['AWS/Usage', 'period: 300', 'CallCount', '[Sum]'],
  ['AWS/VPN', 'period: 300', 'TunnelState', '[Maximum]'],
])('an example of %s loads without a warning', (type, settings, name, statistics) => {
  const lines = settings.replaceAll(/, (?=\w+:)/g, '\n      ');
  const { jobs, warnings } = read(
    fileOf(type, lines, `        - { name: ${name}, statistics: ${statistics} }`),
  );
  expect(warnings).toEqual([]);
  expect(jobs).toMatchObject([{ namespace: type, metrics: [{ name: name.replaceAll('"', '') }] }]);
});

it('older spellings mean what they meant', () => {
  const old = people.find(({ title }) => title.startsWith('an old file'));
  expect(read(old?.text ?? '').jobs).toMatchObject([
    {
      namespace: 'AWS/ES',
      regions: ['eu-west-1'],
      roles: [{ roleArn: 'arn:aws:iam::111122223333:role/reader' }],
      searchTags: [{ key: 'type' }],
      metrics: [{ statistics: ['Sum'], period: 600, length: 600 }],
    },
  ]);
});

it('a metric that is named twice is read once', () => {
  const twice = people.find(({ title }) => title.startsWith('counts of the same'));
  const [job] = read(twice?.text ?? '').jobs;
  expect(job?.metrics.map(({ statistics }) => statistics)).toEqual([['Average', 'Sum']]);
});

describe('what YACE takes as text is text, however YAML reads it', () => {
  const metrics = '        - { name: M, statistics: [Sum] }';

  it.each([
    [
      'dimensionNameRequirements: [Y, 12, 0x1F]',
      { dimensionNameRequirements: ['Y', '12', '0x1F'] },
    ],
    ['customTags: [{ key: 1.50, value: off }]', { customTags: [{ name: '1.50', value: 'off' }] }],
    ['searchTags: [{ key: monitored }]', { searchTags: [{ key: 'monitored' }] }],
    ['customTags: [{ key: empty }]', { customTags: [{ name: 'empty', value: '' }] }],
    ['roles: [null]', { roles: [undefined] }],
  ])('%s', (line, wanted) => {
    const { jobs, warnings } = read(fileOf('AWS/RDS', line, metrics));
    expect(warnings).toEqual([]);
    expect(jobs[0]).toMatchObject(wanted);
  });

  it('namespaces, and tags that are exported', () => {
    const file = fileOf('AWS/RDS', 'regions: [eu-west-1]', metrics);
    const tags = 'discovery:\n  exportedTagsOnMetrics: { AWS/RDS: [on, 2024, 1.10] }';
    expect(read(file.replace('discovery:', tags)).jobs[0]?.exportedTags).toEqual([
      'on',
      '2024',
      '1.10',
    ]);
    const none = 'discovery:\n  exportedTagsOnMetrics: { AWS/RDS: }';
    expect(read(file.replace('discovery:', none)).jobs[0]?.exportedTags).toEqual([]);
    const own = `static: [{ name: q, namespace: N, regions: [eu-west-1], metrics: [{ name: 5, statistics: [Sum] }] }]`;
    expect(read(own).jobs[0]).toMatchObject({ namespace: 'N', metrics: [{ name: '5' }] });
  });

  it('an alias of a number is text where text belongs, and a number elsewhere', () => {
    const settings = 'period: &n 0170\n      length: *n\n      customTags: [{ key: n, value: *n }]';
    expect(read(fileOf('AWS/RDS', settings, metrics)).jobs[0]).toMatchObject({
      customTags: [{ name: 'n', value: '0170' }],
      metrics: [{ period: 120 }],
    });
  });
});

it('keys of tags that no label can have are taken, with a warning', () => {
  const metrics = '        - { name: M, statistics: [Sum] }';
  const file = fileOf('AWS/RDS', 'customTags: [{ key: ä, value: b }]', metrics);
  const tags = 'discovery:\n  exportedTagsOnMetrics: { AWS/RDS: [Größe, a+b, "a:b"] }';
  const { jobs, warnings } = read(file.replace('discovery:', tags));
  expect(jobs[0]?.exportedTags).toEqual(['Größe', 'a+b', 'a:b']);
  const words = 'what no label can have becomes _; YACE leaves the label out';
  expect(warnings).toEqual([
    `discovery.exportedTagsOnMetrics."AWS/RDS"[0] (line 3): got "Größe": ${words}`,
    `discovery.exportedTagsOnMetrics."AWS/RDS"[1] (line 3): got "a+b": ${words}`,
    `discovery.jobs[0].customTags[0].key (line 7): got "ä": ${words}`,
  ]);
});

it('of two documents the first is read, as in YACE', () => {
  const one = fileOf(
    'AWS/RDS',
    'recentlyActiveOnly: true',
    '        - { name: M, statistics: [Sum] }',
  );
  const { jobs, warnings } = read(`${one}---\n${one}`);
  expect(jobs).toHaveLength(1);
  expect(warnings).toEqual([
    'line 9, column 1: a second document begins, want a single one: the first is read, as in YACE',
  ]);
});

it('a merge of what is no mapping is refused with its place', () => {
  const metrics = '        - { name: M, statistics: [Sum] }';
  const text = `x-a: &a hello\n${fileOf('AWS/RDS', '<<: *a', metrics)}`;
  expect(refusal(text)).toContain('line 7, column 7: a merge (<<) of something that is no mapping');
});

it('a file of which nothing is left says why', () => {
  const text = fileOf('AWS/Lambda', 'enhancedMetrics: [{ name: Timeout }]', '');
  expect(refusal(text)).toContain('no job has metrics that are read, want at least one that has');
});

it('a statistic of a metric has one period: two in one series would mix', () => {
  const metrics = `        - { name: M, statistics: [Sum, Average] }
        - { name: M, statistics: [Sum], period: 60 }
        - { name: M, statistics: [Sum, Maximum], period: 60 }`;
  const { jobs, warnings } = read(fileOf('AWS/RDS', 'period: 300', metrics));
  expect(jobs[0]?.metrics.map(({ period, statistics }) => [period, statistics])).toEqual([
    [300, ['Sum', 'Average']],
    [60, ['Maximum']],
  ]);
  const words = 'Sum of "M" is read with period 300 already, left out with 60';
  expect(warnings).toEqual([
    `discovery.jobs[0].metrics[1] (line 9): ${words}`,
    `discovery.jobs[0].metrics[2] (line 10): ${words}`,
  ]);
});

it('a job that has only what is not read costs none of the others', () => {
  const values = people.find(({ title }) => title.startsWith('values of'));
  expect(read(values?.text ?? '').jobs.map(({ name }) => name)).toEqual(['AWS/Lambda']);
});

it.each(['serchTags: []', 'dimensionNameRequirement: [A]', 'role: []'])(
  'a misspelt filter is refused, since more would be read: %s',
  (line) => {
    const metrics = '        - { name: M, statistics: [Sum] }';
    expect(refusal(fileOf('AWS/RDS', line, metrics))).toMatch(/unknown key; did you mean "\w+"\?/);
  },
);

it('of a key that stands twice the last counts, as in YACE', () => {
  const metrics = '        - { name: M, statistics: [Sum], period: 60 }';
  const { jobs, warnings } = read(fileOf('AWS/RDS', 'regions: [eu-west-1]', metrics));
  expect(jobs[0]?.regions).toEqual(['eu-west-1']);
  expect(warnings).toEqual([
    'line 6, column 7: duplicate key "regions", already in line 5, want it once: read as the last',
  ]);
});

it('a file of another kind is refused by its name', () => {
  const java =
    'region: eu-west-1\nmetrics:\n- aws_namespace: AWS/ELB\n  aws_metric_name: Latency\n';
  expect(refusal(java)).toContain(
    'which is a file of cloudwatch_exporter: `npx --no-install fargaze import`',
  );
  const values = 'replicas: 1\nconfig: |\n  discovery:\n    jobs: []\n';
  expect(refusal(values)).toContain('holds a YACE file as the text of config');
  const map = `kind: ConfigMap\ndata:\n  yace.yml: |\n    static: []\n`;
  expect(refusal(map)).toContain('holds a YACE file as the text of yace.yml');
  expect(refusal('global: {}')).toContain('got {"global":{}}, want at least one job');
});
