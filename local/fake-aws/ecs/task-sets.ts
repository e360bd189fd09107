// Services whose deployments somebody else controls: CODE_DEPLOY and EXTERNAL. They have task sets in place of deployments, and one
// of EXTERNAL says of itself neither what it runs nor on what: its sets do.
import { arnOf, nameOf } from '../model/arn.ts';
import { countTasks, desiredCountAt, visibleDeployments } from '../model/service.ts';
import type { Deployment, Service } from '../model/types.ts';
import { Timestamp } from '../wire/timestamp.ts';

/** What DescribeServices shows of such a service besides its counts. */
export function byTaskSets(service: Service, now: number): object {
  const sets = visibleDeployments(service, now);
  // The definition that the service was made with; its sets have newer ones.
  const made = service.deployments[0]?.definition.arn;
  const own = { ...launchOf(service), platformVersion: 'LATEST', taskDefinition: made };
  return {
    ...(service.controller === 'CODE_DEPLOY' && own),
    deployments: [],
    taskSets: sets.map((set) => describeSet(service, set, now)),
  };
}

function describeSet(service: Service, set: Deployment, now: number): object {
  const { cluster, name } = service;
  const own = service.tasks.filter(({ deploymentId }) => deploymentId === set.id);
  const { pending, running } = countTasks(own, now);
  const wanted = desiredCountAt(service, now);
  const isPrimary = visibleDeployments(service, now)[0] === set;
  const id = nameOf(set.id);
  return {
    id: `ecs-svc/${id}`,
    taskSetArn: arnOf(cluster.region, 'ecs', `task-set/${cluster.name}/${name}/ecs-svc/${id}`),
    serviceArn: service.arn,
    clusterArn: cluster.arn,
    startedBy: service.controller === 'CODE_DEPLOY' ? 'CODE_DEPLOY' : undefined,
    status: isPrimary ? 'PRIMARY' : 'ACTIVE',
    taskDefinition: set.definition.arn,
    computedDesiredCount: wanted,
    pendingCount: pending,
    runningCount: running,
    createdAt: new Timestamp(set.createdAt),
    ...launchOf(service),
    platformVersion: '1.4.0',
    scale: { value: 100, unit: 'PERCENT' },
    stabilityStatus: running === wanted && pending === 0 ? 'STEADY_STATE' : 'STABILIZING',
  };
}

/** Who runs the tasks: a launch type, or capacity providers. */
export function launchOf({ capacityProvider }: Service): object {
  return capacityProvider === undefined
    ? { launchType: 'FARGATE' }
    : { capacityProviderStrategy: [{ capacityProvider, weight: 1, base: 0 }] };
}
