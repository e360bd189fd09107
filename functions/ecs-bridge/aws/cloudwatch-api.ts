// The CloudWatch API by the SDK: single calls, one page each, one attempt each. The caller reads on, retries and counts.
import {
  CloudWatchClient,
  GetMetricDataCommand,
  ListMetricsCommand,
} from '@aws-sdk/client-cloudwatch';
import type { AwsCredentials, Deadline } from '@fargaze/core/internal';
import { readPlainJson } from './plain-json.ts';
import type {
  ClientOptions,
  MetricDataInput,
  MetricDataPage,
  MetricListInput,
  MetricListPage,
} from './sdk-types.ts';
import { toSourceError } from './source-error.ts';

/** What the bridge asks of CloudWatch. The calls throw SourceError. */
export type CloudWatchApi = {
  getMetricData(input: MetricDataInput): Promise<MetricDataPage>;
  listMetrics(input: MetricListInput): Promise<MetricListPage>;
  /** What the calls are signed with. */
  credentials(): Promise<AwsCredentials>;
  close(): void;
};

/** A client of the CloudWatch API. */
export function createCloudWatchApi(options: ClientOptions, deadline: Deadline): CloudWatchApi {
  const client = new CloudWatchClient({ ...options, maxAttempts: 1 });
  readPlainJson(client);
  const abort = { abortSignal: deadline.signal };
  return {
    getMetricData: async (input) => {
      try {
        const page: unknown = await client.send(new GetMetricDataCommand(input), abort);
        return page as MetricDataPage;
      } catch (error) {
        throw toSourceError('cloudwatch', 'GetMetricData', error);
      }
    },
    listMetrics: async (input) => {
      try {
        return await client.send(new ListMetricsCommand(input), abort);
      } catch (error) {
        throw toSourceError('cloudwatch', 'ListMetrics', error);
      }
    },
    credentials: () => client.config.credentials(),
    close: () => client.destroy(),
  };
}
