// The part of the catalogue that redis-probe emits by itself. What INFO counts belongs to redis_exporter (`redis_*`);
// here is what a client sees, and what expectations are held against.
import { gauge } from './catalogue-gauge.ts';
import type { Phase } from './outcome.ts';

/** Metrics of the Redis probe. */
export const redisMetrics = {
  probe_redis_duration_seconds: gauge(
    'seconds',
    'Duration of the Redis probe by phase; of a cluster the slowest shard',
    ['phase'],
  ),
  probe_redis_canary_success: gauge(
    'boolean',
    'Whether the canary key could be written, read back and deleted, or a message passed on, by operation; of a cluster in every shard',
    ['op'],
  ),
  probe_redis_role_info: gauge(
    'info',
    'The role that the server reports and the one that is expected ("any" when none is)',
    ['role', 'expected'],
  ),
  probe_redis_role_match: gauge('boolean', 'Whether the reported role is the expected one'),
  probe_redis_connected_replicas: gauge('count', 'Replicas that a primary reports in ROLE'),
  probe_redis_replication_offset_lag_bytes: gauge(
    'bytes',
    'Largest distance in bytes between the primary and one of its replicas, from ROLE',
  ),
  probe_redis_link_up: gauge('boolean', 'Whether a replica has a link to its primary, from ROLE'),
  probe_redis_replica_visible: gauge(
    'boolean',
    'Whether the replica showed in time what was written to its primary',
    ['replica'],
  ),
  probe_redis_replication_visibility_seconds: gauge(
    'seconds',
    'Time from the answer to the write until the replica showed it; as long as was waited where it did not',
    ['replica'],
  ),
  probe_redis_check_supported: gauge(
    'boolean',
    'Whether the server lets the probe make an optional read; 0: forbidden, unknown or answered by closing',
    ['check'],
  ),
  probe_redis_expectation_met: gauge(
    'boolean',
    'Whether an expectation of the module is met; 0 also when what it needs cannot be read',
    ['expectation'],
  ),
  probe_redis_info: gauge('info', 'What the server says that it is, from INFO', [
    'version',
    'engine',
    'mode',
  ]),
  probe_redis_uptime_seconds: gauge('seconds', 'Time since the server started, from INFO'),
  probe_redis_loading: gauge('boolean', 'Whether the server loads its dataset, from INFO'),
  probe_redis_memory_used_bytes: gauge('bytes', 'Memory that the server uses, from INFO'),
  probe_redis_memory_max_bytes: gauge(
    'bytes',
    'Limit of the memory of the server, from INFO; 0 is none',
  ),
  probe_redis_eviction_policy_info: gauge(
    'info',
    'What the server evicts at its limit, from INFO',
    ['policy'],
  ),
  probe_redis_persistence_ok: gauge(
    'boolean',
    'Whether the last save (rdb), and the last append and rewrite (aof, where it is on) to disk succeeded, from INFO',
    ['kind'],
  ),
  probe_redis_last_save_timestamp_seconds: gauge(
    'timestamp',
    'When the dataset was last saved to disk, or the server started, in unixtime, from INFO',
  ),
  probe_redis_latency_event_seconds: gauge(
    'seconds',
    'Latest latency spike of an event, from LATENCY LATEST',
    ['event'],
  ),
  probe_redis_slowlog_length: gauge('count', 'Entries of the slow log'),
  probe_redis_cluster_state_ok: gauge('boolean', 'Whether CLUSTER INFO says that the state is ok'),
  probe_redis_cluster_slots: gauge(
    'count',
    'Slots by state: covered by a primary in the map, and assigned, ok, pfail and fail as CLUSTER INFO counts them',
    ['state'],
  ),
  probe_redis_shards: gauge('count', 'Shards in the map of the cluster'),
  probe_redis_shard_success: gauge(
    'boolean',
    'Whether the shard (its lowest slot) passed the canary at its primary',
    ['shard', 'node'],
  ),
  probe_redis_shard_duration_seconds: gauge(
    'seconds',
    'Time from the first write to the deletion of the canary in the shard, without connecting',
    ['shard', 'node'],
  ),
  probe_redis_redirects: gauge('count', 'MOVED and ASK answers that were followed'),
  probe_redis_sentinel_quorum_ok: gauge(
    'boolean',
    'Whether enough sentinels can be reached to elect a new primary, from SENTINEL CKQUORUM',
    ['master'],
  ),
  probe_redis_sentinel_master_agrees: gauge(
    'boolean',
    'Whether all sentinels that answer name the same address, and what answers there is a primary',
    ['master'],
  ),
  probe_redis_sentinels: gauge('count', 'Sentinels of a primary by whether they answered', [
    'master',
    'answered',
  ]),
} as const;

/** Optional reads; the value of the label `check`. */
export type RedisCheck =
  | 'hello'
  | 'role'
  | 'info'
  | 'latency'
  | 'slowlog'
  | 'cluster_info'
  | 'cluster_slots';

/** What a module may expect; the value of the label `expectation`. */
export type RedisExpectation =
  | 'role'
  | 'link'
  | 'replicas'
  | 'visibility'
  | 'memory'
  | 'eviction_policy'
  | 'persistence'
  | 'save_age'
  | 'engine'
  | 'version';

/** Labels whose values are a closed list. */
export type RedisLabels = {
  readonly probe_redis_duration_seconds: { readonly phase: Phase };
  readonly probe_redis_canary_success: {
    readonly op: Extract<Phase, 'write' | 'read' | 'delete' | 'pubsub'>;
  };
  readonly probe_redis_check_supported: { readonly check: RedisCheck };
  readonly probe_redis_expectation_met: { readonly expectation: RedisExpectation };
};
