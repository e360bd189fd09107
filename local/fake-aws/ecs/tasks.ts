// ListTasks, DescribeTasks and DescribeTaskDefinition.
import type { Context } from '../call/context.ts';
import { hexOf } from '../metrics/seed.ts';
import { arnOf, nameOf } from '../model/arn.ts';
import { digestOf } from '../model/definitions.ts';
import { desiredStatusOf, interfaceIdOf, isVisible, lastStatusOf } from '../model/task.ts';
import type { Cluster, ContainerSpec, Task, TaskDefinition } from '../model/types.ts';
import { AwsError, invalidParameter } from '../wire/errors.ts';
import { readText, requireText } from '../wire/input.ts';
import { stampIfPast, Timestamp } from '../wire/timestamp.ts';
import {
  arnPage,
  describedNames,
  includes,
  missingFailure,
  requestedCluster,
  requestedService,
  tagList,
} from './listing.ts';

/** ListTasks: 100 a page, wanted tasks unless `desiredStatus` is STOPPED. */
export function listTasks(context: Context): object {
  const cluster = requestedCluster(context);
  const { input } = context.call;
  const { now } = context.view;
  const wanted = readText(input, 'desiredStatus') ?? 'RUNNING';
  if (wanted !== 'RUNNING' && wanted !== 'STOPPED' && wanted !== 'PENDING') {
    throw invalidParameter(`Invalid desiredStatus: ${wanted}`);
  }
  const arns = candidates(context, cluster)
    .filter((task) => isVisible(task, now) && desiredStatusOf(task, now) === wanted)
    .filter((task) => matches(task, context))
    .map((task) => task.arn);
  const page = arnPage(context, arns, { usual: 100, most: 100 });
  return { taskArns: page.arns, nextToken: page.nextToken };
}

function candidates(context: Context, cluster: Cluster): readonly Task[] {
  const serviceName = readText(context.call.input, 'serviceName');
  if (serviceName === undefined) return [...cluster.tasks.values()];
  return requestedService(context, cluster, serviceName).tasks;
}

function matches(task: Task, { call }: Context): boolean {
  const family = readText(call.input, 'family');
  const startedBy = readText(call.input, 'startedBy');
  return (
    (family === undefined || task.definition.family === family) &&
    (startedBy === undefined || task.deploymentId === startedBy)
  );
}

/** DescribeTasks: at most 100; a task that stopped more than an hour ago is MISSING. */
export function describeTasks(context: Context): object {
  const cluster = requestedCluster(context);
  const { now } = context.view;
  const found = describedNames(context, 'tasks', 100).map((name) => {
    const task = cluster.tasks.get(nameOf(name));
    return { name, task: task !== undefined && isVisible(task, now) ? task : undefined };
  });
  return {
    tasks: found.flatMap(({ task }) =>
      task === undefined ? [] : [describe(context, cluster, task)],
    ),
    failures: found.flatMap(({ name, task }) => {
      if (task !== undefined) return [];
      const arn = arnOf(context.region, 'ecs', `task/${cluster.name}/${name}`);
      return [missingFailure(name.startsWith('arn:') ? name : arn)];
    }),
  };
}

function describe(context: Context, cluster: Cluster, task: Task): object {
  const { now } = context.view;
  const { stop, definition } = task;
  const stopping = stop !== undefined && now >= stop.stoppingAt ? stop : undefined;
  const service = cluster.services.get(task.serviceName ?? '');
  const capacityProvider = service?.capacityProvider;
  const tagged = service?.propagateTags === 'SERVICE' && includes(context, 'TAGS');
  return {
    taskArn: task.arn,
    clusterArn: cluster.arn,
    taskDefinitionArn: definition.arn,
    group:
      task.serviceName === undefined
        ? `family:${definition.family}`
        : `service:${task.serviceName}`,
    startedBy: task.deploymentId,
    launchType: 'FARGATE',
    capacityProviderName: capacityProvider,
    platformVersion: '1.4.0',
    platformFamily: 'Linux',
    availabilityZone: task.zone,
    cpu: String(definition.cpu),
    memory: String(definition.memory),
    connectivity: 'CONNECTED',
    lastStatus: lastStatusOf(task, now),
    desiredStatus: desiredStatusOf(task, now),
    healthStatus: stopping === undefined ? task.health : 'UNKNOWN',
    createdAt: new Timestamp(task.createdAt),
    pullStartedAt: stampIfPast(task.pullStartedAt, now),
    pullStoppedAt: stampIfPast(task.pullStoppedAt, now),
    startedAt: stampIfPast(task.startedAt, now),
    stoppingAt: stampIfPast(stop?.stoppingAt, now),
    executionStoppedAt: stampIfPast(stop?.executionStoppedAt, now),
    stoppedAt: stampIfPast(stop?.stoppedAt, now),
    stopCode: stopping?.code,
    stoppedReason: stopping?.reason,
    containers: definition.containers.map((container) => describeContainer(task, container, now)),
    ephemeralStorage: { sizeInGiB: 20 },
    fargateEphemeralStorage: { sizeInGiB: 20 },
    attachments: [describeInterface(task)],
    tags: tagged ? tagList(service.tags) : [],
    version: 1,
  };
}

function describeInterface(task: Task): object {
  const details = {
    subnetId: `subnet-${hexOf(task.zone, 17)}`,
    networkInterfaceId: interfaceIdOf(task),
    privateIPv4Address: task.address,
  };
  return {
    id: hexOf(`${task.id} attachment`, 32),
    type: 'ElasticNetworkInterface',
    status: 'ATTACHED',
    details: Object.entries(details).map(([name, value]) => ({ name, value })),
  };
}

function describeContainer(task: Task, container: ContainerSpec, now: number): object {
  const { stop } = task;
  const ended = stop !== undefined && now >= stop.executionStoppedAt ? stop : undefined;
  const pulled = task.pullStoppedAt !== undefined && now >= task.pullStoppedAt;
  const exit = ended?.exits.get(container.name) ?? {};
  const id = hexOf(`${task.id} ${container.name}`, 32);
  return {
    containerArn: `${task.arn.replace(':task/', ':container/')}/${id}`,
    taskArn: task.arn,
    name: container.name,
    image: container.image,
    imageDigest: pulled ? digestOf(container.image) : undefined,
    runtimeId: pulled ? `${task.id}-${id.slice(0, 10)}` : undefined,
    lastStatus: containerStatus(task, now),
    exitCode: exit.exitCode,
    reason: exit.reason,
    healthStatus: ended === undefined ? task.health : 'UNKNOWN',
    networkInterfaces: [],
    cpu: '0',
  };
}

function containerStatus(task: Task, now: number): 'PENDING' | 'RUNNING' | 'STOPPED' {
  if (task.stop !== undefined && now >= task.stop.executionStoppedAt) return 'STOPPED';
  return task.startedAt !== undefined && now >= task.startedAt ? 'RUNNING' : 'PENDING';
}

/** DescribeTaskDefinition: a family (its last revision), `family:revision` or an ARN. @throws AwsError for one that is unknown. */
export function describeTaskDefinition({ call, region }: Context): object {
  const named = nameOf(requireText(call.input, 'taskDefinition'));
  const [family = '', revision] = named.split(':');
  const revisions = region.definitions.get(family) ?? [];
  const definition =
    revision === undefined
      ? revisions.at(-1)
      : revisions.find((item) => String(item.revision) === revision);
  if (definition === undefined) {
    throw new AwsError({ code: 'ClientException' }, 'Unable to describe task definition.');
  }
  return { taskDefinition: definitionShape(definition), tags: [] };
}

function definitionShape(definition: TaskDefinition): object {
  return {
    taskDefinitionArn: definition.arn,
    family: definition.family,
    revision: definition.revision,
    status: 'ACTIVE',
    networkMode: 'awsvpc',
    cpu: String(definition.cpu),
    memory: String(definition.memory),
    requiresCompatibilities: ['FARGATE'],
    compatibilities: ['EC2', 'FARGATE'],
    runtimePlatform: { cpuArchitecture: 'X86_64', operatingSystemFamily: 'LINUX' },
    registeredAt: new Timestamp(definition.registeredAt),
    volumes: [],
    containerDefinitions: definition.containers.map((container) => ({
      name: container.name,
      image: container.image,
      cpu: 0,
      essential: container.essential ?? true,
      portMappings: [],
      mountPoints: [],
      volumesFrom: [],
      ...(container.healthCheck !== undefined && {
        healthCheck: { command: container.healthCheck, interval: 30, timeout: 5, retries: 3 },
      }),
      environment: Object.entries(container.environment ?? {}).map(([name, value]) => ({
        name,
        value,
      })),
    })),
  };
}
