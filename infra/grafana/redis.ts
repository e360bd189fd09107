// Redis: use, saturation and errors as redis_exporter reports them, and as a client sees them.
import { type Board, jobAndInstance } from './board.ts';
import { rate, verdict } from './expressions.ts';
import { gauges, series, stacked, stat, table, targetStates, timeline } from './panels.ts';
import { redisErrors } from './redis-errors.ts';
import { topologyPanels } from './redis-topology.ts';

const own = '{job=~"$job",instance=~"$instance"}';
const target = '{job=~"$probe_job",instance=~"$probe_target"}';
const hits = rate(`redis_keyspace_hits_total${own}`);
const misses = rate(`redis_keyspace_misses_total${own}`);
const each = '{{instance}}';

const sides = [
  timeline({
    title: 'The probe against the exporter',
    description:
      'A client that writes and reads (redis://…) beside redis_exporter (redis_up). Probe down and exporter up: Redis answers but does not serve, for instance without replicas or memory.',
    queries: [
      { expr: verdict(target), legend: 'probe {{instance}}' },
      { expr: `redis_up${own}`, legend: 'exporter {{instance}}' },
    ],
    states: targetStates,
    height: 6,
  }),
  stat({
    title: 'Exporter',
    description: 'Whether redis_exporter reaches Redis. Unknown: the exporter is not scraped.',
    queries: [{ expr: `min(redis_up${own})` }],
    states: { 0: ['DOWN', 'red'], 1: ['UP', 'green'] },
  }),
  stat({
    title: 'Uptime',
    description:
      'Since the youngest Redis started. A small number is a restart, which empties a cache.',
    queries: [{ expr: `min(redis_uptime_in_seconds${own})` }],
    unit: 's',
  }),
  stat({
    title: 'Hit ratio',
    description: 'Share of look-ups that found their key. Unknown while nothing is looked up.',
    queries: [{ expr: `sum(${hits}) / (sum(${hits}) + sum(${misses}) > 0)` }],
    unit: 'percentunit',
    decimals: 1,
    steps: ['red', [0.5, 'orange'], [0.8, 'green']],
  }),
  stat({
    title: 'Evictions',
    description: 'Keys per second that were thrown out for lack of memory; 0 is good.',
    queries: [{ expr: `sum(${rate(`redis_evicted_keys_total${own}`)})` }],
    unit: 'ops',
    steps: ['green', [0.01, 'orange'], [10, 'red']],
  }),
  table({
    title: 'Role and version',
    description: 'What each Redis says that it is.',
    queries: [{ expr: `redis_instance_info${own}` }],
    columns: {
      instance: 'exporter',
      role: 'role',
      redis_version: 'version',
      redis_mode: 'mode',
      maxmemory_policy: 'eviction',
      'Value #A': '',
      Value: '',
      Time: '',
      __name__: '',
      job: '',
      os: '',
      process_id: '',
      redis_build_id: '',
      run_id: '',
      tcp_port: '',
    },
    width: 8,
    height: 4,
  }),
];

const use = [
  series({
    title: 'Memory',
    description: 'Used and resident memory, and the limit where one is set (0 is none).',
    queries: [
      { expr: `redis_memory_used_bytes${own}`, legend: 'used {{instance}}' },
      { expr: `redis_memory_used_rss_bytes${own}`, legend: 'resident {{instance}}' },
      { expr: `redis_memory_max_bytes${own}`, legend: 'limit {{instance}}' },
    ],
    unit: 'bytes',
    min: 0,
    width: 8,
  }),
  gauges({
    title: 'Clients of the maximum',
    description: 'Connected clients as a share of maxclients; at 100% new ones are turned away.',
    queries: [
      { expr: `redis_connected_clients${own} / (redis_config_maxclients${own} > 0)`, legend: each },
    ],
    unit: 'percentunit',
    min: 0,
    max: 1,
    steps: ['green', [0.7, 'orange'], [0.9, 'red']],
  }),
  series({
    title: 'CPU',
    description: 'Seconds of CPU per second. Commands run on one: near 1 it is full.',
    queries: [
      {
        expr: `${rate(`redis_cpu_user_seconds_total${own}`)} + ${rate(`redis_cpu_sys_seconds_total${own}`)}`,
        legend: each,
      },
    ],
    unit: 'percentunit',
    min: 0,
    width: 8,
  }),
  stacked({
    title: 'Commands',
    description: 'Commands per second by name.',
    queries: [{ expr: `sum by (cmd) (${rate(`redis_commands_total${own}`)})`, legend: '{{cmd}}' }],
    unit: 'ops',
    min: 0,
    width: 8,
  }),
  series({
    title: 'Look-ups',
    description: 'Look-ups per second that found their key and that did not.',
    queries: [
      { expr: `sum(${hits})`, legend: 'hits' },
      { expr: `sum(${misses})`, legend: 'misses' },
    ],
    unit: 'ops',
    min: 0,
    width: 8,
  }),
  series({
    title: 'Network',
    description: 'Bytes per second in and out.',
    queries: [
      { expr: `sum(${rate(`redis_net_input_bytes_total${own}`)})`, legend: 'in' },
      { expr: `sum(${rate(`redis_net_output_bytes_total${own}`)})`, legend: 'out' },
    ],
    unit: 'Bps',
    min: 0,
    width: 8,
  }),
];

const saturation = [
  series({
    title: 'Keys gone',
    description:
      'Keys per second that expired, as asked, and that were evicted, for lack of memory.',
    queries: [
      { expr: `sum(${rate(`redis_expired_keys_total${own}`)})`, legend: 'expired' },
      { expr: `sum(${rate(`redis_evicted_keys_total${own}`)})`, legend: 'evicted' },
    ],
    unit: 'ops',
    min: 0,
    width: 8,
  }),
  series({
    title: 'Keys',
    description: 'Keys in all databases, and those of them that will expire.',
    queries: [
      { expr: `sum by (instance) (redis_db_keys${own})`, legend: 'keys {{instance}}' },
      { expr: `sum by (instance) (redis_db_keys_expiring${own})`, legend: 'expiring {{instance}}' },
    ],
    min: 0,
    width: 8,
  }),
  series({
    title: 'Fragmentation',
    description:
      'Resident over used memory. High with little data is nothing; above 1.5 with much it wastes.',
    queries: [{ expr: `redis_mem_fragmentation_ratio${own}`, legend: each }],
    min: 0,
    limits: ['text', [1.5, 'orange']],
    width: 8,
  }),
  series({
    title: 'Latency of commands',
    description:
      'Mean time per call by command. Redis’s own percentiles are shown beside it; both leave out the network.',
    queries: [
      {
        expr: `sum by (cmd) (${rate(`redis_commands_duration_seconds_total${own}`)}) / (sum by (cmd) (${rate(`redis_commands_total${own}`)}) > 0)`,
        legend: '{{cmd}}',
      },
    ],
    unit: 's',
    min: 0,
    width: 8,
  }),
  series({
    title: 'p99 since start',
    description:
      '99 of 100 calls of a command took at most this long since Redis started (Redis 7).',
    queries: [
      {
        expr: `topk(10, max by (cmd) (redis_latency_percentiles_usec{job=~"$job",instance=~"$instance",quantile="99"})) / 1e6`,
        legend: '{{cmd}}',
      },
    ],
    unit: 's',
    min: 0,
    width: 8,
  }),
  stacked({
    title: 'Latency as a client sees it',
    description: 'Phases of the probe: connect, authenticate, ping, write, read, delete.',
    queries: [
      {
        expr: `avg by (phase) (fargaze:probe_redis_duration_seconds:fresh${target})`,
        legend: '{{phase}}',
      },
    ],
    unit: 's',
    min: 0,
    width: 8,
  }),
];

/** Redis. */
export const redis: Board = {
  uid: 'fargaze-redis',
  title: 'fargaze / Redis',
  description: 'Use, saturation and errors of Redis, and the probe’s view of it.',
  variables: [
    ...jobAndInstance('redis_up', 'Exporter'),
    // Only the probes of Redis: a web target is none here.
    {
      name: 'probe_job',
      label: 'Job of the probe',
      metric: 'probe_redis_duration_seconds',
      of: 'job',
      all: 'listed',
    },
    {
      name: 'probe_target',
      label: 'Target of the probe',
      metric: 'probe_redis_duration_seconds{job=~"$probe_job"}',
      of: 'instance',
      all: 'listed',
    },
  ],
  rows: [
    { title: 'Two views', panels: sides },
    { title: 'Use', panels: use },
    { title: 'Saturation and latency', panels: saturation },
    { title: 'Errors and replication', panels: redisErrors(own, target), shown: 'when opened' },
    { title: 'Clusters, replicas and sentinels', panels: topologyPanels, shown: 'when opened' },
  ],
  marks: '',
};
