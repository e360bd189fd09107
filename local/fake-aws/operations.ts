// Which operations are answered.

import type { Operation, ServiceName } from './call/context.ts';
import { getMetricData } from './cloudwatch/get-metric-data.ts';
import { getMetricStatistics } from './cloudwatch/get-metric-statistics.ts';
import { listMetrics } from './cloudwatch/list-metrics.ts';
import { describeClusters, listClusters } from './ecs/clusters.ts';
import { describeContainerInstances, listContainerInstances } from './ecs/container-instances.ts';
import {
  describeServiceDeployments,
  describeServiceRevisions,
  listServiceDeployments,
} from './ecs/service-deployments.ts';
import { describeServices, listServices } from './ecs/services.ts';
import { describeTaskDefinition, describeTasks, listTasks } from './ecs/tasks.ts';
import { listDeclared } from './other/declared-lists.ts';
import {
  assumeRoleWith,
  getCallerIdentity,
  listAccountAliases,
  type Sessions,
} from './other/identity.ts';
import {
  describeListeners,
  describeLoadBalancers,
  describeRules,
  describeTargetGroups,
} from './other/load-balancers.ts';
import { describeNetworkInterfaces } from './other/network-interfaces.ts';
import { getResources } from './other/tagging.ts';

/** The operations of each service. */
export type Operations = Readonly<Record<ServiceName, ReadonlyMap<string, Operation>>>;

/** All operations; roles that are assumed are remembered in `sessions`. */
export function createOperations(sessions: Sessions): Operations {
  return {
    ecs: new Map<string, Operation>([
      ['ListClusters', listClusters],
      ['DescribeClusters', describeClusters],
      ['ListServices', listServices],
      ['DescribeServices', describeServices],
      ['ListTasks', listTasks],
      ['DescribeTasks', describeTasks],
      ['ListContainerInstances', listContainerInstances],
      ['DescribeContainerInstances', describeContainerInstances],
      ['DescribeTaskDefinition', describeTaskDefinition],
      ['ListServiceDeployments', listServiceDeployments],
      ['DescribeServiceDeployments', describeServiceDeployments],
      ['DescribeServiceRevisions', describeServiceRevisions],
    ]),
    elb: new Map<string, Operation>([
      ['DescribeTargetGroups', describeTargetGroups],
      ['DescribeLoadBalancers', describeLoadBalancers],
      ['DescribeListeners', describeListeners],
      ['DescribeRules', describeRules],
    ]),
    ec2: new Map<string, Operation>([
      ['DescribeNetworkInterfaces', describeNetworkInterfaces],
      ...listDeclared('DescribeSpotFleetRequests', 'DescribeTransitGatewayAttachments'),
    ]),
    apigateway: new Map(listDeclared('GetRestApis', 'GetApis')),
    aps: new Map(listDeclared('ListWorkspaces')),
    autoscaling: new Map(listDeclared('DescribeAutoScalingGroups')),
    dms: new Map(listDeclared('DescribeReplicationInstances', 'DescribeReplicationTasks')),
    shield: new Map(listDeclared('ListProtections')),
    storagegateway: new Map(listDeclared('ListGateways', 'ListTagsForResource')),
    cloudwatch: new Map<string, Operation>([
      ['ListMetrics', listMetrics],
      ['GetMetricData', getMetricData],
      ['GetMetricStatistics', getMetricStatistics],
    ]),
    tagging: new Map<string, Operation>([['GetResources', getResources]]),
    sts: new Map<string, Operation>([
      ['GetCallerIdentity', getCallerIdentity],
      ['AssumeRole', assumeRoleWith(sessions)],
    ]),
    iam: new Map<string, Operation>([['ListAccountAliases', listAccountAliases]]),
  };
}
