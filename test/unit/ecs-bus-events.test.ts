// Events of EventBridge about ECS, in the shapes of docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs_cwe_events.html:
// what is read of them, and why others are refused.
import { type EcsEvent, readEcsEvent } from '../../functions/deliver/ecs-events/event.ts';
import { timedGroup } from '../../functions/deliver/ecs-events/event-samples.ts';

const latest = Date.parse('2026-11-01T10:00:00Z');
const account = '111122223333';
const arn = (path: string) => `arn:aws:ecs:us-west-2:${account}:${path}`;
const envelope = (type: string, resource: string, detail: object) => ({
  version: '0',
  id: 'ddca6449-b258-46c0-8653-e0e3aEXAMPLE',
  'detail-type': type,
  source: 'aws.ecs',
  account,
  time: '2026-11-01T09:58:14Z',
  region: 'us-west-2',
  resources: [arn(resource)],
  detail,
});

const stopDetail = {
  attachments: [{ id: 'a', type: 'eni', status: 'DELETED', details: [] }],
  availabilityZone: 'us-west-2c',
  capacityProviderName: 'FARGATE',
  clusterArn: arn('cluster/prod'),
  connectivity: 'CONNECTED',
  containers: [
    { name: 'app', exitCode: 137, reason: 'OutOfMemoryError: Container killed', cpu: '0' },
    { name: 'sidecar', exitCode: 0, lastStatus: 'STOPPED' },
    { name: 'never', lastStatus: 'STOPPED', exitCode: null },
  ],
  cpu: '1024',
  desiredStatus: 'STOPPED',
  group: 'service:web',
  lastStatus: 'STOPPED',
  overrides: { containerOverrides: [] },
  startedBy: 'ecs-svc/9223370526043414679',
  stoppedAt: '2026-11-01T09:58:12.861Z',
  stopCode: 'EssentialContainerExited',
  stoppedReason: 'Essential container in task exited',
  taskArn: arn('task/prod/c13b4cb40f1f4fe4a2971f76ae5a47ad'),
  taskDefinitionArn: arn('task-definition/web-prod:7'),
  version: 6,
};
const stopped = (change: object = {}) =>
  envelope('ECS Task State Change', 'task/prod/c13b4cb40f1f4fe4a2971f76ae5a47ad', {
    ...stopDetail,
    ...change,
  });

const deployment = envelope('ECS Deployment State Change', 'service/default/servicetest', {
  eventType: 'ERROR',
  eventName: 'SERVICE_DEPLOYMENT_FAILED',
  deploymentId: 'ecs-svc/123',
  updatedAt: '2026-11-01T09:57:11Z',
  reason: 'ECS deployment circuit breaker: task failed to start.',
});
const action = envelope('ECS Service Action', 'service/servicetest', {
  eventType: 'INFO',
  eventName: 'SERVICE_STEADY_STATE',
  clusterArn: arn('cluster/default'),
  createdAt: '2026-11-01T09:57:22.695Z',
});

const place = { region: 'us-west-2', account_id: account };

/** The samples of an event, in words. */
function shown(event: unknown): string[] {
  const { grouping, samples } = timedGroup(readEcsEvent(event as object, latest) as EcsEvent);
  expect(samples.map(({ value }) => value)).toEqual(samples.map(() => 1));
  return samples.map(({ at = 0, labels, metric }) => {
    const { account_id, region, ...own } = labels;
    expect({ account_id, region }).toEqual(place);
    const inner = Object.entries(own).filter(([, value]) => value !== '');
    const second = new Date(Math.floor(at / 1000) * 1000).toISOString().slice(11, 19);
    const [, instance] = grouping.instance.split(`${account}:`);
    return `${instance} ${second} ${metric.slice(10)} ${inner.map((one) => one.join('=')).join(' ')}`;
  });
}

it.each([
  {
    name: 'a task that stopped is a stop, and the exit of each container',
    event: stopped(),
    wanted: [
      'cluster/prod 09:58:12 task_stop stop_code=EssentialContainerExited cluster=prod service=web',
      'cluster/prod 09:58:12 container_exit container_name=app reason=oom_killed exit_code=137 cluster=prod service=web',
      'cluster/prod 09:58:12 container_exit container_name=sidecar reason=essential_exited exit_code=0 cluster=prod service=web',
      'cluster/prod 09:58:12 container_exit container_name=never reason=essential_exited cluster=prod service=web',
    ],
  },
  {
    name: 'a task without a service is its family, whatever its group is called',
    event: stopped({ group: 'my nightly jobs', containers: [], stoppedAt: undefined }),
    wanted: [
      'cluster/prod 09:58:14 task_stop stop_code=EssentialContainerExited cluster=prod family=web-prod',
    ],
  },
  {
    name: 'a deployment that failed names its cluster by the ARN of the service',
    event: deployment,
    wanted: [
      'cluster/default 09:57:11 service event_name=SERVICE_DEPLOYMENT_FAILED event_type=ERROR cluster=default service=servicetest',
    ],
  },
  {
    name: 'an action of a service with an ARN of the older form',
    event: action,
    wanted: [
      'cluster/default 09:57:22 service event_name=SERVICE_STEADY_STATE event_type=INFO cluster=default service=servicetest',
    ],
  },
])('$name', ({ event, wanted }) => {
  expect(shown(event)).toEqual(wanted);
});

it('a task that has not stopped is nothing to deliver', () => {
  expect(readEcsEvent(stopped({ lastStatus: 'RUNNING' }), latest)).toBe('unimportant');
});

it('the same event has the same time to the millisecond, another one of the same second another', () => {
  const at = (event: object) =>
    timedGroup(readEcsEvent(event, latest) as EcsEvent).samples.map((sample) => sample.at)[0];
  const again = { ...stopped(), time: '2026-11-01T09:59:59Z' };
  expect(at(again)).toBe(at(stopped()));
  const times = Array.from({ length: 20 }, (_, index) =>
    at({ ...stopped(), id: `event-${index}` }),
  );
  expect(new Set(times).size).toBeGreaterThan(15);
});

const long = 'x'.repeat(10_000);
it.each([
  { event: { ...stopped(), source: 'my.app' }, refusal: 'source: got "my.app", want aws.ecs' },
  {
    event: { ...stopped(), 'detail-type': 'ECS Container Instance State Change' },
    refusal: /^detail-type: got "ECS Container Instance State Change", want ECS Task State Change/,
  },
  { event: { ...stopped(), detail: 'x' }, refusal: 'detail: got "x", want a mapping' },
  { event: { ...stopped(), detail: undefined }, refusal: 'detail: got nothing, want a mapping' },
  { event: { ...stopped(), id: '' }, refusal: 'id: got "", want an id' },
  { event: { ...stopped(), id: long }, refusal: /^id: got "x{50,60}\.\.\., want an id$/ },
  { event: { ...stopped(), account: 7 }, refusal: 'account: got 7, want an account of 12 digits' },
  { event: { ...stopped(), region: '.*' }, refusal: 'region: got ".*", want a region' },
  {
    event: { ...stopped(), time: '2026-13-01T00:00:00Z' },
    refusal: 'time: got "2026-13-01T00:00:00Z", want a time such as 2026-01-31T12:00:00Z',
  },
  {
    event: stopped({ stoppedAt: '2026-11-01T11:00:01Z' }),
    refusal: 'time: got 2026-11-01T11:00:01.000Z, want a time before the queue took the event',
  },
  {
    event: stopped({ clusterArn: 'arn:aws:ecs:us-west-2:999922223333:cluster/prod' }),
    refusal: /^detail\.clusterArn: got .*, want the ARN of a cluster of account 111122223333/,
  },
  {
    event: stopped({ clusterArn: `${arn('cluster/prod')}\n# TYPE x counter` }),
    refusal: /^detail\.clusterArn: got/,
  },
  {
    event: stopped({ stopCode: 'a b' }),
    refusal: 'detail.stopCode: got "a b", want a code of letters and _',
  },
  {
    event: stopped({ containers: {} }),
    refusal: 'detail.containers: got {}, want a list',
  },
  {
    event: stopped({ containers: ['app'] }),
    refusal: 'detail.containers.0: got "app", want a mapping',
  },
  {
    event: stopped({ containers: [{ name: 'app', exitCode: '1' }] }),
    refusal: 'detail.containers.0.exitCode: got "1", want a whole number',
  },
  {
    event: stopped({ containers: [{ name: 'app' }, { name: 'app' }] }),
    refusal: 'detail.containers.1.name: got "app", want a name that no other container has',
  },
  {
    event: { ...deployment, resources: [] },
    refusal: /^resources\.0: got nothing, want the ARN of a service of account 111122223333/,
  },
  {
    event: { ...deployment, resources: [arn('cluster/default')] },
    refusal: /^resources\.0: got/,
  },
  {
    event: { ...deployment, detail: { eventType: 'INFO' } },
    refusal: 'detail.eventName: got nothing, want a code of letters and _',
  },
])('is refused: $refusal', ({ event, refusal }) => {
  expect(() => readEcsEvent(event, latest)).toThrow(refusal);
});
