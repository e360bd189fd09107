// ListServices and DescribeServices.
import type { Context } from '../call/context.ts';
import { nameOf, serviceArn, targetGroupArnOf } from '../model/arn.ts';
import {
  countTasks,
  desiredCountAt,
  rolloutStateOf,
  statusOf,
  visibleDeployments,
} from '../model/service.ts';
import type { Cluster, Deployment, Service } from '../model/types.ts';
import { stampIfPast, Timestamp } from '../wire/timestamp.ts';
import {
  arnPage,
  describedNames,
  includes,
  missingFailure,
  requestedCluster,
  tagList,
} from './listing.ts';
import { deploymentArn, revisionArn } from './service-deployments.ts';
import { byTaskSets, launchOf } from './task-sets.ts';

/** ListServices: 10 a page unless asked otherwise, 100 at most; only active services. */
export function listServices(context: Context): object {
  const cluster = requestedCluster(context);
  const { now } = context.view;
  const arns = [...cluster.services.values()]
    .filter((service) => service.createdAt <= now && statusOf(service, now) === 'ACTIVE')
    .map((service) => service.arn);
  const page = arnPage(context, arns, { usual: 10, most: 100 });
  return { serviceArns: page.arns, nextToken: page.nextToken };
}

/** DescribeServices: at most 10; deleted services are shown as DRAINING or INACTIVE. */
export function describeServices(context: Context): object {
  const cluster = requestedCluster(context);
  const names = describedNames(context, 'services', 10);
  const found = names.map((name) => ({ name, service: findNamed(context, cluster, name) }));
  return {
    services: found.flatMap(({ service }) =>
      service === undefined ? [] : [describe(context, service)],
    ),
    failures: found.flatMap(({ name, service }) => {
      if (service !== undefined) return [];
      return [missingFailure(name.startsWith('arn:') ? name : serviceArn(cluster, name))];
    }),
  };
}

function findNamed({ view }: Context, cluster: Cluster, named: string): Service | undefined {
  const service = cluster.services.get(nameOf(named));
  if (service === undefined || service.createdAt > view.now) return undefined;
  return named.startsWith('arn:') && named !== service.arn ? undefined : service;
}

function describe(context: Context, service: Service): object {
  const { now } = context.view;
  const counts = countTasks(service.tasks, now);
  return {
    serviceArn: service.arn,
    serviceName: service.name,
    clusterArn: service.cluster.arn,
    status: statusOf(service, now),
    desiredCount: desiredCountAt(service, now),
    runningCount: counts.running,
    pendingCount: counts.pending,
    ...(service.controller === 'ECS' ? rolledOut(service, now) : byTaskSets(service, now)),
    loadBalancers: balancersOf(service),
    serviceRegistries: [],
    events: events(service, now),
    createdAt: new Timestamp(service.createdAt),
    schedulingStrategy: service.scheduling,
    deploymentController: { type: service.controller },
    enableECSManagedTags: false,
    propagateTags: service.propagateTags,
    enableExecuteCommand: false,
    tags: includes(context, 'TAGS') ? tagList(service.tags) : [],
  };
}

/** What a service has whose deployments are ECS's own. */
function rolledOut(service: Service, now: number): object {
  const deployments = visibleDeployments(service, now);
  const [primary] = deployments;
  return {
    ...launchOf(service),
    platformVersion: 'LATEST',
    platformFamily: 'Linux',
    taskDefinition: primary?.definition.arn,
    deploymentConfiguration: {
      deploymentCircuitBreaker: { enable: true, rollback: true },
      maximumPercent: 200,
      minimumHealthyPercent: 100,
      strategy: service.strategy,
    },
    deployments: deployments.map((deployment) => describeDeployment(service, deployment, now)),
    currentServiceDeployment: primary === undefined ? undefined : deploymentArn(service, primary),
    currentServiceRevisions: deployments.map((deployment) => ({
      arn: revisionArn(service, deployment),
      requestedTaskCount: requestedCount(service, deployment, now),
      ...revisionCounts(service, deployment, now),
    })),
  };
}

function balancersOf(service: Service): readonly object[] {
  if (service.balancer === undefined) return [];
  const targetGroupArn = targetGroupArnOf(service);
  return [{ targetGroupArn, containerName: service.name, containerPort: 8080 }];
}

function connectOf({ connect, name }: Service): object {
  if (connect === undefined) return {};
  const services = [{ portName: name, clientAliases: [connect] }];
  return { serviceConnectConfiguration: { enabled: true, namespace: 'local', services } };
}

function events(service: Service, now: number): readonly object[] {
  return (
    service.events
      .filter((event) => event.at <= now)
      // Of two at the same instant the one that was added later is the newer.
      .reverse()
      .sort((left, right) => right.at - left.at)
      .slice(0, 100)
      .map(({ at, message }, index) => ({
        id: `${service.name}-${at}-${index}`,
        createdAt: new Timestamp(at),
        message,
      }))
  );
}

function describeDeployment(service: Service, deployment: Deployment, now: number): object {
  const tasks = service.tasks.filter((task) => task.deploymentId === deployment.id);
  const counts = countTasks(tasks, now);
  const state = rolloutStateOf(deployment, now);
  const ended = state === 'IN_PROGRESS' ? undefined : deployment.end;
  return {
    id: deployment.id,
    status: isPrimary(service, deployment, now) ? 'PRIMARY' : 'ACTIVE',
    taskDefinition: deployment.definition.arn,
    desiredCount: requestedCount(service, deployment, now),
    pendingCount: counts.pending,
    runningCount: counts.running,
    failedTasks: deployment.failures.filter((at) => at <= now).length,
    createdAt: new Timestamp(deployment.createdAt),
    updatedAt: stampIfPast(ended?.at ?? deployment.createdAt, now),
    ...launchOf(service),
    platformVersion: '1.4.0',
    platformFamily: 'Linux',
    rolloutState: state,
    ...connectOf(service),
    rolloutStateReason: ended?.reason ?? `ECS deployment ${deployment.id} in progress.`,
  };
}

function isPrimary(service: Service, deployment: Deployment, now: number): boolean {
  return visibleDeployments(service, now)[0] === deployment;
}

/** ECS wants the whole service from the primary deployment and nothing from the others. */
function requestedCount(service: Service, deployment: Deployment, now: number): number {
  return isPrimary(service, deployment, now) ? desiredCountAt(service, now) : 0;
}

function revisionCounts(service: Service, deployment: Deployment, now: number): object {
  const tasks = service.tasks.filter((task) => task.deploymentId === deployment.id);
  const { running, pending } = countTasks(tasks, now);
  return { runningTaskCount: running, pendingTaskCount: pending };
}
