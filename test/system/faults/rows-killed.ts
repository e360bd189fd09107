// Functions that are killed at each stage, as Lambda ends them: by time, by memory, or because a host is gone.
import type { ProcessRow } from './row.ts';

const shows = { Errors: 'killed' } as const;
const noMeasurement = 'a measurement that was not stored cannot be made later';
const nextTick = 'the next tick measures again';
const fromQueue = 'the message is not acknowledged: it comes again and is delivered';
const nextPass = 'the next pass reads again from its watermark';

const web = { kind: 'process', component: 'web-probe', name: 'web-probe', shows } as const;
const redis = { kind: 'process', component: 'redis-probe', name: 'redis-probe', shows } as const;
const deliver = { kind: 'process', component: 'deliver', name: 'deliver', shows } as const;
const janitor = { kind: 'process', component: 'janitor', name: 'janitor', shows } as const;
const nextRound = 'the next round deletes what is left';
const bridge = { kind: 'process', component: 'ecs-bridge', name: 'ecs-bridge', shows } as const;

/** The rows. */
export const killedRows: readonly ProcessRow[] = [
  {
    ...web,
    fault: 'is killed while it probes',
    kill: ['web', { when: 'arrived' }],
    lost: 1,
    because: noMeasurement,
    recovery: nextTick,
  },
  {
    ...web,
    fault: 'is killed when its target has answered',
    kill: ['web', { when: 'done' }],
    lost: 1,
    because: noMeasurement,
    recovery: nextTick,
  },
  {
    ...web,
    fault: 'is killed while it pushes',
    kill: ['gateway', { when: 'arrived', method: 'PUT' }],
    lost: 1,
    because: noMeasurement,
    recovery: nextTick,
  },
  {
    ...web,
    fault: 'is killed when its result is stored, before it is answered',
    kill: ['gateway', { when: 'done', method: 'PUT' }],
    shows: { Errors: 'killed', probe_success: 1 },
    lost: 0,
    recovery: nextTick,
  },
  {
    ...redis,
    fault: 'is killed while it says hello',
    kill: ['redis', { when: 'arrived', path: 'HELLO' }],
    lost: 1,
    because: noMeasurement,
    recovery: nextTick,
  },
  {
    ...redis,
    fault: 'is killed when its key is written and not yet deleted',
    kill: ['redis', { when: 'done', path: 'SET' }],
    lost: 1,
    because: noMeasurement,
    recovery: 'the next tick measures again with another key; the old one expires',
  },
  {
    ...redis,
    fault: 'is killed while it pushes',
    kill: ['gateway', { when: 'arrived', method: 'PUT' }],
    lost: 1,
    because: noMeasurement,
    recovery: nextTick,
  },
  {
    ...redis,
    fault: 'is killed when its result is stored, before it is answered',
    kill: ['gateway', { when: 'done', method: 'PUT' }],
    shows: { Errors: 'killed', probe_success: 1 },
    lost: 0,
    recovery: nextTick,
  },
  {
    ...deliver,
    fault: 'is killed while it reads what the Pushgateway holds',
    kill: ['gateway', { when: 'arrived', method: 'GET' }],
    lost: 0,
    recovery: fromQueue,
  },
  {
    ...deliver,
    fault: 'is killed while it pushes',
    kill: ['gateway', { when: 'arrived', method: 'PUT' }],
    lost: 0,
    recovery: fromQueue,
  },
  {
    ...deliver,
    fault: 'is killed when a group is stored, before it is answered',
    kill: ['gateway', { when: 'done', method: 'PUT' }],
    lost: 0,
    recovery: 'the message comes again and changes nothing',
  },
  {
    ...deliver,
    fault: 'is killed while it writes samples',
    kill: ['prometheus', { when: 'arrived' }],
    lost: 0,
    recovery: fromQueue,
  },
  {
    ...deliver,
    fault: 'is killed when samples are stored, before it is answered',
    kill: ['prometheus', { when: 'done' }],
    lost: 0,
    recovery: 'the message comes again and changes nothing',
  },
  {
    ...deliver,
    fault: 'is killed while it pushes its own metrics',
    kill: ['gateway', { when: 'arrived', method: 'PUT', path: 'fargaze-deliver' }],
    lost: 0,
    recovery: 'the message comes again and changes nothing',
  },
  {
    ...deliver,
    fault: 'has too little memory for what it reads',
    node: ['--max-old-space-size=8', '--max-semi-space-size=1'],
    filler: 40_000,
    lost: 0,
    recovery: fromQueue,
  },
  {
    ...bridge,
    fault: 'is killed while it reads the ECS API',
    kill: ['aws', { when: 'arrived' }],
    lost: 0,
    recovery: nextPass,
  },
  {
    ...bridge,
    fault: 'is killed when CloudWatch has answered',
    kill: ['aws', { when: 'done', path: 'GetMetricData' }],
    lost: 0,
    recovery: nextPass,
  },
  {
    ...bridge,
    fault: 'is killed while it writes points',
    kill: ['prometheus', { when: 'arrived', path: 'write' }],
    lost: 0,
    recovery: nextPass,
  },
  {
    ...bridge,
    fault: 'is killed when points are stored, before it is answered',
    kill: ['prometheus', { when: 'done', path: 'write' }],
    lost: 0,
    recovery: 'the next pass writes the same points again, which changes nothing',
  },
  {
    ...bridge,
    fault: 'is killed while it pushes what it read of ECS',
    kill: ['gateway', { when: 'arrived', method: 'PUT' }],
    lost: 0,
    recovery: 'the next run reads the ECS API again',
  },
  {
    ...janitor,
    fault: 'is killed while it reads the groups',
    kill: ['gateway', { when: 'arrived', method: 'GET' }],
    lost: 0,
    recovery: nextRound,
  },
  {
    ...janitor,
    fault: 'is killed while it deletes',
    kill: ['gateway', { when: 'arrived', method: 'DELETE' }],
    lost: 0,
    recovery: nextRound,
  },
  {
    ...janitor,
    fault: 'is killed when a group is deleted, before it is answered',
    kill: ['gateway', { when: 'done', method: 'DELETE' }],
    lost: 0,
    recovery: nextRound,
  },
  {
    ...janitor,
    fault: 'is killed when all is deleted, while it forgets what it has seen',
    kill: ['gateway', { when: 'arrived', method: 'DELETE', path: 'fargaze-janitor' }],
    lost: 0,
    recovery: nextRound,
  },
];
