// ListContainerInstances and DescribeContainerInstances.
import type { Context } from '../call/context.ts';
import { nameOf } from '../model/arn.ts';
import type { ContainerInstance } from '../model/types.ts';
import { arnPage, describedNames, missingFailure, requestedCluster } from './listing.ts';

/** ListContainerInstances: 100 a page. */
export function listContainerInstances(context: Context): object {
  const { instances } = requestedCluster(context);
  const arns = instances.map(({ arn }) => arn);
  const page = arnPage(context, arns, { usual: 100, most: 100 });
  return { containerInstanceArns: page.arns, nextToken: page.nextToken };
}

/** DescribeContainerInstances: at most 100. */
export function describeContainerInstances(context: Context): object {
  const { instances } = requestedCluster(context);
  const found = describedNames(context, 'containerInstances', 100).map((name) => ({
    name,
    instance: instances.find(({ arn }) => nameOf(arn) === nameOf(name)),
  }));
  return {
    containerInstances: found.flatMap(({ instance }) =>
      instance === undefined ? [] : [describe(instance)],
    ),
    failures: found.flatMap(({ instance, name }) =>
      instance === undefined ? [missingFailure(name)] : [],
    ),
  };
}

function describe(instance: ContainerInstance): object {
  const { arn, cpu, ec2InstanceId, memory, pendingTasks, runningTasks, status } = instance;
  return {
    containerInstanceArn: arn,
    ec2InstanceId,
    agentConnected: instance.agent === 'connected',
    status,
    runningTasksCount: runningTasks,
    pendingTasksCount: pendingTasks,
    registeredResources: [integer('CPU', cpu.registered), integer('MEMORY', memory.registered)],
    remainingResources: [integer('CPU', cpu.remaining), integer('MEMORY', memory.remaining)],
    versionInfo: { agentVersion: '1.89.0', dockerVersion: 'DockerVersion: 25.0.6' },
    attributes: [],
    tags: [],
    version: 1,
  };
}

function integer(name: string, integerValue: number): object {
  return { name, type: 'INTEGER', doubleValue: 0, longValue: 0, integerValue };
}
