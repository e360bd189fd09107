// Probes whose surroundings fail: targets, the Pushgateway that they push to directly, DNS, their configuration and events.
import type { ProcessRow } from './row.ts';

const web = { kind: 'process', component: 'web-probe', name: 'web-probe' } as const;
const redis = { kind: 'process', component: 'redis-probe', name: 'redis-probe' } as const;
const down = (phase: string, reason: string) => ({
  probe_success: 0,
  [`probe_failure_info{phase="${phase}",reason="${reason}"}`]: 1,
});
const nextTick = 'the next tick finds it up';
const direct = 'a probe that pushes by itself has no queue that keeps its result';
const noQueue = { shows: { Errors: 'DeliveryError' }, lost: 1, because: direct } as const;
const nextResult = 'the next tick pushes again';
const refused = {
  shows: { Errors: 'ConfigError' },
  lost: 1,
  because: 'nothing is probed',
} as const;

/** The rows. */
export const probeRows: readonly ProcessRow[] = [
  {
    ...web,
    fault: 'its target is down',
    breaks: ['web', { kind: 'down' }],
    shows: down('connect', 'refused'),
    lost: 0,
    recovery: nextTick,
  },
  {
    ...web,
    fault: 'its target hangs',
    breaks: ['web', { kind: 'hangs' }],
    shows: down('processing', 'timeout'),
    lost: 0,
    recovery: nextTick,
  },
  {
    ...web,
    fault: 'its target resets connections',
    breaks: ['web', { kind: 'resets' }],
    shows: down('processing', 'reset'),
    lost: 0,
    recovery: nextTick,
  },
  {
    ...web,
    fault: 'its target answers 500',
    breaks: ['web', { kind: 'answers', status: 500 }],
    shows: { probe_success: 0, probe_http_status_code: 500 },
    lost: 0,
    recovery: nextTick,
  },
  {
    ...web,
    fault: 'pushes by itself, and the Pushgateway is down',
    ...noQueue,
    breaks: ['gateway', { kind: 'down' }],
    says: 'ECONNREFUSED',
    recovery: nextResult,
  },
  {
    ...web,
    fault: 'pushes by itself, and the Pushgateway hangs',
    ...noQueue,
    breaks: ['gateway', { kind: 'hangs' }],
    seconds: 7,
    says: 'timeout',
    recovery: nextResult,
  },
  {
    ...web,
    fault: 'pushes by itself, and the Pushgateway redirects (301)',
    ...noQueue,
    breaks: ['gateway', { kind: 'answers', status: 301, headers: { location: '/elsewhere' } }],
    says: 'status 301 (a redirect to ',
    recovery: nextResult,
  },
  {
    ...web,
    fault: 'pushes by itself, and the Pushgateway answers 400',
    ...noQueue,
    breaks: ['gateway', { kind: 'answers', status: 400, body: 'no such format' }],
    says: 'status 400, want 200 or 202: no such format',
    recovery: nextResult,
  },
  {
    ...web,
    fault: 'has no DNS: no resolver answers',
    env: { FARGAZE_DNS_SERVERS: '127.0.0.1:9' },
    shows: down('resolve', 'dns_failure'),
    lost: 0,
    recovery: nextTick,
  },
  {
    ...web,
    fault: 'a sink that does not exist is configured',
    ...refused,
    env: { FARGAZE_SINK: 'pushgatway' },
    says: 'did you mean',
    recovery: 'once it is right, the next tick probes',
  },
  {
    ...web,
    fault: 'the address of the Pushgateway is none',
    ...refused,
    env: { FARGAZE_PUSHGATEWAY_URL: 'pushgateway:9091' },
    says: 'FARGAZE_PUSHGATEWAY_URL: got ',
    recovery: 'once it is right, the next tick probes',
  },
  {
    ...web,
    fault: 'its event misspells a key',
    ...refused,
    event: { probez: ['*'] },
    says: 'probez',
    recovery: 'the next event is read for itself',
  },
  {
    ...web,
    fault: 'its event names a probe that is not configured',
    ...refused,
    event: { probes: ['wbe'] },
    says: 'did you mean',
    recovery: 'the next event is read for itself',
  },
  {
    ...web,
    fault: 'its clock is an hour ahead',
    skew: 3_600,
    shows: { probe_success: 1, 'fargaze_probe_timestamp_seconds, hours ahead': 1 },
    lost: 0,
    recovery: 'the next result with a right time replaces it',
  },
  {
    ...redis,
    fault: 'its target is down',
    breaks: ['redis', { kind: 'down' }],
    shows: down('connect', 'refused'),
    lost: 0,
    recovery: nextTick,
  },
  {
    ...redis,
    fault: 'its target hangs',
    breaks: ['redis', { kind: 'hangs' }],
    shows: { probe_success: 0 },
    says: '"reason":"timeout"',
    lost: 0,
    recovery: nextTick,
  },
  {
    ...redis,
    fault: 'its target resets connections',
    breaks: ['redis', { kind: 'resets' }],
    shows: { probe_success: 0 },
    says: '"reason":"reset"',
    lost: 0,
    recovery: nextTick,
  },
  {
    ...redis,
    fault: 'pushes by itself, and the Pushgateway is down',
    ...noQueue,
    breaks: ['gateway', { kind: 'down' }],
    says: 'ECONNREFUSED',
    recovery: nextResult,
  },
];
