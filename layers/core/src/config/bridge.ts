// What the bridge reads: `bridge` of fargaze.yml after compilation, jobs in the shape of YACE's.
import type { Seconds } from '../clock.ts';
import type { Pattern } from '../pattern/pattern.ts';

/** A tag that a resource must have. */
export type TagFilter = { readonly key: string; readonly value: Pattern };

/** A name with a value: a dimension of a metric, or a label to add. */
export type NamedValue = { readonly name: string; readonly value: string };

/** What the bridge reads of the ECS API. */
export type EcsConfig = {
  /** Clusters by name, name pattern or ARN; `*` in a name stands for any text. */
  readonly clusters: readonly string[];
  /** Names of services; `*` stands for any text. */
  readonly services: readonly string[];
  /** Tags that a service must have, all of them. */
  readonly tags: readonly TagFilter[];
  /** Keys of service tags that become labels `tag_<key>` of `ecs_service_info`. */
  readonly exportedTags: readonly string[];
};

/** A role to read with. */
export type RoleConfig = { readonly roleArn: string; readonly externalId?: string };

/** One metric of a job, the job's own settings merged in; YACE's names and meaning. */
export type CloudWatchMetric = {
  readonly name: string;
  readonly statistics: readonly string[];
  readonly period: Seconds;
  /** Shortest window to ask for; at least `period`. */
  readonly length: Seconds;
  /** Points younger than this are left for later, as with `settle`; the longer one counts. */
  readonly delay: Seconds;
  /** Fill the missing points of a resource that exists with 0. */
  readonly nilToZero: boolean;
  /** YACE's; points are pushed with their own times in any case. */
  readonly addCloudwatchTimestamp: boolean;
  /** YACE's; all points are pushed in any case. */
  readonly exportAllDataPoints: boolean;
};

/** Where and as whom a job reads. */
export type CloudWatchScope = {
  /** Empty: the function's own region. */
  readonly regions: readonly string[];
  /** Undefined stands for the function's own credentials. At least one. */
  readonly roles: readonly (RoleConfig | undefined)[];
};

/** An API that lists the resources of a namespace, or completes what their tags say. */
export type ResourceCall =
  | 'api-gateway'
  | 'auto-scaling'
  | 'dms'
  | 'prometheus'
  | 'shield'
  | 'spot-fleets'
  | 'storage-gateway'
  | 'transit-gateways';

/** How the ARNs of one kind of resource hold dimensions of their metrics. */
export type ArnMapping = {
  /** A regular expression with a group for each dimension, in order. */
  readonly pattern: string;
  readonly dimensions: readonly string[];
  /** The ARN with `{partition}`, `{region}`, `{account}` and dimensions in braces; unset: dimensions do not give it. */
  readonly arn?: string;
};

/** Which resource a metric of a namespace belongs to. */
export type Association = {
  /** Resource types for GetResources. */
  readonly types: readonly string[];
  readonly mappings: readonly ArnMapping[];
  readonly call?: ResourceCall;
};

/** One job, in YACE's schema. */
export type CloudWatchJob = CloudWatchScope & {
  readonly kind: 'discovery' | 'static' | 'customNamespace';
  /** Unique; of a discovery job its namespace, numbered from the second on. */
  readonly name: string;
  /** Of a static or custom job that had to be numbered: the name in the file, which its series have. */
  readonly givenName?: string;
  readonly namespace: string;
  /** Of a discovery job; unset: its metrics belong to no resource. */
  readonly association?: Association;
  readonly searchTags: readonly TagFilter[];
  /** Keys of tags that become labels `tag_<key>` of every series of the job. */
  readonly exportedTags: readonly string[];
  /** Labels `custom_tag_<name>` of every series of the job. */
  readonly customTags: readonly NamedValue[];
  /** Exact set of dimension names to read; empty: all. */
  readonly dimensionNameRequirements: readonly string[];
  /** Of a static job: the dimensions to read. */
  readonly dimensions: readonly NamedValue[];
  /** ListMetrics with `RecentlyActive=PT3H`. */
  readonly recentlyActiveOnly: boolean;
  /** Account ids of linked accounts to read too (a monitoring account's); `*`: all of them. */
  readonly linkedAccounts: readonly string[];
  /** Whether the `_info` series carry region, account and custom tags. */
  readonly contextOnInfo: boolean;
  readonly metrics: readonly CloudWatchMetric[];
};

/** A metric that an expression refers to by its id; read, not delivered. */
export type ExpressionInput = {
  readonly id: string;
  readonly namespace: string;
  readonly metric: string;
  readonly statistic: string;
  readonly dimensions: readonly NamedValue[];
};

/** Metric math or a Metrics Insights query, passed through. Each series of its answer has a label `label`. */
export type CloudWatchExpression = CloudWatchScope & {
  /** The metric's name in Prometheus. */
  readonly name: string;
  readonly help: string;
  readonly expression: string;
  readonly period: Seconds;
  readonly inputs: readonly ExpressionInput[];
  /** Labels of every series. */
  readonly labels: readonly NamedValue[];
};

/** What the bridge may cost. */
export type BudgetConfig = {
  /** US dollars in 30 days. */
  readonly monthlyUsd: number;
  /** `slow`: run less often; `refuse`: do not read CloudWatch. */
  readonly onExceed: 'slow' | 'refuse';
};

/** What the bridge reads of CloudWatch. */
export type CloudWatchConfig = {
  /** Time between two readings; whole minutes. */
  readonly interval: Seconds;
  /** Points younger than this are not yet final and are left for later. */
  readonly settle: Seconds;
  /** Longest gap that is filled after an outage. */
  readonly backfill: Seconds;
  readonly naming: 'yace' | 'cloudwatch_exporter';
  /** `snake`: dimension and tag names in snake case, as YACE's -labels-snake-case. */
  readonly labels: 'keep' | 'snake';
  /** Region of the STS endpoint; unset: that of the reading. */
  readonly stsRegion?: string;
  readonly jobs: readonly CloudWatchJob[];
  readonly expressions: readonly CloudWatchExpression[];
  readonly budget?: BudgetConfig;
};

/** What the bridge reads. */
export type BridgeConfig = {
  /** Functions that share what is read. */
  readonly shards: number;
  /** ECS services that there are, about; unset: not said. */
  readonly services?: number;
  readonly ecs: EcsConfig;
  /** Unset: CloudWatch is not read. */
  readonly cloudwatch?: CloudWatchConfig;
};
