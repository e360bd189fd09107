// From a YACE file that was read to the jobs of the bridge: YACE's defaults filled in, settings of the job handed down to
// its metrics. What cannot be right has been refused before (yace-schema.ts, yace-checks.ts).
import type {
  CloudWatchJob,
  CloudWatchMetric,
  CloudWatchScope,
  NamedValue,
  RoleConfig,
} from '../bridge.ts';
import { namespaces, toNamespace } from './yace-namespaces.ts';
import type { YaceFile } from './yace-schema.ts';

/** YACE's model.DefaultPeriodSeconds and DefaultLengthSeconds. */
export const yaceDefaults = { period: 300, length: 300 } as const;

type DiscoveryJob = NonNullable<NonNullable<NonNullable<YaceFile['discovery']>['jobs']>[number]>;
type StaticJob = NonNullable<NonNullable<YaceFile['static']>[number]>;
type CustomJob = NonNullable<NonNullable<YaceFile['customNamespace']>[number]>;
type MetricFields = Omit<DiscoveryJob['metrics'][number], 'name'>;

/** What a YACE file asks for. */
export type YaceJobs = { readonly jobs: readonly CloudWatchJob[]; readonly stsRegion?: string };

/** The jobs of a file, in its order: discovery, static, customNamespace. */
export function toJobs(file: YaceFile): YaceJobs {
  const tags = Object.entries(file.discovery?.exportedTagsOnMetrics ?? {});
  const exported = (namespace: string) =>
    tags.flatMap(([type, keys]) => (toNamespace(type) === namespace ? keys : []));
  const jobs = [
    ...(file.discovery?.jobs ?? []).flatMap((job) =>
      job === null ? [] : [discoveryJob(job, exported(job.type))],
    ),
    ...(file.static ?? []).map(staticJob),
    ...(file.customNamespace ?? []).map(customJob),
  ];
  const stsRegion = file['sts-region'] || undefined;
  return { jobs: numbered(jobs), ...(stsRegion !== undefined && { stsRegion }) };
}

/** What only some kinds of job have. */
const plain = {
  searchTags: [],
  exportedTags: [],
  dimensions: [],
  contextOnInfo: false,
} as const satisfies Partial<CloudWatchJob>;

function discoveryJob(job: DiscoveryJob, exportedTags: readonly string[]): CloudWatchJob {
  const association = namespaces.get(job.type)?.association;
  return {
    ...plain,
    ...toCommon({ ...job, name: job.type, namespace: job.type }, job),
    kind: 'discovery',
    searchTags: job.searchTags ?? [],
    exportedTags,
    contextOnInfo: job.includeContextOnInfoMetrics ?? false,
    ...(association !== undefined && { association }),
  };
}

/** A static job has no settings to hand down. */
function staticJob(job: StaticJob): CloudWatchJob {
  return { ...plain, ...toCommon(job, {}), kind: 'static', dimensions: job.dimensions ?? [] };
}

function customJob(job: CustomJob): CloudWatchJob {
  return { ...plain, ...toCommon(job, job), kind: 'customNamespace' };
}

type CommonJob = StaticJob & Partial<CustomJob>;

/** What jobs of every kind have; `fields` is what their metrics take over. */
function toCommon(job: CommonJob, fields: MetricFields) {
  return {
    name: job.name,
    namespace: job.namespace,
    ...toScope(job),
    customTags: (job.customTags ?? []).map(({ key, value }): NamedValue => ({ name: key, value })),
    dimensionNameRequirements: job.dimensionNameRequirements ?? [],
    recentlyActiveOnly: job.recentlyActiveOnly ?? false,
    linkedAccounts: job.includeLinkedAccounts ?? [],
    metrics: merged(job.metrics.map((metric) => toMetric(metric, fields))),
  };
}

/** Regions and roles; no role at all stands for the function's own credentials, as does one without an ARN. */
export function toScope(scope: Pick<DiscoveryJob, 'regions' | 'roles'>): CloudWatchScope {
  const roles = (scope.roles ?? []).map(({ externalId, roleArn }): RoleConfig | undefined =>
    roleArn ? { roleArn, ...(externalId && { externalId }) } : undefined,
  );
  return { regions: scope.regions ?? [], roles: roles.length === 0 ? [undefined] : roles };
}

/** Only a job has a delay: YACE has always ignored a metric's, and a file must keep its meaning. */
function toMetric(
  own: MetricFields & { readonly name: string },
  job: MetricFields,
): CloudWatchMetric {
  const statistics = own.statistics?.length ? own.statistics : (job.statistics ?? []);
  return {
    name: own.name,
    statistics: [...new Set(statistics)],
    period: own.period || job.period || yaceDefaults.period,
    length: own.length || job.length || yaceDefaults.length,
    delay: job.delay ?? 0,
    nilToZero: own.nilToZero ?? job.nilToZero ?? false,
    addCloudwatchTimestamp: own.addCloudwatchTimestamp ?? job.addCloudwatchTimestamp ?? false,
    exportAllDataPoints: own.exportAllDataPoints ?? job.exportAllDataPoints ?? false,
  };
}

/**
 * A metric that a file names twice with the same settings is read, and billed, once, with the statistics of both. A statistic
 * with two settings would mix them in one series: the first counts.
 */
function merged(metrics: readonly CloudWatchMetric[]): CloudWatchMetric[] {
  const byRest = new Map<string, CloudWatchMetric>();
  const claims = new Map<string, string>();
  for (const { statistics, ...rest } of metrics) {
    const key = JSON.stringify(rest);
    const own = statistics.filter((statistic) => {
      const name = JSON.stringify([rest.name, statistic]);
      if (!claims.has(name)) claims.set(name, key);
      return claims.get(name) === key;
    });
    const known = byRest.get(key)?.statistics ?? [];
    const all = [...new Set([...known, ...own])];
    if (all.length > 0) byRest.set(key, { ...rest, statistics: all });
  }
  return [...byRest.values()];
}

/** Which period a statistic of a metric is read with: the first that is asked for. */
export class PeriodClaims {
  readonly #periods = new Map<string, number>();

  /** Asks for a period; the one that counts. */
  claim({ name, period }: { readonly name: string; readonly period: number }, statistic: string) {
    const key = JSON.stringify([name, statistic]);
    const claimed = this.#periods.get(key) ?? period;
    this.#periods.set(key, claimed);
    return claimed;
  }
}

/** A name that occurs again gets a number; series keep the name in the file. */
function numbered(jobs: readonly CloudWatchJob[]): CloudWatchJob[] {
  const seen = new Map<string, number>();
  return jobs.map((job) => {
    const count = (seen.get(job.name) ?? 0) + 1;
    seen.set(job.name, count);
    if (count === 1) return job;
    const given = job.kind === 'discovery' ? {} : { givenName: job.name };
    return { ...job, ...given, name: `${job.name} #${count}` };
  });
}
