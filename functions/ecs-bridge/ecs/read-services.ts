// Reads the services of a cluster: the list when it may have changed, and the description of each one every time. Those that
// wait longest come first. One that a run had no time for stays as it was, for as long as Prometheus would show it.
import type { EcsConfig, EpochMs, Seconds, Shard } from '@fargaze/core/internal';
import { describeLimits, type EcsApi } from '../aws/ecs-api.ts';
import type { Calls } from './calls.ts';
import type { ClusterMemory, Described } from './memory.ts';
import { type Cluster, narrowService, type Service } from './narrow.ts';
import { hasTags, selectsService } from './select.ts';
import { type ClusterPart, holds } from './share.ts';

/** A list of services is kept for so long, while the cluster counts as many. */
const listLifetime: Seconds = 300;

/** A service that could not be described is shown as it was for so long: Prometheus's own look-back. */
const keptFor: Seconds = 300;

/** What is read. */
export type ServiceQuestion = {
  readonly cluster: Cluster;
  readonly part: ClusterPart;
  readonly shard: Shard | undefined;
  readonly config: EcsConfig;
  readonly memory: ClusterMemory;
  readonly now: EpochMs;
};

/** The services of a cluster. */
export type ReadServices = {
  /** Those of this part; undefined while one of them is not known. */
  readonly services: readonly Service[] | undefined;
  /** ARNs of services of the other parts that the configuration selects. */
  readonly otherServices: readonly string[];
  /** How many this run did not describe. */
  readonly unread: number;
};

/** Reads the services. */
export async function readServices(
  api: EcsApi,
  calls: Calls,
  question: ServiceQuestion,
): Promise<ReadServices> {
  const reader = new ServiceReader(api, calls, question);
  const read = await reader.read();
  if (read.unread === 0 && read.services !== undefined) question.memory.servicesAt = question.now;
  return read;
}

/** The services as they were described at `since` or later, without a call; undefined where one is not known. */
export function rememberedServices(
  question: ServiceQuestion,
  since: EpochMs,
): ReadServices | undefined {
  const arns = freshList(question)?.filter((arn) => selectsService(question.config, arn));
  if (arns === undefined) return undefined;
  const own = arns.filter((arn) => isOwn(question, arn));
  const services = knownOf(question, own, since);
  const otherServices = arns.filter((arn) => !isOwn(question, arn));
  return services && { services, otherServices, unread: own.length };
}

class ServiceReader {
  readonly #api: EcsApi;
  readonly #calls: Calls;
  readonly #question: ServiceQuestion;

  constructor(api: EcsApi, calls: Calls, question: ServiceQuestion) {
    this.#api = api;
    this.#calls = calls;
    this.#question = question;
  }

  async read(): Promise<ReadServices> {
    const { cluster, memory, now } = this.#question;
    const earlier = freshList(this.#question);
    let listed = this.#select(earlier ?? (await this.#list()) ?? this.#lastList());
    if (listed === undefined) {
      const unread = memory.described.size || (cluster.activeServicesCount ?? 0);
      return { services: undefined, otherServices: [], unread };
    }
    let unread = await this.#describe(this.#own(listed));
    // The cluster counts as many, but not the same.
    if (earlier !== undefined && memory.services === undefined) {
      const before = new Set(listed);
      listed = this.#select(await this.#list()) ?? listed;
      unread += await this.#describe(this.#own(listed).filter((arn) => !before.has(arn)));
    }
    const own = this.#own(listed);
    this.#forgetOthers(own);
    const services = knownOf(this.#question, own, now - keptFor * 1000);
    const otherServices = listed.filter((arn) => !isOwn(this.#question, arn));
    return { services, otherServices, unread };
  }

  #own(arns: readonly string[]): string[] {
    return arns.filter((arn) => isOwn(this.#question, arn));
  }

  #select(arns: readonly string[] | undefined): readonly string[] | undefined {
    return arns?.filter((arn) => selectsService(this.#question.config, arn));
  }

  /** ARNs of all services. */
  async #list(): Promise<readonly string[] | undefined> {
    const { cluster, memory, now } = this.#question;
    const { activeServicesCount: count, clusterArn = '' } = cluster;
    const arns = await this.#calls.attempt(() => this.#api.listServices(clusterArn));
    // A list that lacks a service, or has one that is about to go, is not kept.
    if (arns === undefined) return undefined;
    memory.services = arns.length === count ? { arns, count, at: now } : undefined;
    return arns;
  }

  /** A list that has expired, for a run that has no time for another. */
  #lastList(): readonly string[] | undefined {
    const { memory, now } = this.#question;
    const { arns, at = 0 } = memory.services ?? {};
    return now - at < (listLifetime + keptFor) * 1000 ? arns : undefined;
  }

  /** Describes services; how many were not, because a call failed. */
  async #describe(arns: readonly string[]): Promise<number> {
    const { cluster, memory, now } = this.#question;
    const { clusterArn = '' } = cluster;
    const waiting = byAge(arns, memory.described);
    const answers = await this.#calls.inParts(waiting, describeLimits.services, async (part) => [
      { part, services: await this.#api.describeServices(clusterArn, part) },
    ]);
    const answered = answers.flatMap((answer) => answer ?? []);
    const unread = arns.length - answered.reduce((sum, { part }) => sum + part.length, 0);
    for (const { part, services } of answered) {
      // What the API no longer describes has gone.
      for (const arn of part) memory.described.set(arn, { value: undefined, at: now });
      for (const raw of services) {
        memory.described.set(raw.serviceArn ?? '', { value: narrowService(raw), at: now });
      }
      // A call that failed says nothing of the list.
      const active = services.filter(({ status }) => status === 'ACTIVE').length;
      if (active !== part.length) memory.services = undefined;
    }
    return unread;
  }

  #forgetOthers(own: readonly string[]): void {
    const { described } = this.#question.memory;
    if (described.size === own.length) return;
    const kept = new Set(own);
    for (const arn of described.keys()) if (!kept.has(arn)) described.delete(arn);
  }
}

function isOwn({ part, shard }: ServiceQuestion, arn: string): boolean {
  return part === 'all' || holds(shard, arn);
}

/** An earlier list of services, while the cluster counts as many. */
function freshList({ cluster, memory, now }: ServiceQuestion): readonly string[] | undefined {
  const { services: known } = memory;
  const isFresh = known !== undefined && now - known.at < listLifetime * 1000;
  return isFresh && known.count === cluster.activeServicesCount ? known.arns : undefined;
}

/** Those that were never described first, then those that were longest ago. */
function byAge(
  arns: readonly string[],
  known: ReadonlyMap<string, Described<unknown>>,
): readonly string[] {
  const ages = new Map(arns.map((arn) => [arn, known.get(arn)?.at ?? 0]));
  if (new Set(ages.values()).size < 2) return arns;
  return [...arns].sort((a, b) => (ages.get(a) ?? 0) - (ages.get(b) ?? 0));
}

/** The services, where each is known since then; undefined otherwise. */
function knownOf(
  { config, memory }: ServiceQuestion,
  arns: readonly string[],
  since: EpochMs,
): Service[] | undefined {
  const known = arns.map((arn) => memory.described.get(arn));
  if (known.some((one) => one === undefined || one.at < since)) return undefined;
  // A deleted service is described for some time.
  return known.flatMap((one) =>
    one?.value !== undefined && one.value.status !== 'INACTIVE' && hasTags(one.value, config.tags)
      ? [one.value]
      : [],
  );
}
