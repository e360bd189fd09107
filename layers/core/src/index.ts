// The public face of @fargaze/core. What is not here is not promised.

export { catalogue, type LabelsOf, type MetricName } from './catalogue.ts';
export { type Clock, type EpochMs, type Seconds, systemClock } from './clock.ts';
export { mapConcurrently } from './concurrency.ts';
export type * from './config/bridge.ts';
export type * from './config/config.ts';
export { parseDuration } from './config/duration.ts';
export { interpolate } from './config/interpolate.ts';
export type * from './config/modules.ts';
export { matchesName } from './config/name-pattern.ts';
export type { Pattern } from './config/pattern.ts';
export type { ProbeConfig, Target, Vantage } from './config/probes.ts';
export { isSecretRef, readSecret, type SecretRef } from './config/secret.ts';
export type { SloConfig } from './config/slos.ts';
export { type Deadline, DeadlineExceeded, raceDeadline, startDeadline } from './deadline.ts';
export { createSink } from './delivery/choose.ts';
export { createSeriesWriter, type SeriesWriter } from './delivery/series-writer.ts';
export { type Receivers, type RemoteWriteReceiver, readReceivers } from './delivery/settings.ts';
export { readEnv } from './env.ts';
export {
  ConfigError,
  codeOf,
  DeliveryError,
  type DeliveryFault,
  type Issue,
  messageOf,
  SourceError,
} from './errors.ts';
export {
  type JanitorEvent,
  parseJanitorEvent,
  parseQueueEvent,
  parseTick,
} from './event/events.ts';
export type { Tick } from './event/read.ts';
export { renderExposition } from './exposition.ts';
export { type Answer, ask, isRetryable, type Question } from './http/ask.ts';
export type { Auth, BasicAuth } from './http/auth.ts';
export { type RetryOptions, readRetryAfter, retry } from './http/retry.ts';
export { foldLine } from './http/show.ts';
export {
  type AwsCredentials,
  readAwsCredentials,
  type SignedRequest,
  signRequest,
} from './http/sigv4.ts';
export { createLog, type Log, type LogLevel } from './log.ts';
export { classify } from './net/classify.ts';
export { type Dialed, type DialFacts, type DialRequest, dial, dialSamples } from './net/dial.ts';
export {
  type Failure,
  failure,
  type Outcome,
  type Phase,
  phases,
  type Reason,
  reasons,
} from './outcome.ts';
export {
  createProbeHandler,
  type InvocationContext,
  type ProbeFunction,
  type ProbeHandler,
} from './probe/invocation.ts';
export type { Probe, ProbeEnvironment, Reading } from './probe/probe.ts';
export { isDue } from './probe/select.ts';
export type { FailureSummary, ResultSummary, Summary } from './probe/summary.ts';
export { groupKey, groupPath } from './pushgateway/grouping.ts';
export { markOwner, takenOf, timeMetrics } from './pushgateway/owner.ts';
export { type Pushgateway, pushGroup } from './pushgateway/push.ts';
export { type PushMetricsOptions, pushMetrics } from './pushgateway/push-metrics.ts';
export { createPushgatewaySink } from './pushgateway/sink.ts';
export {
  deleteGroup,
  findSeries,
  readPushgatewayPath,
  type StoredSeries,
} from './pushgateway/stored.ts';
export { fromMessage, MessageError, type QueueMessage } from './queue/message.ts';
export { decodeUserInfo, hideSecrets, redactUrl } from './redact.ts';
export {
  RemoteWriteClient,
  type RemoteWriteOptions,
  type WriteResult,
} from './remote-write/client.ts';
export {
  type Batch,
  type Group,
  type Labels,
  type Metadata,
  type Point,
  type PointValue,
  roundSeconds,
  type Sample,
  type Series,
  sample,
} from './sample.ts';
export { seriesOfBatch } from './series.ts';
export type { Sink } from './sink/sink.ts';
export { createStdoutSink } from './sink/stdout.ts';
export { version } from './version.ts';
