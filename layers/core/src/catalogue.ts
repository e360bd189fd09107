// The single list of metrics that fargaze emits. Code, docs, rules, dashboards and tests read it;
// a name that is not here does not compile as a sample and fails as a panel or rule.
import { bridgeMetrics } from './catalogue-bridge.ts';
import { ecsMetrics } from './catalogue-ecs.ts';
import { type Definition, gauge } from './catalogue-gauge.ts';
import { type RedisLabels, redisMetrics } from './catalogue-redis.ts';
import type { Phase, Reason } from './outcome.ts';

const define = <const T extends Readonly<Record<string, Definition>>>(definitions: T): T =>
  definitions;

/**
 * Every metric with type, unit, help and own labels (job and instance come from the group).
 * Names that blackbox_exporter has keep its name, labels and meaning.
 */
export const catalogue = define({
  probe_success: gauge('boolean', 'Displays whether or not the probe was a success'),
  probe_duration_seconds: gauge(
    'seconds',
    'Returns how long the probe took to complete in seconds',
  ),
  probe_timeout_seconds: gauge('seconds', 'Returns the timeout that the probe ran with in seconds'),
  probe_dns_lookup_time_seconds: gauge(
    'seconds',
    'Returns the time taken for probe dns lookup in seconds',
  ),
  probe_ip_protocol: gauge('number', 'Specifies whether probe ip protocol is IP4 or IP6'),
  probe_ip_addr_hash: gauge(
    'number',
    "Specifies the hash of IP address. It's useful to detect if the IP address changes.",
  ),
  probe_failure_info: gauge(
    'info',
    'Present with value 1 when the probe failed: the phase that failed and the reason',
    ['phase', 'reason'],
  ),
  probe_interval_seconds: gauge('seconds', 'Configured interval between two probes of this target'),
  probe_http_duration_seconds: gauge(
    'seconds',
    'Duration of http request by phase, summed over all redirects',
    ['phase'],
  ),
  probe_http_status_code: gauge('number', 'Response HTTP status code'),
  probe_http_content_length: gauge('bytes', 'Length of http content response'),
  probe_http_uncompressed_body_length: gauge('bytes', 'Length of uncompressed response body'),
  probe_http_redirects: gauge('count', 'The number of redirects'),
  probe_http_ssl: gauge('boolean', 'Indicates if SSL was used for the final redirect'),
  probe_http_version: gauge('number', 'Returns the version of HTTP of the probe response'),
  probe_http_last_modified_timestamp_seconds: gauge(
    'timestamp',
    'Returns the Last-Modified HTTP response header in unixtime',
  ),
  probe_failed_due_to_regex: gauge('boolean', 'Indicates if probe failed due to regex'),
  probe_attempts: gauge('count', 'Attempts of a probe that may be repeated, the first included'),
  probe_first_attempt_success: gauge(
    'boolean',
    'Whether the first attempt of a probe that may be repeated was a success',
  ),
  probe_flaky: gauge(
    'boolean',
    'Whether the probe was a success only after its first attempt had failed',
  ),
  probe_degraded: gauge(
    'boolean',
    'Whether a success took longer than its module calls good, by phase and in total',
    ['phase'],
  ),
  probe_step_success: gauge(
    'boolean',
    'Whether a step of a check in several steps was a success; absent for one that did not run',
    ['step'],
  ),
  probe_step_duration_seconds: gauge('seconds', 'Duration of a step by phase', ['step', 'phase']),
  probe_failed_due_to_cel: gauge(
    'boolean',
    'Indicates if probe failed due to CEL expression not matching',
  ),
  probe_failed_due_to_bytes: gauge('boolean', 'Indicates if probe failed due to bytes'),
  probe_expect_info: gauge('info', 'Explicit content matched'),
  probe_tcp_duration_seconds: gauge('seconds', 'Duration of the TCP probe by phase', ['phase']),
  probe_dns_duration_seconds: gauge('seconds', 'Duration of DNS request by phase', ['phase']),
  probe_dns_answer_rrs: gauge(
    'count',
    'Returns number of entries in the answer resource record list',
  ),
  probe_dns_authority_rrs: gauge(
    'count',
    'Returns number of entries in the authority resource record list',
  ),
  probe_dns_additional_rrs: gauge(
    'count',
    'Returns number of entries in the additional resource record list',
  ),
  probe_dns_query_succeeded: gauge(
    'boolean',
    'Displays whether or not the query was executed successfully',
  ),
  probe_dns_serial: gauge('number', 'Returns the serial number of the zone'),
  probe_grpc_duration_seconds: gauge('seconds', 'Duration of gRPC request by phase', ['phase']),
  probe_grpc_ssl: gauge('boolean', 'Indicates if SSL was used for the connection'),
  probe_grpc_status_code: gauge('number', 'Response gRPC status code'),
  probe_grpc_healthcheck_response: gauge('boolean', 'Response HealthCheck response', [
    'serving_status',
  ]),
  probe_ssl_earliest_cert_expiry: gauge('timestamp', 'Returns last SSL chain expiry in unixtime'),
  probe_ssl_last_chain_expiry_timestamp_seconds: gauge(
    'timestamp',
    'Returns last SSL chain expiry in timestamp',
  ),
  probe_ssl_last_chain_info: gauge('info', 'Contains SSL leaf certificate information', [
    'fingerprint_sha256',
    'subject',
    'issuer',
    'subjectalternative',
    'serialnumber',
  ]),
  probe_ssl_verified: gauge('boolean', 'Whether the certificate chain and name were verified'),
  probe_ssl_leaf_not_before_timestamp_seconds: gauge(
    'timestamp',
    'Start of validity of the leaf certificate in unixtime',
  ),
  probe_tls_version_info: gauge('info', 'Returns the TLS version used or NaN when unknown', [
    'version',
  ]),
  probe_tls_cipher_info: gauge('info', 'Returns the TLS cipher negotiated during handshake', [
    'cipher',
  ]),
  ...redisMetrics,
  fargaze_probe_timestamp_seconds: gauge(
    'timestamp',
    'When the probe was taken, in unixtime; older than 2.5 intervals means that nothing is known',
  ),
  fargaze_probe_info: gauge('info', 'How the probe was made', [
    'probe',
    'module',
    'function',
    'vantage',
    'region',
    'version',
  ]),
  fargaze_probe_event_loop_delay_seconds: gauge(
    'seconds',
    'Longest event-loop delay while the probe ran; phases may be too long by as much',
  ),
  fargaze_probe_ssl_earliest_cert_expiry: gauge(
    'timestamp',
    'Earliest expiry among the certificates of all hops of a chain of redirects, in unixtime',
  ),
  fargaze_probe_distorted: gauge(
    'boolean',
    'Whether that delay was above 10 ms and a tenth of the probe: its times say more about fargaze than about the target',
  ),
  fargaze_probe_cold_start: gauge(
    'boolean',
    'Whether the probe ran in the first invocation of a fresh function instance',
  ),
  ...ecsMetrics,
  ...bridgeMetrics,
  fargaze_group_timestamp_seconds: gauge(
    'timestamp',
    'When what the group holds was taken, in unixtime, and which deployment owns the group',
    ['owner'],
  ),
  fargaze_deliver_timestamp_seconds: gauge(
    'timestamp',
    'When deliver last had something accepted, in unixtime: its heartbeat',
  ),
  fargaze_deliver_messages: gauge(
    'count',
    'Messages of the last run by what became of them: delivered, superseded, empty, retried, rejected, refused, malformed or kept (reported before, on the way to the dead letters)',
    ['outcome'],
  ),
  fargaze_deliver_groups: gauge(
    'count',
    'Groups of the last run by what became of them: pushed, superseded by a newer one, failed or refused',
    ['outcome'],
  ),
  fargaze_deliver_repaired_groups: gauge(
    'count',
    'Groups of the last run that were put again because an older one had replaced them',
  ),
  fargaze_deliver_samples_sent: gauge(
    'count',
    'Samples of the last run that remote write has accepted',
  ),
  fargaze_deliver_samples_rejected: gauge(
    'count',
    'Samples of the last run that remote write will never accept, by reason',
    ['reason'],
  ),
  fargaze_deliver_queue_age_seconds: gauge(
    'seconds',
    'Age of the oldest batch of the last run when it was read from the queue',
  ),
  fargaze_deliver_left_out_groups: gauge(
    'count',
    'Groups of the last run that were pushed without this metric, because somebody else pushed it with another type',
    ['metric'],
  ),
  fargaze_janitor_stale_since_timestamp_seconds: gauge(
    'timestamp',
    'When the janitor first saw this group stale, in unixtime by the Pushgateway; if it still is an hour later it is deleted',
    ['stale_job', 'stale_instance'],
  ),
  fargaze_deliver_run_duration_seconds: gauge('seconds', 'How long the last run of deliver took'),
});

/** A metric that fargaze emits. */
export type MetricName = keyof typeof catalogue;

/** The names of the labels of metric `M`. */
export type LabelName<M extends MetricName> = (typeof catalogue)[M]['labels'][number];

/** Labels whose values are a closed list. */
type ClosedValues = RedisLabels & {
  readonly probe_failure_info: { readonly phase: Phase; readonly reason: Reason };
  readonly probe_http_duration_seconds: { readonly phase: Phase };
  readonly probe_step_duration_seconds: { readonly phase: Phase };
  readonly probe_tcp_duration_seconds: { readonly phase: Phase };
  readonly probe_dns_duration_seconds: { readonly phase: Phase };
  readonly probe_grpc_duration_seconds: { readonly phase: Phase };
};

type LabelValue<M, L> = M extends keyof ClosedValues
  ? L extends keyof ClosedValues[M]
    ? ClosedValues[M][L]
    : string
  : string;

/** The labels of metric `M`, with the values that each may have. */
export type LabelsOf<M extends MetricName> = {
  readonly [L in LabelName<M>]: LabelValue<M, L>;
};
