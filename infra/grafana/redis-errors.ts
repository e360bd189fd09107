// What Redis refuses, who waits in it, and how its replicas keep up.
import { freshProbe, rate } from './expressions.ts';
import { type PlacedPanel, series } from './panels.ts';

/** The panels of these, for the exporters of `own` and the probes of `target`. */
export function redisErrors(own: `{${string}}`, target: `{${string}}`): readonly PlacedPanel[] {
  return [...refusals(own), ...replication(own, target)];
}

function refusals(own: string) {
  return [
    series({
      title: 'Refusals',
      description:
        'Calls per second that failed or were rejected, and connections turned away; 0 is good.',
      queries: [
        { expr: `sum(${rate(`redis_commands_failed_calls_total${own}`)})`, legend: 'failed calls' },
        {
          expr: `sum(${rate(`redis_commands_rejected_calls_total${own}`)})`,
          legend: 'rejected calls',
        },
        { expr: `sum(${rate(`redis_rejected_connections_total${own}`)})`, legend: 'connections' },
      ],
      unit: 'ops',
      min: 0,
      width: 6,
    }),
    series({
      title: 'Blocked clients and slow calls',
      description: 'Clients that wait in a blocking call, and entries of the slow log.',
      queries: [
        { expr: `redis_blocked_clients${own}`, legend: 'blocked {{instance}}' },
        { expr: `redis_slowlog_length${own}`, legend: 'slow log {{instance}}' },
      ],
      min: 0,
      width: 6,
    }),
  ];
}

function replication(own: string, target: `{${string}}`) {
  return [
    series({
      title: 'Replication',
      description: 'Replicas as Redis counts them and as the probe read them from ROLE.',
      queries: [
        { expr: `redis_connected_slaves${own}`, legend: 'replicas {{instance}}' },
        { expr: freshProbe('probe_redis_connected_replicas', target), legend: 'seen by the probe' },
      ],
      min: 0,
      decimals: 0,
      width: 6,
    }),
    series({
      title: 'Replication lag',
      description:
        'Largest distance in bytes between the primary and a replica, from ROLE. Unknown without replicas.',
      queries: [
        {
          expr: freshProbe('probe_redis_replication_offset_lag_bytes', target),
          legend: '{{instance}}',
        },
      ],
      unit: 'bytes',
      min: 0,
      width: 6,
    }),
  ];
}
