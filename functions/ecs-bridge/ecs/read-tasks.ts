// Reads the tasks of a cluster: stopped ones by their list each time; of running ones those that are new, not steady, or of a
// service that changed since they were read; now and then all. What could not be read is read next time, and only that.
import { type EpochMs, hashText, mapConcurrently, type Seconds } from '@fargaze/core/internal';
import { describeLimits, type EcsApi } from '../aws/ecs-api.ts';
import type { RawTask } from '../aws/sdk-types.ts';
import { type Calls, concurrency } from './calls.ts';
import type { ClusterMemory, KnownTasks } from './memory.ts';
import { type Cluster, narrowTask, type Service, type Task } from './narrow.ts';
import type { ClusterReading } from './reading.ts';
import type { ClusterPart } from './share.ts';

/** Every task is described at least so often: its health may change while nothing else does. */
const wholeEvery: Seconds = 600;

/** A task is described each time for so long after its start: until its health is known. */
const settlesIn: Seconds = 600;

/** What is read. */
export type TaskQuestion = {
  readonly cluster: Cluster;
  readonly part: ClusterPart;
  /** Those of this part. */
  readonly services: readonly Service[];
  readonly memory: ClusterMemory;
  readonly now: EpochMs;
};

/** The tasks of a cluster, running and stopped. */
export type Tasks = Pick<ClusterReading, 'tasks' | 'stoppedTasks'>;

/** Reads the tasks. A list is undefined where a call for it failed. */
export async function readTasks(api: EcsApi, calls: Calls, question: TaskQuestion): Promise<Tasks> {
  const reader = new TaskReader(api, calls, question);
  const [running, stopped] = await Promise.all([reader.readRunning(), reader.readStopped()]);
  for (const arn of stopped?.tasks.keys() ?? []) running?.tasks.delete(arn);
  if (running && stopped) question.memory.tasks = reader.remember(running, stopped);
  return {
    tasks: running?.complete ? [...running.tasks.values()] : undefined,
    stoppedTasks: stopped?.complete ? [...stopped.tasks.values()] : undefined,
  };
}

class TaskReader {
  readonly #api: EcsApi;
  readonly #calls: Calls;
  readonly #question: TaskQuestion;
  readonly #arn: string;
  readonly #known: KnownTasks | undefined;
  /** Whether every task is described. */
  readonly #whole: boolean;
  readonly #groups: ReadonlySet<string>;
  readonly #signals: ReadonlyMap<string, string>;
  /** Names of services that show something else than when their tasks were read. */
  readonly #changed: ReadonlySet<string>;
  readonly #others: Map<string, string>;
  /** ARNs of every running task of the cluster, where they were listed. */
  #listed: ReadonlySet<string> | undefined;

  constructor(api: EcsApi, calls: Calls, question: TaskQuestion) {
    const { cluster, memory, part, services } = question;
    this.#api = api;
    this.#calls = calls;
    this.#question = question;
    this.#arn = cluster.clusterArn ?? '';
    this.#known = memory.tasks?.part === part ? memory.tasks : undefined;
    this.#whole = this.#known === undefined || isDue(this.#known, question);
    this.#groups = new Set(services.map(({ serviceName }) => `service:${serviceName}`));
    this.#signals = new Map(services.map((one) => [one.serviceName ?? '', signalOf(one)]));
    const { signals } = this.#known ?? {};
    this.#changed = new Set(
      [...this.#signals].flatMap(([name, now]) => (signals?.get(name) === now ? [] : [name])),
    );
    this.#others = new Map(this.#known?.others);
  }

  /** Running tasks; undefined where they could not be listed. */
  async readRunning(): Promise<Read | undefined> {
    const found = this.#needsList() ? await this.#listAll() : await this.#listChanged();
    if (found === undefined) return undefined;
    const { running, wanted } = found;
    for (const arn of wanted) running.delete(arn);
    const { answers, complete } = await this.#describe(wanted);
    for (const raw of answers) {
      // What is to stop is in the other list.
      if (raw.desiredStatus === 'STOPPED') continue;
      if (this.#keeps(raw)) running.set(raw.taskArn ?? '', narrowTask(raw));
    }
    return { tasks: running, complete };
  }

  /** Stopped tasks; what was described once it had ended stays as it is. Undefined where they could not be listed. */
  async readStopped(): Promise<Read | undefined> {
    const arns = await this.#calls.attempt(() => this.#api.listTasks(this.#arn, 'STOPPED'));
    if (arns === undefined) return undefined;
    const stopped = new Map(
      arns.flatMap((arn) => {
        const task = this.#known?.stopped.get(arn);
        return task !== undefined && hasEnded(task) ? [[arn, task] as const] : [];
      }),
    );
    const wanted = arns.filter((arn) => !stopped.has(arn) && this.#mayOwn(arn));
    const { answers, complete } = await this.#describe(wanted);
    for (const raw of answers) {
      if (this.#keeps(raw)) stopped.set(raw.taskArn ?? '', narrowTask(raw));
    }
    return { tasks: stopped, complete };
  }

  /** What the next reading may rely on. */
  remember(running: Read, stopped: Read): KnownTasks {
    const { now, part } = this.#question;
    const others =
      this.#listed === undefined
        ? this.#others
        : new Map([...this.#others].filter(([arn]) => this.#listed?.has(arn)));
    return {
      part,
      others,
      fullAt: this.#known === undefined || this.#whole ? now : this.#known.fullAt,
      running: running.tasks,
      stopped: stopped.tasks,
      signals: this.#signals,
      // Of an incomplete reading every task that is not known is looked for.
      unaccounted: running.complete ? this.#unaccounted() : undefined,
    };
  }

  /** Whether every running task is listed: tasks without a service show in no service. */
  #needsList(): boolean {
    const { cluster, part } = this.#question;
    const known = this.#known;
    if (known?.unaccounted === undefined || this.#whole || part === 'home') return true;
    const pages = Math.ceil(countOf(cluster) / describeLimits.tasks);
    if (this.#changed.size >= Math.max(1, pages)) return true;
    if (part === 'rest') return false;
    const hasLone = [...known.running.values()].some(({ group }) => !isOfService(group));
    return hasLone || known.unaccounted !== this.#unaccounted();
  }

  async #listAll(): Promise<Found | undefined> {
    const arns = await this.#calls.attempt(() => this.#api.listTasks(this.#arn, 'RUNNING'));
    if (arns === undefined) return undefined;
    this.#listed = new Set(arns);
    const running = new Map<string, Task>();
    const wanted = arns.filter((arn) => {
      const task = this.#known?.running.get(arn);
      if (task === undefined) return this.#mayOwn(arn);
      running.set(arn, task);
      return this.#whole || this.#hasChanged(task) || !this.#isSteady(task);
    });
    return { running, wanted };
  }

  async #listChanged(): Promise<Found | undefined> {
    const lists = await mapConcurrently([...this.#changed], concurrency, (name) =>
      this.#calls.attempt(() => this.#api.listTasks(this.#arn, 'RUNNING', name)),
    );
    if (lists.includes(undefined)) return undefined;
    const running = new Map(
      [...(this.#known?.running ?? [])].filter(([, task]) => !this.#hasChanged(task)),
    );
    const moving = [...running].flatMap(([arn, task]) => (this.#isSteady(task) ? [] : [arn]));
    return { running, wanted: [...lists.flatMap((list) => list ?? []), ...moving] };
  }

  async #describe(
    arns: readonly string[],
  ): Promise<{ readonly answers: readonly RawTask[]; readonly complete: boolean }> {
    const answers = await this.#calls.inParts(arns, describeLimits.tasks, (part) =>
      this.#api.describeTasks(this.#arn, part),
    );
    return {
      answers: answers.flatMap((answer) => answer ?? []),
      complete: !answers.includes(undefined),
    };
  }

  /** Whether the task is of this part; remembers one that is not. */
  #keeps({ group = '', taskArn = '' }: RawTask): boolean {
    const own = this.#owns(group);
    if (own) this.#others.delete(taskArn);
    else this.#others.set(taskArn, group);
    return own;
  }

  #owns(group: string): boolean {
    const { part } = this.#question;
    if (part === 'all') return true;
    return isOfService(group) ? this.#groups.has(group) : part === 'home';
  }

  #mayOwn(arn: string): boolean {
    const group = this.#others.get(arn);
    return group === undefined || this.#owns(group);
  }

  #hasChanged({ group = '' }: Task): boolean {
    return isOfService(group) && this.#changed.has(group.slice(ofService.length));
  }

  #isSteady({ healthStatus, lastStatus, startedAt }: Task): boolean {
    const { now } = this.#question;
    if (lastStatus !== 'RUNNING' || healthStatus === 'UNHEALTHY') return false;
    return startedAt !== undefined && now / 1000 - startedAt > settlesIn;
  }

  #unaccounted(): number {
    const { cluster, services } = this.#question;
    return services.reduce(
      (rest, { pendingCount = 0, runningCount = 0 }) => rest - runningCount - pendingCount,
      countOf(cluster),
    );
  }
}

/** Tasks by ARN, and whether a call for any failed. */
type Read = { readonly tasks: Map<string, Task>; readonly complete: boolean };

/** Tasks that stay as far as is known, and ARNs of those that must be described. */
type Found = { readonly running: Map<string, Task>; readonly wanted: readonly string[] };

const ofService = 'service:';

function isOfService(group = ''): boolean {
  return group.startsWith(ofService);
}

function hasEnded({ lastStatus, stoppedAt }: Task): boolean {
  return lastStatus === 'STOPPED' && stoppedAt !== undefined;
}

function countOf({ pendingTasksCount = 0, runningTasksCount = 0 }: Cluster): number {
  return runningTasksCount + pendingTasksCount;
}

/** Clusters and shards take turns, so that they do not describe everything in the same minute. */
function isDue({ fullAt }: KnownTasks, { cluster, now, part }: TaskQuestion): boolean {
  const phase = hashText(`${cluster.clusterArn} ${part}`) % wholeEvery;
  const turnOf = (at: EpochMs) => Math.floor((at / 1000 + phase) / wholeEvery);
  return turnOf(now) !== turnOf(fullAt);
}

/** A text that changes when a task of the service starts or stops: ECS then changes a count, or writes an event. */
function signalOf(service: Service): string {
  const { deployments, desiredCount, newestEvent, pendingCount, runningCount } = service;
  const parts = deployments.map((one) => [
    ...[one.status, one.createdAt, one.rolloutState, one.desiredCount],
    ...[one.runningCount, one.pendingCount, one.failedTasks],
  ]);
  return JSON.stringify([desiredCount, runningCount, pendingCount, newestEvent, parts]);
}
