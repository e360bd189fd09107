// The public face of @fargaze/core. What is not here is not promised.
export {
  type AwsCredentials,
  readAwsCredentials,
  type SignedRequest,
  signRequest,
} from './aws/sign.ts';
export { catalogue, type LabelsOf, type MetricName } from './catalogue.ts';
export { classify } from './classify.ts';
export { type Clock, type EpochMs, type Seconds, systemClock } from './clock.ts';
export { mapConcurrently } from './concurrency.ts';
export type * from './config.ts';
export { type Deadline, DeadlineExceeded, raceDeadline, startDeadline } from './deadline.ts';
export { parseDuration } from './duration.ts';
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
export { interpolate } from './interpolate.ts';
export {
  createProbeHandler,
  type InvocationContext,
  type ProbeFunction,
  type ProbeHandler,
} from './invocation.ts';
export { createLog, type Log, type LogLevel } from './log.ts';
export { matchesName } from './name-pattern.ts';
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
export { type PushMetricsOptions, pushMetrics } from './push-metrics.ts';
export { fromMessage, MessageError, type QueueMessage } from './queue/message.ts';
export { decodeUserInfo, hideSecrets, redactUrl } from './redact.ts';
export {
  type RemoteWriteAuth,
  RemoteWriteClient,
  type RemoteWriteOptions,
  type WriteResult,
} from './remote-write/client.ts';
export { seriesOfBatch } from './remote-write/series.ts';
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
export { isSecretRef, readSecret } from './secret.ts';
export { isDue } from './select.ts';
export { groupPath } from './sink/grouping.ts';
export { markOwner, takenOf, timeMetrics } from './sink/owner.ts';
export { type BasicAuth, type Pushgateway, pushGroup } from './sink/push.ts';
export { createPushgatewaySink } from './sink/pushgateway.ts';
export { createSink } from './sink/select.ts';
export { createSeriesWriter, type SeriesWriter } from './sink/series-writer.ts';
export { type Receivers, type RemoteWriteReceiver, readReceivers } from './sink/settings.ts';
export type { Sink } from './sink/sink.ts';
export { createStdoutSink } from './sink/stdout.ts';
export {
  deleteGroup,
  findSeries,
  readPushgatewayPath,
  type StoredSeries,
} from './sink/stored.ts';
export type { FailureSummary, ResultSummary, Summary } from './summary.ts';
export { version } from './version.ts';
