// The shape of fargaze.yml after compilation: defaults filled in, durations in seconds, sizes in bytes,
// regular expressions checked. Functions trust it; `compile.ts` is what makes it from YAML.
import type { Seconds } from '../clock.ts';

/** A reference to a secret: `env:NAME` or `file:/path`. Never the secret itself. */
export type SecretRef = `env:${string}` | `file:${string}`;

/** JavaScript source and flags of a pattern that was given in RE2 syntax. */
export type Pattern = { readonly source: string; readonly flags: string };

/** How TLS is spoken; blackbox_exporter's `tls_config`. */
export type TlsOptions = {
  /** PEM of the authorities to trust instead of the built-in ones. */
  readonly ca?: string;
  /** PEM of the client certificate. */
  readonly cert?: string;
  /** Client key; inline keys are secrets and so always referenced. */
  readonly key?: SecretRef;
  readonly serverName?: string;
  readonly insecureSkipVerify: boolean;
  readonly minVersion?: TlsVersion;
  readonly maxVersion?: TlsVersion;
};

/** Names that Node's TLS stack knows. */
export type TlsVersion = 'TLSv1' | 'TLSv1.1' | 'TLSv1.2' | 'TLSv1.3';

/** Which address family to prefer and whether the other will do. */
export type IpOptions = {
  readonly preferredIpProtocol: 'ip4' | 'ip6';
  readonly ipProtocolFallback: boolean;
};

/** One header rule: `fail_if_header_matches` and its inverse. */
export type HeaderRule = {
  readonly header: string;
  readonly regexp: Pattern;
  readonly allowMissing: boolean;
};

/** The `http` part of a module; blackbox_exporter's option names and meaning. */
export type HttpOptions = IpOptions & {
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** Bytes after decompression; the answer may not be longer. */
  readonly bodySizeLimit: number;
  readonly compression?: 'gzip' | 'br' | 'deflate' | 'identity';
  /** Empty: any 2xx. */
  readonly validStatusCodes: readonly number[];
  /** Empty: any. Else e.g. `HTTP/1.1`. */
  readonly validHttpVersions: readonly string[];
  readonly followRedirects: boolean;
  readonly failIfSsl: boolean;
  readonly failIfNotSsl: boolean;
  readonly failIfBodyMatches: readonly Pattern[];
  readonly failIfBodyNotMatches: readonly Pattern[];
  readonly failIfHeaderMatches: readonly HeaderRule[];
  readonly failIfHeaderNotMatches: readonly HeaderRule[];
  readonly basicAuth?: { readonly username: string; readonly password: SecretRef };
  readonly authorization?: { readonly type: string; readonly credentials: SecretRef };
  readonly tls: TlsOptions;
  /** CIDR blocks that may be reached although they are blocked by default. */
  readonly allowBlocked: readonly string[];
};

/** The `redis` part of a module. */
export type RedisOptions = IpOptions & {
  readonly username?: string;
  readonly password?: SecretRef;
  /** `write`: PING, then SET, GET, DEL of a unique key. `ping`: no write is tried. */
  readonly canary: 'write' | 'ping';
  /** Prefix of the canary key; the ACL of the probe's user must allow it. */
  readonly keyPrefix: string;
  readonly expectRole: 'any' | 'master' | 'slave';
  readonly tls: TlsOptions;
  readonly allowBlocked: readonly string[];
};

/** What every module has. */
type ModuleBase = { readonly name: string; readonly timeout: Seconds };

/** A module that probes by HTTP. */
export type HttpModule = ModuleBase & { readonly prober: 'http'; readonly http: HttpOptions };

/** A module that probes Redis. */
export type RedisModule = ModuleBase & { readonly prober: 'redis'; readonly redis: RedisOptions };

/** A way of probing. */
export type Module = HttpModule | RedisModule;

/** The kinds of prober. */
export type Prober = Module['prober'];

/** Where a probe runs from: one place, so that its results have one writer. */
export type Vantage = 'internet' | 'vpc';

/** One configured probe. */
export type ProbeConfig = {
  readonly name: string;
  readonly module: string;
  /** May hold `${NAME}` or `${NAME:-default}`, filled from the environment when the probe runs. */
  readonly target: string;
  readonly interval: Seconds;
  readonly job: string;
  readonly vantage: Vantage;
  /** The ECS service behind the target; while it is rolled out FargazeProbeFailed is held back. */
  readonly rollout?: { readonly cluster: string; readonly service: string };
};

/** What counts as an event, and as a good one. */
type SloIndicator =
  | { readonly indicator: 'probe'; readonly probe: string }
  | { readonly indicator: 'requests'; readonly job: string }
  | { readonly indicator: 'latency'; readonly job: string; readonly threshold: Seconds };

/** One objective. */
export type SloConfig = SloIndicator & {
  readonly name: string;
  /** Share of good events, above 0 and below 1. */
  readonly objective: number;
  readonly window: Seconds;
  readonly minBadEvents: number;
};

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

/** One job, in YACE's schema. */
export type CloudWatchJob = CloudWatchScope & {
  readonly kind: 'discovery' | 'static' | 'customNamespace';
  /** Unique; of a discovery job its namespace, numbered from the second on. */
  readonly name: string;
  readonly namespace: string;
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
  readonly ecs: EcsConfig;
  /** Unset: CloudWatch is not read. */
  readonly cloudwatch?: CloudWatchConfig;
};

/** A compiled fargaze.yml. */
export type Config = {
  readonly version: 1;
  readonly modules: Readonly<Record<string, Module>>;
  readonly probes: readonly ProbeConfig[];
  readonly bridge: BridgeConfig;
  readonly slos: readonly SloConfig[];
};

/** What a probe is handed: a target ready to be dialled. */
export type Target<M extends Module = Module> = {
  /** The configured name, or the address of an ad-hoc target. */
  readonly name: string;
  /** The address with variables filled in; may hold credentials, so it is never logged as it is. */
  readonly address: string;
  /** The address without credentials; the label `instance`. */
  readonly instance: string;
  readonly module: M;
};
