// What EventBridge sends about the simulated clusters in a span of time: stopped tasks, deployments and service actions, in
// the shape of docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs_cwe_events.html. The same event has the same id always.
import type { EpochSeconds } from '../../../layers/core/src/clock.ts';
import { hexOf } from '../metrics/seed.ts';
import type { Cluster, Deployment, Service, ServiceEvent, Task, World } from './types.ts';

/** From `from`, which is not in it, to `to`, which is. */
export type EventSpan = { readonly from: EpochSeconds; readonly to: EpochSeconds };

/** An event as EventBridge hands it over. */
export type BusEvent = {
  readonly id: string;
  readonly 'detail-type': string;
  readonly time: string;
  readonly detail: Readonly<Record<string, unknown>>;
  readonly [key: string]: unknown;
};

/** The events of every account and region, oldest first. */
export function busEvents(world: World, { from, to }: EventSpan): BusEvent[] {
  const within = (at: EpochSeconds | undefined) => at !== undefined && at > from && at <= to;
  const regions = [...world.accounts.values()].flatMap(({ regions }) => [...regions.values()]);
  return regions
    .flatMap(({ clusters }) => [...clusters.values()])
    .flatMap((cluster) => [
      ...[...cluster.tasks.values()]
        .filter(({ stop }) => within(stop?.stoppedAt))
        .map((task) => taskEvent(cluster, task)),
      ...[...cluster.services.values()].flatMap((service) => [
        ...service.deployments.flatMap((one) => deploymentEvents(service, one, within)),
        ...service.events.filter(({ at }) => within(at)).flatMap((one) => action(service, one)),
      ]),
    ])
    .sort((a, b) => (a.time < b.time ? -1 : 1));
}

type Told = {
  readonly type: string;
  readonly at: EpochSeconds;
  readonly arn: string;
  readonly detail: Readonly<Record<string, unknown>>;
};

function busEvent({ region }: Cluster, { arn, at, detail, type }: Told): BusEvent {
  const key = hexOf(`${arn} ${type} ${at} ${String(detail.eventName)}`, 32);
  return {
    version: '0',
    id: key.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-'),
    'detail-type': type,
    source: 'aws.ecs',
    account: region.account.id,
    time: iso(at).replace(/\.\d+Z$/, 'Z'),
    region: region.name,
    resources: [arn],
    detail,
  };
}

function taskEvent(cluster: Cluster, task: Task): BusEvent {
  const { definition, stop } = task;
  const at = stop?.stoppedAt ?? 0;
  const group =
    task.serviceName === undefined ? `family:${definition.family}` : `service:${task.serviceName}`;
  const detail = {
    availabilityZone: task.zone,
    clusterArn: cluster.arn,
    connectivity: 'CONNECTED',
    containers: definition.containers.map(({ image, name }) => ({
      containerArn: `${task.arn.replace(':task/', ':container/')}/${hexOf(`${task.id} ${name}`, 32)}`,
      taskArn: task.arn,
      lastStatus: 'STOPPED',
      name,
      image,
      ...stop?.exits.get(name),
    })),
    createdAt: iso(task.createdAt),
    desiredStatus: 'STOPPED',
    group,
    lastStatus: 'STOPPED',
    launchType: 'FARGATE',
    stopCode: stop?.code,
    stoppedReason: stop?.reason,
    stoppedAt: iso(at),
    stoppingAt: iso(stop?.stoppingAt ?? at),
    taskArn: task.arn,
    taskDefinitionArn: definition.arn,
    updatedAt: iso(at),
    version: 6,
  };
  return busEvent(cluster, { type: 'ECS Task State Change', at, arn: task.arn, detail });
}

function deploymentEvents(
  { arn, cluster }: Service,
  { createdAt, end, id }: Deployment,
  within: (at: EpochSeconds | undefined) => boolean,
): BusEvent[] {
  const event = (at: EpochSeconds, state: string, reason: string) => {
    const eventType = state === 'FAILED' ? 'ERROR' : 'INFO';
    const eventName = `SERVICE_DEPLOYMENT_${state}`;
    const detail = { eventType, eventName, deploymentId: id, updatedAt: iso(at), reason };
    return busEvent(cluster, { type: 'ECS Deployment State Change', at, arn, detail });
  };
  return [
    ...(within(createdAt)
      ? [event(createdAt, 'IN_PROGRESS', `ECS deployment ${id} in progress.`)]
      : []),
    ...(end !== undefined && within(end.at) ? [event(end.at, end.state, end.reason)] : []),
  ];
}

const actions: readonly (readonly [RegExp, string, string])[] = [
  [/has reached a steady state/, 'INFO', 'SERVICE_STEADY_STATE'],
  [/unable to place a task/, 'ERROR', 'SERVICE_TASK_PLACEMENT_FAILURE'],
];

function action({ arn, cluster }: Service, { at, message }: ServiceEvent): BusEvent[] {
  const [, eventType, eventName] = actions.find(([pattern]) => pattern.test(message)) ?? [];
  if (eventName === undefined) return [];
  const detail = { eventType, eventName, clusterArn: cluster.arn, createdAt: iso(at) };
  return [busEvent(cluster, { type: 'ECS Service Action', at, arn, detail })];
}

function iso(seconds: EpochSeconds): string {
  return new Date(seconds * 1000).toISOString();
}
