// What is kept of the ECS API's answers: a cluster may have thousands of services and tasks, and each comes with far more
// than is told of it. Times are seconds since 1970, as the API writes them.
import type {
  SdkContainer,
  SdkDeployment,
  SdkService,
  SdkServiceEvent,
  SdkServiceRevision,
  SdkTask,
} from '../aws/sdk-types.ts';
import { type Notable, notableEvents } from './events.ts';

export type { Cluster } from '../aws/sdk-types.ts';

/** As the SDK's type, with times as the API writes them. */
type Timed<T> = { readonly [K in keyof T]: T[K] extends Date | undefined ? number : T[K] };

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
  'desiredCount',
  'runningCount',
  'pendingCount',
  'taskDefinition',
  'launchType',
  'platformVersion',
  'capacityProviderStrategy',
  'createdAt',
  'tags',
  'currentServiceRevisions',
] as const;
const containerFields = ['name', 'image', 'imageDigest', 'reason', 'exitCode'] as const;
const taskFields = [
  'group',
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
export type Deployment = Timed<Pick<SdkDeployment, (typeof deploymentFields)[number]>>;
/** A container of a task. */
export type Container = Pick<SdkContainer, (typeof containerFields)[number]>;
/** An event of a service. */
export type ServiceEvent = Timed<Pick<SdkServiceEvent, 'createdAt' | 'message'>>;
/** A revision of a service. */
export type ServiceRevision = Pick<SdkServiceRevision, 'serviceRevisionArn' | 'monitoring'>;

/** A service. */
export type Service = Timed<Pick<SdkService, (typeof serviceFields)[number]>> & {
  readonly deployments: readonly Deployment[];
  readonly notable: Notable;
};

/** A task. */
export type Task = Timed<Pick<SdkTask, (typeof taskFields)[number]>> & {
  readonly containers: readonly Container[];
};

/** A service as the API writes it. */
export type RawService = Omit<Timed<SdkService>, 'deployments' | 'events'> & {
  readonly deployments?: readonly Timed<SdkDeployment>[];
  readonly events?: readonly ServiceEvent[];
};

/** A task as the API writes it. */
export type RawTask = Omit<Timed<SdkTask>, 'containers'> & {
  readonly containers?: readonly SdkContainer[];
};

/** What is kept of a service. */
export function narrowService(raw: RawService): Service {
  const deployments = (raw.deployments ?? []).map((one) => pick(one, deploymentFields));
  return { ...pick(raw, serviceFields), deployments, notable: notableEvents(raw.events ?? []) };
}

/** What is kept of a task. */
export function narrowTask(raw: RawTask): Task {
  const containers = (raw.containers ?? []).map((one) => pick(one, containerFields));
  return { ...pick(raw, taskFields), containers };
}

/** What is kept of a revision. */
export function narrowRevision(raw: SdkServiceRevision): ServiceRevision {
  return pick(raw, ['serviceRevisionArn', 'monitoring']);
}

function pick<T, K extends keyof T>(from: T, names: readonly K[]): Pick<T, K> {
  const picked: Partial<Pick<T, K>> = {};
  for (const name of names) {
    if (from[name] !== undefined) picked[name] = from[name];
  }
  return picked as Pick<T, K>;
}
