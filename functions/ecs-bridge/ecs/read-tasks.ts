// Reads the tasks of a cluster: stopped ones by their list each time; of running ones those that are new, not steady, or of a
// service that changed since they were read; now and then all. What could not be read is read next time, and only that.
import { type EpochMs, mapConcurrently, type Seconds } from '@fargaze/core/internal';
import { describeLimits, type EcsApi } from '../aws/ecs-api.ts';
import type { RawTask } from '../aws/sdk-types.ts';
import { type Calls, concurrency } from './calls.ts';
import type { ClusterMemory, Described, KnownTasks } from './memory.ts';
import { type Cluster, narrowTask, type Service, type Task } from './narrow.ts';
import type { ClusterReading } from './reading.ts';
import type { ClusterPart } from './share.ts';
import { isOfService, isOfTurn, ofService, signalOf } from './task-turns.ts';

/** Where the list of all tasks cannot be read, an earlier one stands for so long: a turn, and some runs to catch up. */
const listKept: Seconds = 900;

/** The same of stopped tasks: as long as Prometheus would show them. */
const stoppedKept: Seconds = 300;

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
  const tasks = running?.complete ? [...running.tasks.values()] : undefined;
  const stoppedTasks = stopped?.complete ? [...stopped.tasks.values()] : undefined;
  if (tasks && stoppedTasks && !running?.isLate && !stopped?.isLate)
    question.memory.tasksAt = question.now;
  return { tasks: tasks?.map(({ value }) => value), stoppedTasks };
}

class TaskReader {
  readonly #api: EcsApi;
  readonly #calls: Calls;
  readonly #question: TaskQuestion;
  readonly #arn: string;
  readonly #known: KnownTasks | undefined;
  /** Whether every task is to be listed, and described. */
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
    this.#whole = this.#known === undefined || !isOfTurn(this.#known.listedAt, question);
    this.#groups = new Set(services.map(({ serviceName }) => `service:${serviceName}`));
    this.#signals = new Map(services.map((one) => [one.serviceName ?? '', signalOf(one)]));
    const { signals } = this.#known ?? {};
    this.#changed = new Set(
      [...this.#signals].flatMap(([name, now]) => (signals?.get(name) === now ? [] : [name])),
    );
    this.#others = new Map(this.#known?.others);
  }

  /** Running tasks; undefined where they could not be listed. */
  async readRunning(): Promise<ReadRunning | undefined> {
    const listed = this.#needsList() ? await this.#listAll() : 'unlisted';
    const found =
      listed === 'unlisted' || this.#maySkipList(listed) ? await this.#listChanged() : listed;
    if (found === undefined) return undefined;
    const { running, wanted } = found;
    const { answers, unanswered } = await this.#describe(wanted);
    const open = new Set(unanswered);
    const missing = new Set<string>();
    for (const arn of wanted) {
      // One that need not have changed stays as it was until the next run.
      if (open.has(arn) && this.#stands(running.get(arn))) continue;
      running.delete(arn);
      if (open.has(arn)) missing.add(arn);
    }
    const at = this.#question.now;
    for (const raw of answers) {
      // What is to stop is in the other list.
      if (raw.desiredStatus === 'STOPPED') continue;
      if (this.#keeps(raw)) running.set(raw.taskArn ?? '', { value: narrowTask(raw), at });
    }
    const isLate = listed === undefined;
    return { tasks: running, missing, isLate, complete: missing.size === 0 };
  }

  /** Stopped tasks; what was described once it had ended stays as it is. Undefined where they could not be listed. */
  async readStopped(): Promise<ReadStopped | undefined> {
    const arns = await this.#calls.attempt(() => this.#api.listTasks(this.#arn, 'STOPPED'));
    if (arns === undefined) return this.#lastStopped();
    const stopped = new Map(
      arns.flatMap((arn) => {
        const task = this.#known?.stopped.get(arn);
        return task !== undefined && hasEnded(task) ? [[arn, task] as const] : [];
      }),
    );
    const wanted = arns.filter((arn) => !stopped.has(arn) && this.#mayOwn(arn));
    const { answers, unanswered } = await this.#describe(wanted);
    for (const raw of answers) {
      if (this.#keeps(raw)) stopped.set(raw.taskArn ?? '', narrowTask(raw));
    }
    return { tasks: stopped, complete: unanswered.length === 0, isLate: false };
  }

  /** What had stopped at the last list, where that is not long ago. */
  #lastStopped(): ReadStopped | undefined {
    const known = this.#known;
    const { now } = this.#question;
    if (known === undefined || now - known.stoppedAt > stoppedKept * 1000) return undefined;
    return { tasks: known.stopped, complete: true, isLate: true };
  }

  /** What the next reading may rely on. */
  remember(running: ReadRunning, stopped: ReadStopped): KnownTasks {
    const { now, part } = this.#question;
    const others =
      this.#listed === undefined
        ? this.#others
        : new Map([...this.#others].filter(([arn]) => this.#listed?.has(arn)));
    return {
      part,
      others,
      listedAt: this.#listed === undefined ? (this.#known?.listedAt ?? now) : now,
      running: running.tasks,
      stopped: stopped.tasks,
      stoppedAt: stopped.isLate ? (this.#known?.stoppedAt ?? 0) : now,
      missing: running.missing,
      signals: this.#signals,
      // A list that could not be read leaves open what it was to say.
      unaccounted: (running.isLate ? this.#known?.unaccounted : undefined) ?? this.#unaccounted(),
    };
  }

  /** Whether every running task is listed: tasks without a service show in no service. */
  #needsList(): boolean {
    const { cluster, part } = this.#question;
    const known = this.#known;
    if (known === undefined || this.#whole || part === 'home') return true;
    const pages = Math.ceil(countOf(cluster) / describeLimits.tasks);
    if (this.#changed.size >= Math.max(1, pages)) return true;
    if (part === 'rest') return false;
    const hasLone = [...known.running.values()].some(({ value }) => !isOfService(value.group));
    return hasLone || known.unaccounted !== this.#unaccounted();
  }

  /** Whether the list, which could not be read, can wait for the next run: what it had is known. */
  #maySkipList(found: Found | undefined): boolean {
    const { now } = this.#question;
    return (
      found === undefined &&
      this.#known !== undefined &&
      now - this.#known.listedAt < listKept * 1000
    );
  }

  async #listAll(): Promise<Found | undefined> {
    const arns = await this.#calls.attempt(() => this.#api.listTasks(this.#arn, 'RUNNING'));
    if (arns === undefined) return undefined;
    this.#listed = new Set(arns);
    const running = new Map<string, Described<Task>>();
    const wanted = arns.filter((arn) => {
      const task = this.#known?.running.get(arn);
      if (task === undefined) return this.#mayOwn(arn);
      running.set(arn, task);
      return this.#isWanted(task);
    });
    return { running, wanted };
  }

  async #listChanged(): Promise<Found | undefined> {
    const lists = await mapConcurrently([...this.#changed], concurrency, (name) =>
      this.#calls.attempt(() => this.#api.listTasks(this.#arn, 'RUNNING', name)),
    );
    if (lists.includes(undefined)) return undefined;
    const running = new Map(
      [...(this.#known?.running ?? [])].filter(([, { value }]) => !this.#hasChanged(value)),
    );
    const moving = [...running].flatMap(([arn, task]) => (this.#isWanted(task) ? [arn] : []));
    const missing = [...(this.#known?.missing ?? [])].filter((arn) => this.#mayOwn(arn));
    const wanted = new Set([...missing, ...lists.flatMap((list) => list ?? []), ...moving]);
    return { running, wanted: [...wanted] };
  }

  async #describe(arns: readonly string[]): Promise<{
    readonly answers: readonly RawTask[];
    /** ARNs whose call failed. */
    readonly unanswered: readonly string[];
  }> {
    const answers = await this.#calls.inParts(arns, describeLimits.tasks, async (part) => [
      { part, tasks: await this.#api.describeTasks(this.#arn, part) },
    ]);
    const answered = answers.flatMap((answer) => answer ?? []);
    const known = new Set(answered.flatMap(({ part }) => part));
    return {
      answers: answered.flatMap(({ tasks }) => tasks),
      unanswered: answers.includes(undefined) ? arns.filter((arn) => !known.has(arn)) : [],
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

  /** Whether a task is described: because it may have changed, or because it is its turn. */
  #isWanted({ at, value }: Described<Task>): boolean {
    return this.#hasChanged(value) || !this.#isSteady(value) || !isOfTurn(at, this.#question);
  }

  /** Whether a task that could not be described may stand as it is known. */
  #stands(task: Described<Task> | undefined): boolean {
    return task !== undefined && !this.#hasChanged(task.value) && this.#isSteady(task.value);
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

/** Running tasks by ARN; those that were listed and are not known; whether there are none of these. */
type ReadRunning = {
  readonly tasks: Map<string, Described<Task>>;
  readonly missing: ReadonlySet<string>;
  /** Whether all of them should have been listed, and could not be. */
  readonly isLate: boolean;
  readonly complete: boolean;
};

/** Stopped tasks by ARN; whether they should have been listed, and could not be; whether all are known. */
type ReadStopped = {
  readonly tasks: Map<string, Task>;
  readonly isLate: boolean;
  readonly complete: boolean;
};

/** Tasks as far as they are known, and ARNs of those that must be described. */
type Found = {
  readonly running: Map<string, Described<Task>>;
  readonly wanted: readonly string[];
};

function hasEnded({ lastStatus, stoppedAt }: Task): boolean {
  return lastStatus === 'STOPPED' && stoppedAt !== undefined;
}

function countOf({ pendingTasksCount = 0, runningTasksCount = 0 }: Cluster): number {
  return runningTasksCount + pendingTasksCount;
}
