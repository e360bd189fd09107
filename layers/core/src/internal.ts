// What the functions of this project share, and nobody else may count on; functions of users have index.ts.
// Holds only what a function imports, and the values of index.ts: in the layer both are one copy of code.

export type { RedisCheck, RedisExpectation } from './catalogue-redis.ts';
export {
  type Clock,
  type EpochMs,
  type EpochSeconds,
  nextTurn,
  type Seconds,
  systemClock,
} from './clock.ts';
export { mapConcurrently } from './concurrency.ts';
export type {
  Association,
  BridgeConfig,
  BudgetConfig,
  CloudWatchConfig,
  CloudWatchExpression,
  CloudWatchJob,
  CloudWatchMetric,
  CloudWatchScope,
  EcsConfig,
  NamedValue,
  ResourceCall,
  RoleConfig,
  TagFilter,
} from './config/bridge.ts';
export type { CelLiteral, CelNode, CelProgram } from './config/cel.ts';
export type { Config } from './config/config.ts';
export { recordClasses, recordTypes, responseCodes } from './config/dns-numbers.ts';
export { showValue } from './config/explain.ts';
export { namesHost } from './config/hosts.ts';
export { interpolate } from './config/interpolate.ts';
export { findLinePassword } from './config/line-password.ts';
export type {
  BasicAuthOptions,
  DnsModule,
  DnsOptions,
  Extraction,
  GrpcModule,
  HeaderRule,
  HttpHeader,
  HttpModule,
  HttpOptions,
  HttpStep,
  OAuth2Options,
  ProxyOptions,
  RecordRules,
  RedisExpectations,
  RedisModule,
  RedisOptions,
  TcpModule,
  TcpStep,
  TlsOptions,
  WebModule,
} from './config/modules.ts';
export { matchesName } from './config/name-pattern.ts';
export { instanceOf, type Target } from './config/probes.ts';
export {
  fillReferences,
  fillSecrets,
  type Reference,
  splitSecrets,
} from './config/references.ts';
export {
  findHeaderFault,
  isSecretRef,
  readHeaderValue,
  readPassword,
  readSecret,
  type SecretRef,
} from './config/secret.ts';
export { isInShard, nameShard, type Shard } from './config/shard.ts';
export { type Deadline, raceDeadline, startDeadline } from './deadline.ts';
export { createSink } from './delivery/choose.ts';
export { createSeriesWriter, type SeriesWriter } from './delivery/series-writer.ts';
export { type Receivers, type RemoteWriteReceiver, readReceivers } from './delivery/settings.ts';
export { readEnv } from './env.ts';
export {
  ConfigError,
  codeOf,
  DeliveryError,
  type Issue,
  messageOf,
  SourceError,
} from './errors.ts';
export {
  type BridgeEvent,
  parseBridgeEvent,
  parseJanitorEvent,
  parseQueueEvent,
} from './event/events.ts';
export { exitReason } from './exit-reason.ts';
export { hashText } from './hash.ts';
export { type Answer, ask } from './http/ask.ts';
export { readRetryAfter, retry } from './http/retry.ts';
export { type AwsCredentials, presignUrl, readAwsCredentials, signRequest } from './http/sigv4.ts';
export { createLog, type Log } from './log.ts';
export { classify } from './net/classify.ts';
export {
  type Dialed,
  type DialFacts,
  dial,
  dialSamples,
  findAddress,
  upgrade,
} from './net/dial.ts';
export { familyOf } from './net/family.ts';
export { isInBlock } from './net/guard.ts';
export { asciiHost, isPort, type RedisAddress, readRedisAddress } from './net/redis-address.ts';
export { detailOf, isTlsAlert } from './net/tls-error.ts';
export { type Failure, failure, type Outcome, type Phase, type Reason } from './outcome.ts';
export { parseUrl } from './parse-url.ts';
export { expandGroups, matchGroups, searchGroups } from './pattern/groups.ts';
export { Matcher, matches } from './pattern/matcher.ts';
export type { Pattern } from './pattern/pattern.ts';
export { tryProbe } from './probe/attempts.ts';
export { mayBeSecret } from './probe/bound-hosts.ts';
export { createProbeHandler, type InvocationContext } from './probe/invocation.ts';
export type { Probe, ProbeEnvironment, Reading } from './probe/probe.ts';
export { isDue } from './probe/select.ts';
export type { Summary } from './probe/summary.ts';
export { groupKey } from './pushgateway/grouping.ts';
export { readGroups, type StoredGroup, type StoredGroups } from './pushgateway/groups.ts';
export { markOwner, takenOf, timeMetrics } from './pushgateway/owner.ts';
export type { Pushgateway } from './pushgateway/push.ts';
export { pushMetrics } from './pushgateway/push-metrics.ts';
export { type Conflicts, isOwnMetric, pushSamples } from './pushgateway/push-samples.ts';
export { deleteGroup, findSeries, readPushgatewayPath } from './pushgateway/stored.ts';
export { fromMessage, MessageError } from './queue/message.ts';
export {
  decodeUserInfo,
  hideCutSecrets,
  hideSecrets,
  redactUrl,
  redactUrls,
  secretsOf,
} from './redact.ts';
export { RemoteWriteClient, type WriteResult } from './remote-write/client.ts';
export {
  type Batch,
  type Group,
  type Labels,
  type Metadata,
  type Point,
  roundSeconds,
  type Sample,
  type Series,
  sample,
} from './sample.ts';
export { canonicalNames, seriesOfBatch } from './series.ts';
export type { Sink } from './sink/sink.ts';
export { version } from './version.ts';
