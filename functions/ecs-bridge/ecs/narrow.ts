// Keeps of the ECS API's answers what the bridge uses: a cluster may have thousands of services and tasks, and each comes
// with far more. Times are seconds since 1970.
import type {
  RawContainer,
  RawContainerInstance,
  RawDeployment,
  RawService,
  RawServiceRevision,
  RawTask,
} from '../aws/sdk-types.ts';
import { type Notable, notableEvents } from './events.ts';

export type { Cluster } from '../aws/sdk-types.ts';

const deploymentFields = [
  'status',
  'desiredCount',
  'runningCount',
  'pendingCount',
  'failedTasks',
  'rolloutState',
  'createdAt',
] as const;
const serviceFields = [
  'serviceArn',
  'serviceName',
  'status',
  'desiredCount',
  'runningCount',
  'pendingCount',
  'taskDefinition',
  'launchType',
  'platformVersion',
  'capacityProviderStrategy',
  'createdAt',
  'tags',
  'currentServiceDeployment',
  'currentServiceRevisions',
  'schedulingStrategy',
] as const;
const launchFields = [
  'taskDefinition',
  'launchType',
  'platformVersion',
  'capacityProviderStrategy',
] as const;
const containerFields = ['name', 'image', 'imageDigest', 'reason', 'exitCode'] as const;
const taskFields = [
  'group',
  'taskDefinitionArn',
  'lastStatus',
  'healthStatus',
  'createdAt',
  'startedAt',
  'pullStartedAt',
  'pullStoppedAt',
  'stoppingAt',
  'stoppedAt',
  'stopCode',
  'stoppedReason',
] as const;

/** A deployment of a service. */
export type Deployment = Pick<RawDeployment, (typeof deploymentFields)[number]>;
/** A container of a task. */
export type Container = Pick<RawContainer, (typeof containerFields)[number]>;
/** A revision of a service. */
export type ServiceRevision = Pick<RawServiceRevision, 'serviceRevisionArn' | 'monitoring'>;

/** A service. */
export type Service = Pick<RawService, (typeof serviceFields)[number]> & {
  readonly deployments: readonly Deployment[];
  readonly notable: Notable;
  /** Id of the newest event. */
  readonly newestEvent?: string | undefined;
  /** `ECS`, `CODE_DEPLOY` or `EXTERNAL`. */
  readonly controller?: string | undefined;
  /** `ROLLING`, `BLUE_GREEN`, `LINEAR` or `CANARY`, of ECS's own controller. */
  readonly strategy?: string | undefined;
};

/** An EC2 instance of a cluster; CPU in units of which 1,024 are a core, memory in MiB. */
export type ContainerInstance = {
  readonly id: string;
  readonly status: string;
  readonly agentConnected: boolean;
  readonly runningTasks: number;
  readonly pendingTasks: number;
  readonly registered: Capacity;
  readonly remaining: Capacity;
};

/** What an instance has for tasks; undefined where the API does not say. */
export type Capacity = { readonly cpu: number | undefined; readonly memory: number | undefined };

/** A task. */
export type Task = Pick<RawTask, (typeof taskFields)[number]> & {
  readonly containers: readonly Container[];
};

/** What is kept of a service. */
export function narrowService(raw: RawService): Service {
  const deployments = (raw.deployments ?? [])
    // One that has been replaced as a whole is over.
    .filter(({ status }) => status !== 'INACTIVE')
    .map((one) => pick(one, deploymentFields));
  const sets = raw.taskSets ?? [];
  // A service whose deployments somebody else controls (CODE_DEPLOY, EXTERNAL) has task sets in their place, and they say what it runs.
  const primary = sets.find(({ status }) => status === 'PRIMARY') ?? {};
  return {
    ...pick(raw, serviceFields),
    ...pick(primary, launchFields),
    deployments: [...deployments, ...sets.map(narrowTaskSet)],
    notable: notableEvents(raw.events ?? []),
    newestEvent: raw.events?.[0]?.id,
    controller: raw.deploymentController?.type,
    strategy: raw.deploymentConfiguration?.strategy,
  };
}

function narrowTaskSet(set: NonNullable<RawService['taskSets']>[number]): Deployment {
  const { computedDesiredCount: desiredCount = 0, stabilityStatus } = set;
  const rolloutState = stabilityStatus === 'STEADY_STATE' ? 'COMPLETED' : 'IN_PROGRESS';
  const own = pick(set, ['status', 'runningCount', 'pendingCount', 'createdAt']);
  return { ...own, desiredCount, rolloutState };
}

/** What is kept of a task. */
export function narrowTask(raw: RawTask): Task {
  const containers = (raw.containers ?? []).map((one) => pick(one, containerFields));
  return { ...pick(raw, taskFields), containers };
}

/** What is kept of an instance; one that is not of EC2 (ECS Anywhere) has the id of its registration. */
export function narrowInstance(raw: RawContainerInstance): ContainerInstance {
  const { containerInstanceArn = '', ec2InstanceId = '' } = raw;
  return {
    id: ec2InstanceId || (containerInstanceArn.split('/').at(-1) ?? ''),
    status: raw.status ?? '',
    agentConnected: raw.agentConnected === true,
    runningTasks: raw.runningTasksCount ?? 0,
    pendingTasks: raw.pendingTasksCount ?? 0,
    registered: capacityOf(raw.registeredResources),
    remaining: capacityOf(raw.remainingResources),
  };
}

function capacityOf(resources: RawContainerInstance['registeredResources'] = []): Capacity {
  const find = (name: string) => resources.find((one) => one.name === name)?.integerValue;
  return { cpu: find('CPU'), memory: find('MEMORY') };
}

/** What is kept of a revision. */
export function narrowRevision(raw: RawServiceRevision): ServiceRevision {
  return pick(raw, ['serviceRevisionArn', 'monitoring']);
}

function pick<T, K extends keyof T>(from: T, names: readonly K[]): Pick<T, K> {
  const picked: Partial<Pick<T, K>> = {};
  for (const name of names) {
    if (from[name] !== undefined) picked[name] = from[name];
  }
  return picked as Pick<T, K>;
}
