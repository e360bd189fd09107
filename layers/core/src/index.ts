// The public face of @fargaze/core. What is not here is not promised.

export { catalogue, type LabelsOf, type MetricName } from './catalogue.ts';
export { type Clock, type EpochMs, type Seconds, systemClock } from './clock.ts';
export { mapConcurrently } from './concurrency.ts';
export { parseDuration } from './config/duration.ts';
export { interpolate } from './config/interpolate.ts';
export { matchesName } from './config/name-pattern.ts';
export { isSecretRef, readSecret } from './config/secret.ts';
export type * from './config/types.ts';
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
export { renderExposition } from './exposition.ts';
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
export { isDue } from './probe/select.ts';
export type { FailureSummary, ResultSummary, Summary } from './probe/summary.ts';
export { groupPath } from './pushgateway/grouping.ts';
export { markOwner, takenOf, timeMetrics } from './pushgateway/owner.ts';
export { type BasicAuth, type Pushgateway, pushGroup } from './pushgateway/push.ts';
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
  type RemoteWriteAuth,
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
  type Probe,
  type ProbeEnvironment,
  type Reading,
  roundSeconds,
  type Sample,
  type Series,
  sample,
} from './sample.ts';
export { seriesOfBatch } from './series.ts';
export type { Sink } from './sink/sink.ts';
export { createStdoutSink } from './sink/stdout.ts';
export { version } from './version.ts';
