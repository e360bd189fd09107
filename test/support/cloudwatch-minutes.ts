// What Prometheus holds of CloudWatch's minutes is what the simulated CloudWatch has.
import { GetMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import { cloudWatchClient } from '../../local/fake-aws/clients.ts';
import { demoCluster } from '../../local/fake-aws/demo.ts';

/** The points of CloudWatch in Prometheus are those of the simulated one: its times, one a minute, no gap. */
export async function expectMinutes(endpoints: {
  readonly prometheus: string;
  readonly environment: Readonly<Record<string, string>>;
}): Promise<void> {
  const series = 'aws_ecs_cpuutilization_average{dimension_ServiceName="redis"}';
  const query = `${endpoints.prometheus}/api/v1/query?query=${encodeURIComponent(`${series}[4h]`)}`;
  const answer = (await (await fetch(query)).json()) as {
    readonly data: { readonly result: readonly { readonly values: [number, string][] }[] };
  };
  const points = new Map(answer.data.result.flatMap(({ values }) => values));
  const times = [...points.keys()];
  const [first = 0] = times;
  expect(times.length).toBeGreaterThan(170);
  expect(times).toEqual(times.map((_, index) => first + index * 60));
  const { AWS_ENDPOINT_URL: url = '', AWS_REGION: region = '' } = endpoints.environment;
  const { MetricDataResults } = await cloudWatchClient({ url, region }).send(
    new GetMetricDataCommand({
      StartTime: new Date(first * 1000),
      EndTime: new Date((first + times.length * 60) * 1000),
      ScanBy: 'TimestampAscending',
      MetricDataQueries: [{ Id: 'cpu', MetricStat: cpuOfRedis }],
    }),
  );
  const [shown] = MetricDataResults ?? [];
  expect(shown?.Timestamps?.map((time) => time.getTime() / 1000)).toEqual(times);
  expect(shown?.Values).toEqual([...points.values()].map(Number));
}

const cpuOfRedis = {
  Period: 60,
  Stat: 'Average',
  Metric: {
    Namespace: 'AWS/ECS',
    MetricName: 'CPUUtilization',
    Dimensions: [
      { Name: 'ClusterName', Value: demoCluster },
      { Name: 'ServiceName', Value: 'redis' },
    ],
  },
};
