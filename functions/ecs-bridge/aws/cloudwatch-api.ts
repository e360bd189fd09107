// The CloudWatch API by signed calls over kept connections: single calls, one page each, one attempt each. The caller reads
// on, retries and counts. Times of answers stay seconds since 1970.
import type { AwsCredentials } from '@fargaze/core/internal';
import type {
  MetricDataInput,
  MetricDataPage,
  MetricListInput,
  MetricListPage,
} from './sdk-types.ts';
import { type Caller, callJson, nextTokenOf } from './signed-call.ts';

/** What the bridge asks of CloudWatch. The calls throw SourceError. */
export type CloudWatchApi = {
  getMetricData(input: MetricDataInput): Promise<MetricDataPage>;
  listMetrics(input: MetricListInput): Promise<MetricListPage>;
  /** What the calls are signed with. */
  credentials(): Promise<AwsCredentials>;
};

/** A client of the CloudWatch API. */
export function createCloudWatchApi(caller: Caller): CloudWatchApi {
  return {
    getMetricData: (input) => callCloudWatch(caller, 'GetMetricData', input),
    listMetrics: (input) => callCloudWatch(caller, 'ListMetrics', input),
    credentials: () => caller.credentials(),
  };
}

type Paged = { readonly NextToken?: string | undefined };

async function callCloudWatch<T extends Paged>(
  caller: Caller,
  operation: string,
  input: Paged,
): Promise<T> {
  const page = await callJson<T>(caller, {
    service: 'monitoring',
    permissions: 'cloudwatch',
    operation,
    headers: {
      'content-type': 'application/x-amz-json-1.0',
      'x-amz-target': `GraniteServiceVersion20100801.${operation}`,
    },
    body: JSON.stringify(input),
  });
  nextTokenOf(operation, input.NextToken, page.NextToken);
  return page;
}
