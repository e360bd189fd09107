// A YACE file as the bridge reads it: unchanged, with YACE's defaults, and refused with every problem where it asks for
// what we do not do. One file: what is taken and what is refused of one schema are read side by side.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseConfigText } from '../../build/config-file.ts';
import type { CloudWatchConfig } from '../../layers/core/src/config/bridge.ts';
import { compilePattern } from '../../layers/core/src/config/compile/pattern/program.ts';
import { ConfigError } from '../../layers/core/src/errors.ts';

function compile(text: string, directory = 'test/fixtures/yace'): CloudWatchConfig {
  const { cloudwatch } = parseConfigText(text, 'fargaze.yml', directory).bridge;
  if (cloudwatch === undefined) throw new Error('no bridge.cloudwatch');
  return cloudwatch;
}

function issuesOf(text: string, directory?: string): string[] {
  try {
    compile(text, directory);
    return [];
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return error.issues.map(({ path, message }) => `${path}: ${message}`);
  }
}

const inline = (yace: string) => `
bridge:
  cloudwatch:
    yace:
${yace.replaceAll(/^/gm, '      ')}
`;

const job = (lines: string) => `
discovery:
  jobs:
    - type: AWS/ECS
${lines.trimEnd().replaceAll(/^/gm, '      ')}
`;

const cpu = 'metrics: [{ name: CPUUtilization, statistics: [Average] }]';

describe('a file of YACE', () => {
  const { jobs, stsRegion } = compile('bridge: { cloudwatch: { yace_file: shop.yml } }');

  it('gives its jobs in order', () => {
    expect(jobs.map(({ kind, name, namespace }) => [kind, name, namespace])).toEqual([
      ['discovery', 'AWS/ECS', 'AWS/ECS'],
      ['discovery', 'AWS/ApplicationELB', 'AWS/ApplicationELB'],
      ['static', 'queue', 'AWS/SQS'],
      ['customNamespace', 'shop', 'Shop/Orders'],
    ]);
    expect(stsRegion).toBe('eu-west-1');
  });

  it('gives filters, roles and tags', () => {
    expect(jobs[0]).toMatchObject({
      regions: ['eu-west-1', 'us-east-1'],
      roles: [
        { roleArn: 'arn:aws:iam::111122223333:role/monitoring/reader', externalId: '0123' },
        undefined,
      ],
      searchTags: [
        { key: 'Environment', value: compilePattern('^(live|stage)$') },
        { key: 'Generation', value: compilePattern('^2$') },
      ],
      exportedTags: ['Team', 'cost:centre'],
      customTags: [{ name: 'landscape', value: 'shop' }],
      dimensionNameRequirements: ['ClusterName', 'ServiceName'],
      recentlyActiveOnly: true,
      linkedAccounts: [],
      contextOnInfo: false,
    });
    expect(jobs[1]).toMatchObject({
      roles: [undefined],
      exportedTags: ['Team'],
      linkedAccounts: ['012345678901', '*'],
      contextOnInfo: true,
    });
    expect(jobs[2]?.dimensions).toEqual([{ name: 'QueueName', value: '007' }]);
  });

  it("metrics have the job's settings unless they have their own; their own delay is ignored", () => {
    const shared = {
      length: 300,
      delay: 120,
      nilToZero: false,
      addCloudwatchTimestamp: true,
      exportAllDataPoints: true,
    };
    expect(jobs[0]?.metrics).toEqual([
      { name: 'CPUUtilization', statistics: ['Average', 'Maximum'], period: 60, ...shared },
      { name: 'MemoryUtilization', statistics: ['Maximum'], period: 300, ...shared },
    ]);
  });

  it('anchors, merges and defaults count', () => {
    const shared = {
      period: 300,
      length: 300,
      delay: 0,
      addCloudwatchTimestamp: false,
      exportAllDataPoints: false,
    };
    expect(jobs[1]?.metrics).toEqual([
      { name: 'RequestCount', statistics: ['Sum', 'SampleCount'], nilToZero: true, ...shared },
      {
        name: 'HTTPCode_Target_5XX_Count',
        statistics: ['Sum', 'SampleCount'],
        nilToZero: true,
        ...shared,
      },
      {
        name: 'TargetResponseTime',
        statistics: ['p50', 'p99.9', 'TM(10%:90%)'],
        nilToZero: false,
        ...shared,
      },
    ]);
    expect(jobs[2]?.metrics[0]).toMatchObject({ period: 60, length: 300 });
  });
});

it('zeros and empty values count as unset, as in YACE', () => {
  const { jobs } = compile(
    inline(`
sts-region: ""
static:
customNamespace: []
discovery:
  jobs:
    - type: AWS/Lambda
      roles: [{ roleArn: "", externalId: "" }]
      searchTags:
      enhancedMetrics: []
      period: 0
      statistics: [Sum]
      metrics: [{ name: Errors, period: 0, length: 0, statistics: [] }]
`),
  );
  expect(jobs).toHaveLength(1);
  expect(jobs[0]).toMatchObject({
    regions: [],
    roles: [undefined],
    metrics: [{ statistics: ['Sum'], period: 300, length: 300 }],
  });
});

it.each([
  ['ecs-svc', 'AWS/ECS'],
  ['ecs-containerinsights', 'ECS/ContainerInsights'],
  ['alb', 'AWS/ApplicationELB'],
  ['ec', 'AWS/ElastiCache'],
  ['lambda', 'AWS/Lambda'],
  ['rds', 'AWS/RDS'],
  ['redshift', 'AWS/Redshift'],
  ['containerinsights', 'ContainerInsights'],
  ['sagemaker-training', '/aws/sagemaker/TrainingJobs'],
])('the short name %s of older files is %s', (alias, namespace) => {
  const text = job(cpu).replace('AWS/ECS', alias);
  expect(compile(inline(text)).jobs[0]).toMatchObject({ name: namespace, namespace });
});

it('jobs of one namespace have names of their own', () => {
  const twice = `${job(cpu)}    - { type: AWS/ECS, ${cpu} }\n`;
  expect(compile(inline(twice)).jobs.map(({ name }) => name)).toEqual(['AWS/ECS', 'AWS/ECS #2']);
});

it('every problem is listed in one message, with lines', () => {
  const text = inline(`
apiVersion: v2
discovery:
  exportedTagsOnMetrics:
    AWS/EC: [Name]
    AWS/ECS: [""]
  jobs:
    - type: AWS/Ec2s
      ${cpu}
    - type: AWS/ECS
      regions: [europe]
      roles: [{ externalId: x }, { roleArn: "arn:aws:iam::1:user/x" }]
      searchTags: [{ key: a, value: "(" }]
      serchTags: []
      enhancedMetrics: [{ name: Timeout }]
      quotaMetrics: true
      dimensionValueExclusions: [{ key: Queue, value: a }]
      metrics:
        - { name: CPUUtilization, statistics: [Avrage], period: 45 }
        - { name: MemoryUtilization }
        - { name: A, statistics: [Sum], period: 600 }
        - { name: B, statistics: [Sum], exportAllDataPoints: true }
    - type: AWS/ECS
static:
  - { name: q, namespace: AWS/SQS, metrics: [{ name: M }] }
customNamespace:
  - { namespace: N, metrics: [{ name: M, statistics: [Sum], length: 60 }] }
unknown: 1
`);
  const path = 'bridge.cloudwatch.yace';
  expect(issuesOf(text)).toEqual([
    `${path}.apiVersion (line 6): got "v2", want v1alpha1`,
    `${path}.discovery.exportedTagsOnMetrics."AWS/ECS"[0] (line 10): got "", want the key of a tag`,
    `${path}.discovery.jobs[0].type (line 12): got "AWS/Ec2s", want a namespace of discovery jobs, listed in docs/bridge.md (others: by static or customNamespace); did you mean "AWS/EC2"?`,
    `${path}.discovery.jobs[1].regions[0] (line 15): got "europe", want a region such as eu-west-1`,
    `${path}.discovery.jobs[1].roles[1].roleArn (line 16): got "arn:aws:iam::1:user/x", want the ARN of a role`,
    `${path}.discovery.jobs[1].roles[0] (line 16): externalId without roleArn, want both`,
    `${path}.discovery.jobs[1].searchTags[0].value (line 17): got "(", want a regular expression in RE2 syntax (missing closing ): \`(\`)`,
    `${path}.discovery.jobs[1].serchTags (line 18): unknown key; did you mean "searchTags"?`,
    `${path}.discovery.jobs[1].dimensionValueExclusions (line 21): got [{"key":"Queue","value":"a"}], want it left out: series are not filtered by values of dimensions`,
    `${path}.discovery.jobs[1].metrics[0].statistics[0] (line 23): got "Avrage", want a statistic such as Average, Sum, p99 or TM(10%:90%)`,
    `${path}.discovery.jobs[1].metrics[0].period (line 23): got 45, want a period in seconds that CloudWatch knows: 1, 5, 10, 20, 30 or a multiple of 60`,
    `${path}.discovery.jobs[1].metrics[1] (line 24): metric "MemoryUtilization" has no statistics, want at least one`,
    `${path}.discovery.jobs[1].metrics[3] (line 26): exportAllDataPoints without addCloudwatchTimestamp, want both`,
    `${path}.discovery.jobs[2].metrics (line 27): missing, and it has no default`,
    `${path}.static[0].metrics[0] (line 29): metric "M" has no statistics, want at least one of its own, since a static job hands none down`,
    `${path}.customNamespace[0].name (line 31): missing, and it has no default`,
  ]);
});

describe('yace_file', () => {
  const directory = mkdtempSync(join(tmpdir(), 'fargaze-yace-'));
  afterAll(() => rmSync(directory, { recursive: true }));
  const text = 'bridge: { cloudwatch: { yace_file: jobs.yml, intervall: 5m } }';
  const write = (content: string) => writeFileSync(join(directory, 'jobs.yml'), content);

  it('that is not there is reported beside the rest', () => {
    expect(issuesOf(text, join(directory, 'none'))).toEqual([
      'bridge.cloudwatch.yace_file (line 1): got "jobs.yml", which does not exist',
      'bridge.cloudwatch.intervall (line 1): unknown key; did you mean "interval"?',
    ]);
  });

  it('its problems name it and its own lines, first line first', () => {
    write(
      `discovery:\n  jobs:\n    - type: AWS/ECS\n      delai: 1\n      ${cpu}\napiVersion: v2\n`,
    );
    expect(issuesOf(text, directory)).toEqual([
      'bridge.cloudwatch.intervall (line 1): unknown key; did you mean "interval"?',
      'jobs.yml: apiVersion (line 6): got "v2", want v1alpha1',
      'jobs.yml: discovery.jobs[0].delai (line 4): unknown key, left out as in YACE; did you mean "delay"?',
    ]);
  });

  it('that is not YAML, or empty, is reported', () => {
    write('discovery: [');
    expect(issuesOf(text, directory)[0]).toMatch(/^jobs\.yml: line 1, column \d+: /);
    write('');
    expect(issuesOf(text, directory)).toContain('jobs.yml: got null, want a mapping');
  });

  it.each([
    ['a line that is indented too far', 'a: b\n  c: [d]\n', 'line 1, column 4: a key within'],
    ['a tab', 'discovery:\n  jobs:\n\t- type: AWS/ECS\n', 'line 3, column 1: a tab'],
  ])('one mistake in it is named once: %s', (_, content, words) => {
    write(content);
    expect(issuesOf('bridge: { cloudwatch: { yace_file: jobs.yml } }', directory)).toEqual([
      expect.stringContaining(`jobs.yml: ${words}`),
    ]);
  });

  it('beside yace is refused', () => {
    const both = `bridge: { cloudwatch: { yace_file: a.yml, yace: { discovery: { jobs: [{ type: AWS/ECS, ${cpu} }] } } } }`;
    expect(issuesOf(both, directory)).toEqual([
      'bridge.cloudwatch.yace_file (line 1): given beside yace, want one of them',
    ]);
  });
});

describe('bridge.cloudwatch', () => {
  const jobs = `yace: { discovery: { jobs: [{ type: AWS/ECS, ${cpu} }] } }`;
  const cloudwatch = (more: string) => `bridge: { cloudwatch: { ${jobs}, ${more} } }`;

  it('has defaults', () => {
    const { expressions, jobs: _, ...rest } = compile(cloudwatch(''));
    expect(expressions).toEqual([]);
    expect(rest).toEqual({
      interval: 300,
      settle: 120,
      backfill: 10_800,
      naming: 'yace',
      labels: 'keep',
    });
  });

  it('takes a budget', () => {
    expect(compile(cloudwatch('budget: { monthly_usd: 12.5 }')).budget).toEqual({
      monthlyUsd: 12.5,
      onExceed: 'slow',
    });
    expect(issuesOf(cloudwatch('budget: { monthly_usd: 0, on_exceed: stop }'))).toEqual([
      'bridge.cloudwatch.budget.monthly_usd (line 1): got 0, want US dollars, more than 0',
      'bridge.cloudwatch.budget.on_exceed (line 1): got "stop", want slow or refuse',
    ]);
  });

  it('must have something to read, and time to read it', () => {
    expect(issuesOf('bridge: { cloudwatch: {} }')).toEqual([
      'bridge.cloudwatch (line 1): nothing to read, want yace, yace_file or expressions',
    ]);
    expect(issuesOf('bridge: { cloudwatch: { yace: { static: [] } } }')).toEqual([
      'bridge.cloudwatch.yace (line 1): got {"static":[]}, want at least one job in discovery.jobs, static or customNamespace',
    ]);
    expect(issuesOf(cloudwatch('interval: 30m, backfill: 31m'))).toEqual([
      'bridge.cloudwatch.backfill (line 1): got "31m", want at least interval and settle together',
    ]);
  });

  it('takes expressions', () => {
    const text = `
bridge:
  cloudwatch:
    expressions:
      - name: shop_error_ratio
        expression: 100 * errors / requests
        labels: { team: shop }
        regions: [eu-west-1]
        metrics:
          - id: errors
            namespace: AWS/ApplicationELB
            metric: HTTPCode_Target_5XX_Count
            statistic: Sum
            dimensions: { LoadBalancer: app/shop/1 }
          - { id: requests, namespace: AWS/ApplicationELB, metric: RequestCount, statistic: Sum }
`;
    expect(compile(text).expressions).toEqual([
      {
        name: 'shop_error_ratio',
        help: '',
        expression: '100 * errors / requests',
        period: 60,
        labels: [{ name: 'team', value: 'shop' }],
        regions: ['eu-west-1'],
        roles: [undefined],
        inputs: [
          {
            id: 'errors',
            namespace: 'AWS/ApplicationELB',
            metric: 'HTTPCode_Target_5XX_Count',
            statistic: 'Sum',
            dimensions: [{ name: 'LoadBalancer', value: 'app/shop/1' }],
          },
          {
            id: 'requests',
            namespace: 'AWS/ApplicationELB',
            metric: 'RequestCount',
            statistic: 'Sum',
            dimensions: [],
          },
        ],
      },
    ]);
  });

  it('refuses expressions that would not work', () => {
    const text = `
bridge:
  cloudwatch:
    expressions:
      - { name: a-b, expression: 'a', labels: { label: x } }
      - name: probe_success
        expression: ''
        metrics: [{ id: A, namespace: N, metric: M, statistic: Sum }]
      - { name: c, expression: m, period: 90s, metrics: [{ id: m, namespace: N, metric: M, statistic: Sum }] }
      - name: c
        expression: m
        metrics:
          - { id: m, namespace: N, metric: M, statistic: Sum }
          - { id: m, namespace: N, metric: O, statistic: Sum }
`;
    const path = 'bridge.cloudwatch.expressions';
    expect(issuesOf(text)).toEqual([
      `${path}[0].name (line 5): got "a-b", want a metric name of letters, digits and _`,
      `${path}[0].labels.label (line 5): got "label", want a label name, not \`label\``,
      `${path}[1].name (line 6): got "probe_success", a metric of fargaze's own, want another`,
      `${path}[1].expression (line 7): got "", want metric math or a Metrics Insights query`,
      `${path}[1].metrics[0].id (line 8): got "A", want a lower-case letter, then letters, digits and _`,
      `${path}[2].period (line 9): got "90s", want a duration in whole minutes, such as 1m`,
      `${path}[3].name (line 10): duplicate name "c", already at expressions[2]`,
      `${path}[3].metrics[1].id (line 14): duplicate id "m", already at metrics[0]`,
    ]);
  });
});
