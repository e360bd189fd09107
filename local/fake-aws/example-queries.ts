// GetMetricData queries for tests, about a service `web` in a cluster `prod`.
import type { GetMetricDataCommandInput, MetricDataQuery } from '@aws-sdk/client-cloudwatch';

/** The instant at which the tests' clocks stand, in epoch seconds. */
export const exampleNow = 1_800_000_000;

/** The beginning of its minute. */
export const exampleMinute = Math.floor(exampleNow / 60) * 60;

/** What differs from the average CPU utilisation of each minute. */
export type Ask = {
  readonly stat?: string;
  /** Seconds. */
  readonly period?: number;
  readonly service?: string;
  readonly metric?: string;
  readonly account?: string;
};

/** A query for a metric of a service. */
export function exampleQuery(id: string, ask: Ask = {}): MetricDataQuery {
  const { stat = 'Average', period = 60, service = 'web', metric = 'CPUUtilization' } = ask;
  return {
    Id: id,
    ...(ask.account === undefined ? {} : { AccountId: ask.account }),
    MetricStat: {
      Metric: {
        Namespace: 'AWS/ECS',
        MetricName: metric,
        Dimensions: [
          { Name: 'ClusterName', Value: 'prod' },
          { Name: 'ServiceName', Value: service },
        ],
      },
      Period: period,
      Stat: stat,
    },
  };
}

/** A request for the five minutes that ended five minutes ago. */
export function exampleInput(
  queries: MetricDataQuery[],
  more: Partial<GetMetricDataCommandInput> = {},
): GetMetricDataCommandInput {
  return {
    MetricDataQueries: queries,
    StartTime: new Date((exampleMinute - 600) * 1000),
    EndTime: new Date((exampleMinute - 300) * 1000),
    ...more,
  };
}
