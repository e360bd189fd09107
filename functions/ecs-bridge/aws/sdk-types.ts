// The types of the SDK that the other rooms see; nothing of it runs. Requests and answers are as the services read and write
// them: times are seconds since 1970, and numbers that JSON cannot hold are text.
import type {
  GetMetricDataCommandInput,
  GetMetricDataCommandOutput,
  ListMetricsCommandInput,
  ListMetricsCommandOutput,
  MetricDataResult as SdkMetricDataResult,
} from '@aws-sdk/client-cloudwatch';
import type {
  Cluster,
  Container,
  ContainerInstance,
  Deployment,
  Service,
  ServiceDeployment,
  ServiceEvent,
  ServiceRevision,
  Task,
  TaskSet,
} from '@aws-sdk/client-ecs';

import type { AwsCredentials } from '@fargaze/core/internal';

export type { MetricDataQuery } from '@aws-sdk/client-cloudwatch';
export type { Cluster };

/** A type of the SDK with times in seconds since 1970. */
type Timed<T> = { readonly [K in keyof T]: T[K] extends Date | undefined ? number : T[K] };

/** A container of a task. */
export type RawContainer = Container;
/** A deployment of a service. */
export type RawDeployment = Timed<Deployment>;
/** An event of a service. */
export type RawServiceEvent = Timed<Pick<ServiceEvent, 'id' | 'createdAt' | 'message'>>;
/** A revision of a service. */
export type RawServiceRevision = ServiceRevision;

/** A service. */
export type RawService = Omit<Timed<Service>, 'deployments' | 'events' | 'taskSets'> & {
  readonly deployments?: readonly RawDeployment[];
  readonly events?: readonly RawServiceEvent[];
  readonly taskSets?: readonly Timed<TaskSet>[];
};

/** A deployment of a service as it is described by itself. */
export type RawServiceDeployment = Timed<ServiceDeployment>;

/** An EC2 instance of a cluster. */
export type RawContainerInstance = Timed<ContainerInstance>;

/** A task. */
export type RawTask = Omit<Timed<Task>, 'containers'> & {
  readonly containers?: readonly RawContainer[];
};

/** A result of GetMetricData. */
export type MetricDataResult = Omit<SdkMetricDataResult, 'Timestamps' | 'Values'> & {
  readonly Timestamps?: readonly number[];
  readonly Values?: readonly (number | string)[];
};

/** A page of GetMetricData. */
export type MetricDataPage = Omit<GetMetricDataCommandOutput, 'MetricDataResults'> & {
  readonly MetricDataResults?: readonly MetricDataResult[];
};

/** What a page of GetMetricData is asked with. */
export type MetricDataInput = Timed<GetMetricDataCommandInput>;
/** What a page of ListMetrics is asked with. */
export type MetricListInput = ListMetricsCommandInput;
/** A page of ListMetrics. */
export type MetricListPage = ListMetricsCommandOutput;

/** Whom a client calls, and as whom; what is left out comes from the environment. */
export type ClientOptions = {
  readonly region?: string;
  readonly credentials?: () => Promise<AwsCredentials>;
};
