// What CloudWatch data is called in Prometheus, against the names that YACE and cloudwatch_exporter are known to give.

import {
  infoSeries,
  metricName,
  type SeriesIdentity,
  seriesLabels,
  seriesMetadata,
} from '../../functions/ecs-bridge/cloudwatch/write/naming.ts';
import { fc } from '../support/property.ts';

const yace = { naming: 'yace', labels: 'keep' } as const;
const exporter = { naming: 'cloudwatch_exporter', labels: 'keep' } as const;

const arn = 'arn:aws:ecs:eu-west-1:111122223333:service/prod/web';
const web: SeriesIdentity = {
  namespace: 'AWS/ECS',
  metric: 'CPUUtilization',
  statistic: 'Average',
  dimensions: [
    { name: 'ClusterName', value: 'prod' },
    { name: 'ServiceName', value: 'web' },
  ],
  resource: arn,
  tags: [
    { name: 'Team', value: 'shop' },
    { name: 'aws:cloudformation:stack-name', value: 'blue' },
  ],
  customTags: [{ name: 'env', value: 'live' }],
  region: 'eu-west-1',
  accountId: '111122223333',
};

describe('names', () => {
  // Observed names of both exporters; where YACE's differ from its documentation, its code counts.
  it.each([
    ['AWS/ECS', 'CPUUtilization', 'Average', 'aws_ecs_cpuutilization_average', undefined],
    ['AWS/ECS', 'MemoryUtilization', 'Maximum', 'aws_ecs_memory_utilization_maximum', undefined],
    [
      'AWS/ECS',
      'EBSFilesystemUtilization',
      'Average',
      'aws_ecs_ebsfilesystem_utilization_average',
      undefined,
    ],
    [
      'ECS/ContainerInsights',
      'CpuUtilized',
      'Average',
      'aws_ecs_containerinsights_cpu_utilized_average',
      'ecs_containerinsights_cpu_utilized_average',
    ],
    [
      'ECS/ContainerInsights',
      'RunningTaskCount',
      'Average',
      'aws_ecs_containerinsights_running_task_count_average',
      'ecs_containerinsights_running_task_count_average',
    ],
    [
      'ECS/ContainerInsights',
      'UnHealthyContainerHealthStatus',
      'Maximum',
      'aws_ecs_containerinsights_un_healthy_container_health_status_maximum',
      'ecs_containerinsights_un_healthy_container_health_status_maximum',
    ],
    [
      'AWS/ApplicationELB',
      'HTTPCode_Target_5XX_Count',
      'Sum',
      'aws_applicationelb_httpcode_target_5_xx_count_sum',
      undefined,
    ],
    [
      'AWS/ApplicationELB',
      'TargetResponseTime',
      'p99.9',
      'aws_applicationelb_target_response_time_p99_9',
      undefined,
    ],
    [
      'AWS/ApplicationELB',
      'IPv6RequestCount',
      'Sum',
      'aws_applicationelb_ipv6_request_count_sum',
      undefined,
    ],
    [
      'Glue',
      'glue.driver.aggregate',
      'Sum',
      'aws_glue_driver_aggregate_sum',
      'glue_glue_driver_aggregate_sum',
    ],
    [
      '/aws/sagemaker/TrainingJobs',
      'CPUUtilization',
      'Average',
      'aws_sagemaker_trainingjobs_cpuutilization_average',
      '_aws_sagemaker_trainingjobs_cpuutilization_average',
    ],
    [
      'CWAgent',
      'disk_used_percent',
      'Average',
      'aws_cwagent_disk_used_percent_average',
      'cwagent_disk_used_percent_average',
    ],
    [
      'My App',
      'Used %',
      'TM(10%:90%)',
      'aws_my_app_used__percent_tm_10_percent_90_percent_',
      'my_app_used__tm_10_:90_',
    ],
    ['9lives', 'Größe', 'Sum', 'aws_9lives_gr__e_sum', '_9lives_gr_e_sum'],
  ])('%s %s %s', (namespace, metric, statistic, ours, theirs) => {
    expect(metricName({ namespace, metric, statistic }, 'yace')).toBe(ours);
    expect(metricName({ namespace, metric, statistic }, 'cloudwatch_exporter')).toBe(
      theirs ?? ours,
    );
  });
});

describe('labels', () => {
  it("are YACE's by default", () => {
    expect(seriesLabels(web, yace)).toEqual({
      __name__: 'aws_ecs_cpuutilization_average',
      name: arn,
      dimension_ClusterName: 'prod',
      dimension_ServiceName: 'web',
      tag_Team: 'shop',
      tag_aws_cloudformation_stack_name: 'blue',
      custom_tag_env: 'live',
      region: 'eu-west-1',
      account_id: '111122223333',
    });
  });

  it('are in snake case when asked for', () => {
    const names = Object.keys(seriesLabels(web, { ...yace, labels: 'snake' }));
    expect(names).toEqual(expect.arrayContaining(['dimension_cluster_name', 'tag_team']));
    expect(names).not.toContain('dimension_ClusterName');
  });

  it("are cloudwatch_exporter's, and region and account, when asked for", () => {
    expect(seriesLabels(web, exporter)).toEqual({
      __name__: 'aws_ecs_cpuutilization_average',
      job: 'aws_ecs',
      cluster_name: 'prod',
      service_name: 'web',
      tag_Team: 'shop',
      tag_aws_cloudformation_stack_name: 'blue',
      custom_tag_env: 'live',
      region: 'eu-west-1',
      account_id: '111122223333',
    });
  });

  it('with an empty value are left out', () => {
    const bare = { ...web, tags: [{ name: 'Team', value: '' }], customTags: [], accountAlias: '' };
    const names = Object.keys(seriesLabels(bare, yace));
    expect(names).not.toContain('tag_Team');
    expect(names).not.toContain('account_alias');
  });
});

describe('the series of a resource', () => {
  const resource = { ...web, arn, context: false };

  it.each([
    ['AWS/ECS', 'aws_ecs_info'],
    ['ECS/ContainerInsights', 'aws_ecs_containerinsights_info'],
    ['AWS/ApplicationELB', 'aws_applicationelb_info'],
    ['AWS/ElastiCache', 'aws_elasticache_info'],
    ['AWS/Lambda', 'aws_lambda_info'],
  ])('of %s is %s with value 0', (namespace, name) => {
    const { labels, value } = infoSeries({ ...resource, namespace }, yace);
    expect(value).toBe(0);
    expect(labels).toEqual({
      __name__: name,
      name: arn,
      tag_Team: 'shop',
      tag_aws_cloudformation_stack_name: 'blue',
    });
  });

  it('has region, account and custom tags where the job asks for context', () => {
    const { labels } = infoSeries({ ...resource, context: true }, yace);
    expect(labels).toMatchObject({ region: 'eu-west-1', custom_tag_env: 'live' });
  });

  it('is aws_resource_info with value 1 in cloudwatch_exporter', () => {
    const { labels, value } = infoSeries(resource, exporter);
    expect(value).toBe(1);
    expect(labels).toMatchObject({
      __name__: 'aws_resource_info',
      job: 'aws_ecs',
      arn,
      service_name: 'web',
    });
  });
});

describe('help and unit', () => {
  it.each([
    { statistic: 'Average', unit: 'percent' },
    { statistic: 'SampleCount', unit: 'count' },
  ])('of $statistic is $unit', ({ statistic, unit }) => {
    const metadata = seriesMetadata({ ...web, statistic }, yace);
    expect(metadata).toEqual({
      type: 'gauge',
      help: `AWS/ECS CPUUtilization: CPU in use of what tasks reserve: ${statistic} in a period`,
      unit,
    });
  });

  it("have cloudwatch_exporter's form", () => {
    expect(seriesMetadata(web, exporter).help).toBe(
      'CloudWatch metric AWS/ECS CPUUtilization Dimensions: [ClusterName, ServiceName] Statistic: Average Unit: Percent',
    );
  });

  it('are empty where nothing is known', () => {
    const own = { ...web, namespace: 'Shop', metric: 'Orders', statistic: 'Sum' };
    expect(seriesMetadata(own, yace)).toMatchObject({
      help: 'Shop Orders: Sum in a period',
      unit: '',
    });
  });
});

describe('whatever CloudWatch holds', () => {
  const text = fc.string({ minLength: 1, maxLength: 12, unit: 'grapheme' });
  const pair = fc.record({ name: text, value: text });
  const identity = fc.record({
    namespace: text,
    metric: text,
    statistic: fc.constantFrom('Sum', 'p99.9', 'TM(10%:90%)', 'IQM'),
    dimensions: fc.array(pair, { maxLength: 4 }),
    resource: text,
    tags: fc.array(pair, { maxLength: 3 }),
    customTags: fc.array(pair, { maxLength: 2 }),
    region: fc.constant('eu-west-1'),
    accountId: fc.constant('111122223333'),
  });
  const naming = fc.record({
    naming: fc.constantFrom('yace' as const, 'cloudwatch_exporter' as const),
    labels: fc.constantFrom('keep' as const, 'snake' as const),
  });

  it('names and labels are valid in every Prometheus', () => {
    fc.assert(
      fc.property(identity, naming, (series, style) => {
        const { __name__ = '', ...labels } = seriesLabels(series, style);
        expect(__name__).toMatch(/^[a-zA-Z_:][a-zA-Z0-9_:]*$/);
        for (const [name, value] of Object.entries(labels)) {
          expect(name).toMatch(/^[a-zA-Z_][a-zA-Z0-9_]*$/);
          expect(value).not.toBe('');
        }
      }),
    );
  });

  it('the same series has the same labels', () => {
    fc.assert(
      fc.property(identity, naming, (series, style) => {
        expect(seriesLabels(structuredClone(series), style)).toEqual(seriesLabels(series, style));
      }),
    );
  });

  it('two series that differ in a value of a dimension, in resource, region or account differ', () => {
    const place = fc.record({
      resource: text,
      region: fc.constantFrom('eu-west-1', 'us-east-1'),
      accountId: fc.constantFrom('111122223333', '444455556666'),
      value: text,
    });
    fc.assert(
      fc.property(identity, place, place, (series, a, b) => {
        fc.pre(JSON.stringify(a) !== JSON.stringify(b));
        const [one, other] = [a, b].map(({ value, ...at }) => {
          const dimensions = [{ name: 'Own', value }];
          return seriesLabels({ ...series, ...at, dimensions }, yace);
        });
        expect(one).not.toEqual(other);
      }),
    );
  });
});
