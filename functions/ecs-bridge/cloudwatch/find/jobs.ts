// The jobs of one scope: what each asks for, in units that are read together.
import type { CloudWatchJob, EpochMs } from '@fargaze/core/internal';
import { addTo } from '../../aws/call-tally.ts';
import type { ScopeClients } from '../../aws/scope.ts';
import { readEcs } from '../../ecs/read-ecs.ts';
import type { EcsReading } from '../../ecs/reading.ts';
import { isReadIn, type Pass } from '../pass/pass.ts';
import { discover } from './discover.ts';
import type { ScopedJob } from './found.ts';
import { isReadFromEcs } from './job-source.ts';
import type { FindMemory } from './memory.ts';
import { needsResolutions, readResolutions } from './resolutions.ts';
import { jobKey, type Search } from './search.ts';
import { metricKey, spanOf, unitsOf } from './units.ts';

/** The jobs of a pass that are read in a scope. */
export function jobsOf(pass: Pass, scope: ScopeClients): CloudWatchJob[] {
  return pass.config.jobs.filter((job) => isReadIn(job, scope, pass));
}

/** Finds what the jobs of the scope ask for. */
export async function findJobs(search: Search): Promise<ScopedJob[]> {
  const jobs = jobsOf(search.pass, search.scope);
  const reading = shareEcs(jobs, search);
  return Promise.all(jobs.map((job) => findJob(job, search, reading)));
}

async function findJob(
  job: CloudWatchJob,
  search: Search,
  reading: () => Promise<EcsReading>,
): Promise<ScopedJob> {
  const { delivered, memory, pass, scope } = search;
  const key = jobKey(job, scope);
  const known = { watermark: delivered.until(key), lag: 0 };
  const since = Math.min(...job.metrics.map((metric) => spanOf(metric, known, search).from));
  const discovery = await discover(job, search, async () => ({
    reading: await reading(),
    facts: { since, resolutions: memory.resolutions },
  }));
  const departed = memory.departed(key, discovery.existing, pass.now);
  const queries = [...discovery.queries, ...departed];
  const units = queries.flatMap((query) => unitsOf(query, key, search));
  const found = { job, scope, key, discovery, units };
  countFound(found, pass);
  return found;
}

/** Reads ECS once for all jobs of the scope that need it, and how often its services publish. */
function shareEcs(
  jobs: readonly CloudWatchJob[],
  { ecs: known, memory, pass, scope }: Search,
): () => Promise<EcsReading> {
  let reading: Promise<EcsReading> | undefined;
  const own = scope.region === pass.region && scope.role === undefined;
  const read = async () => {
    const options = { shard: pass.shard, memory: known, clock: pass.clock };
    const ecs = await (own ? pass.ownEcs : readEcs(scope.ecs(), pass.ecsConfig, options));
    if (!own) pass.tally.faults.push(...ecs.faults);
    if (jobs.some(needsResolutions)) {
      pass.tally.faults.push(...(await readResolutions(scope.ecs(), ecs, memory.resolutions)));
    }
    return ecs;
  };
  return () => {
    reading ??= read();
    return reading;
  };
}

function countFound(
  { discovery, job, key, units }: ScopedJob,
  { config, overlap, tally }: Pass,
): void {
  if (discovery.complete === 'partial') tally.incomplete.add(key);
  addTo(tally.resources, job.namespace, discovery.resources.length);
  for (const { period, query, span } of units) {
    const usual = overlap + Math.max(query.metric.length, config.interval) + period;
    tally.gap = Math.max(tally.gap, span.until - span.from - usual);
  }
}

/** Records what a job found, once all of it has been read and delivered. */
export function keepFound(
  { discovery, job, key }: ScopedJob,
  memory: FindMemory,
  at: EpochMs,
): void {
  const found = discovery.queries.filter((one) => one.found !== 'job');
  memory.keepRead(
    key,
    found.map((one) => metricKey(one, key)),
    at,
  );
  if (isReadFromEcs(job)) memory.keepCurrent(key, discovery.queries);
}
