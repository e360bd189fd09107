// ListServiceDeployments, DescribeServiceDeployments and DescribeServiceRevisions.
import type { Context } from '../call/context.ts';
import { takePage } from '../call/paging.ts';
import { arnOf, nameOf } from '../model/arn.ts';
import { digestOf } from '../model/definitions.ts';
import { circuitBreakerThreshold } from '../model/rollout.ts';
import { begun, countTasks, desiredCountAt, rolloutStateOf } from '../model/service.ts';
import type { Deployment, Service } from '../model/types.ts';
import { invalidParameter } from '../wire/errors.ts';
import { readNumber, readText, readTexts, requireText } from '../wire/input.ts';
import { stampIfPast, Timestamp } from '../wire/timestamp.ts';
import { stageAt } from './lifecycle-stages.ts';
import { describedNames, missingFailure, requestedCluster, requestedService } from './listing.ts';

/** The ARN of a deployment. */
export function deploymentArn(service: Service, deployment: Deployment): string {
  return subArn('service-deployment', service, deployment);
}

/** The ARN of the revision that a deployment rolls out. */
export function revisionArn(service: Service, deployment: Deployment): string {
  return subArn('service-revision', service, deployment);
}

function subArn(kind: string, { cluster, name }: Service, deployment: Deployment): string {
  return arnOf(cluster.region, 'ecs', `${kind}/${cluster.name}/${name}/${nameOf(deployment.id)}`);
}

/** ListServiceDeployments: newest first, 100 a page. */
export function listServiceDeployments(context: Context): object {
  const cluster = requestedCluster(context);
  const { input } = context.call;
  const service = requestedService(context, cluster, requireText(input, 'service'));
  const { now } = context.view;
  const wanted = readTexts(input, 'status');
  const deployments = begun(service, now).filter(
    (deployment) => wanted?.includes(statusOf(service, deployment, now)) ?? true,
  );
  const size = readNumber(input, 'maxResults') ?? 100;
  const { pageSize = size } = context.directives;
  const page = takePage(deployments, {
    keyOf: ({ createdAt }) => String(9e15 - Math.round(createdAt * 1000)),
    token: readText(input, 'nextToken'),
    size: Math.min(size, pageSize),
    invalidToken: () => invalidParameter('Invalid token.'),
  });
  return {
    serviceDeployments: page.items.map((deployment) => ({
      ...summary(service, deployment, now),
      targetServiceRevisionArn: revisionArn(service, deployment),
    })),
    nextToken: page.nextToken,
  };
}

/** DescribeServiceDeployments: at most 20. */
export function describeServiceDeployments(context: Context): object {
  const arns = describedNames(context, 'serviceDeploymentArns', 20);
  const { now } = context.view;
  const found = arns.map((arn) => ({ arn, hit: findByArn(context, arn, deploymentArn) }));
  return {
    serviceDeployments: found.flatMap(({ hit }) =>
      hit === undefined ? [] : [describe(hit.service, hit.deployment, now)],
    ),
    failures: found.flatMap(({ arn, hit }) => (hit === undefined ? [missingFailure(arn)] : [])),
  };
}

/** DescribeServiceRevisions: at most 20; the only call that shows the metric resolution of a service. */
export function describeServiceRevisions(context: Context): object {
  const arns = describedNames(context, 'serviceRevisionArns', 20);
  const found = arns.map((arn) => ({ arn, hit: findByArn(context, arn, revisionArn) }));
  return {
    serviceRevisions: found.flatMap(({ hit }) => (hit === undefined ? [] : [revision(hit)])),
    failures: found.flatMap(({ arn, hit }) => (hit === undefined ? [missingFailure(arn)] : [])),
  };
}

type Hit = { readonly service: Service; readonly deployment: Deployment };

function findByArn(
  { region, view }: Context,
  arn: string,
  name: (service: Service, deployment: Deployment) => string,
): Hit | undefined {
  const [, clusterName = '', serviceName = ''] = arn.split('/');
  const service = region.clusters.get(clusterName)?.services.get(serviceName);
  if (service === undefined) return undefined;
  const deployment = begun(service, view.now).find((item) => name(service, item) === arn);
  return deployment === undefined ? undefined : { service, deployment };
}

function revision({ service, deployment }: Hit): object {
  const { definition, createdAt } = deployment;
  const metricNames = ['CPUUtilization', 'MemoryUtilization'];
  return {
    serviceRevisionArn: revisionArn(service, deployment),
    serviceArn: service.arn,
    clusterArn: service.cluster.arn,
    taskDefinition: definition.arn,
    launchType: 'FARGATE',
    platformVersion: '1.4.0',
    platformFamily: 'Linux',
    containerImages: definition.containers.map(({ name, image }) => ({
      containerName: name,
      image,
      imageDigest: digestOf(image),
    })),
    createdAt: new Timestamp(createdAt),
    monitoring:
      service.resolution === 60
        ? undefined
        : { metricConfigurations: [{ metricNames, resolutionSeconds: service.resolution }] },
  };
}

/** The status under which ECS lists a deployment. */
function statusOf(service: Service, deployment: Deployment, now: number): string {
  const state = rolloutStateOf(deployment, now);
  if (state === 'COMPLETED') return 'SUCCESSFUL';
  const later = begun(service, now).filter((item) => item.createdAt >= deployment.createdAt);
  const rollback = later.find((item) => item.rollbackOf === deployment.id);
  if (rollback !== undefined) {
    return rolloutStateOf(rollback, now) === 'COMPLETED'
      ? 'ROLLBACK_SUCCESSFUL'
      : 'ROLLBACK_IN_PROGRESS';
  }
  if (state === 'FAILED') return 'STOPPED';
  return later.length > 1 ? 'STOPPED' : 'IN_PROGRESS';
}

function summary(service: Service, deployment: Deployment, now: number): object {
  return {
    serviceDeploymentArn: deploymentArn(service, deployment),
    serviceArn: service.arn,
    clusterArn: service.cluster.arn,
    createdAt: new Timestamp(deployment.createdAt),
    startedAt: new Timestamp(deployment.createdAt),
    finishedAt: stampIfPast(deployment.end?.at, now),
    status: statusOf(service, deployment, now),
    statusReason: stampIfPast(deployment.end?.at, now) && deployment.end?.reason,
  };
}

function describe(service: Service, deployment: Deployment, now: number): object {
  const tasks = service.tasks.filter((task) => task.deploymentId === deployment.id);
  const { running, pending } = countTasks(tasks, now);
  const failureCount = deployment.failures.filter((at) => at <= now).length;
  const failed = rolloutStateOf(deployment, now) === 'FAILED';
  const stage = stageAt(service, deployment, now);
  const weights = (share: (percent: number) => number) =>
    stage && {
      requestedTestTrafficWeight: share(stage.test),
      requestedProductionTrafficWeight: share(stage.production),
    };
  const before = begun(service, now).find(({ createdAt }) => createdAt < deployment.createdAt);
  return {
    ...summary(service, deployment, now),
    updatedAt: stampIfPast(deployment.end?.at ?? deployment.createdAt, now),
    targetServiceRevision: {
      arn: revisionArn(service, deployment),
      requestedTaskCount: desiredCountAt(service, now),
      runningTaskCount: running,
      pendingTaskCount: pending,
      ...weights((percent) => percent),
    },
    sourceServiceRevisions:
      before === undefined
        ? []
        : [{ arn: revisionArn(service, before), ...weights((percent) => 100 - percent) }],
    lifecycleStage: stage?.name,
    deploymentCircuitBreaker: {
      status: failed ? 'TRIGGERED' : 'MONITORING',
      failureCount,
      threshold: circuitBreakerThreshold,
    },
  };
}
