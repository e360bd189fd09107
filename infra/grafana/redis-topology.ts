// What the Redis probe sees of clusters, replicas and sentinels: a row of the Redis board.
import { series, targetStates, timeline } from './panels.ts';

const target = '{job=~"$probe_job",instance=~"$probe_target"}';

/** Panels of the row; each is unknown for a target that is no such thing. */
export const topologyPanels = [
  series({
    title: 'Time until replicas show a write',
    description:
      'What the probe wrote to the primary, seen on each replica. Unknown unless the module asks for replicas.',
    queries: [
      {
        expr: `fargaze:probe_redis_replication_visibility_seconds:fresh${target}`,
        legend: '{{replica}}',
      },
    ],
    unit: 's',
    min: 0,
    width: 6,
  }),
  timeline({
    title: 'Shards',
    description:
      'Whether each shard of a cluster passed the canary at its primary; a shard is named by its lowest slot.',
    queries: [
      {
        expr: `fargaze:probe_redis_shard_success:fresh${target}`,
        legend: '{{shard}} at {{node}}',
      },
    ],
    states: targetStates,
    width: 6,
    height: 7,
  }),
  series({
    title: 'Slots',
    description: 'Slots of a cluster that a primary covers (16384 is all), and those that failed.',
    queries: [
      {
        expr: `fargaze:probe_redis_cluster_slots:fresh${target}`,
        legend: '{{state}} {{instance}}',
      },
    ],
    min: 0,
    decimals: 0,
    width: 6,
  }),
  timeline({
    title: 'Sentinels',
    description:
      'Whether enough sentinels can elect a primary, and whether all name one that is a primary.',
    queries: [
      {
        expr: `fargaze:probe_redis_sentinel_quorum_ok:fresh${target}`,
        legend: 'quorum {{master}}',
      },
      {
        expr: `fargaze:probe_redis_sentinel_master_agrees:fresh${target}`,
        legend: 'agreement {{master}}',
      },
    ],
    states: targetStates,
    width: 6,
    height: 7,
  }),
];
