// Which job reads a series that several jobs ask for: the first of the file, so that two periods do not mix in it and AWS
// bills it once. A job that could not find everything keeps what it read before.
import type { ScopeClients } from '../aws/scope.ts';
import type { ReadUnit, ScopedJob } from './find/found.ts';
import type { Pass } from './pass/pass.ts';
import { seriesLabels } from './write/naming.ts';
import { identityOf, seriesKey } from './write/series.ts';

/** Each scope with its jobs. */
export type FoundJobs = readonly (readonly [ScopeClients, readonly ScopedJob[]])[];

/** Series that several jobs ask for, as a warm function remembers them. */
export class Claims {
  /** Of series that another job asked for too: the key of the job that reads it. */
  #contested = new Map<string, string>();

  /** The jobs with what each of them reads; where settings differ, that is a note of the pass. */
  settle(found: FoundJobs, pass: Pass): [ScopeClients, ScopedJob[]][] {
    const rivals = rivalsIn(found, pass);
    const settling = new Settling(this.#contested, rivals, pass);
    const settled = new Map(rivals.map((job) => [job, settling.take(job)]));
    this.#contested = settling.contested;
    for (const note of settling.notes()) pass.tally.notes.push(note);
    return found.map(([scope, jobs]) => [scope, jobs.map((job) => settled.get(job) ?? job)]);
  }
}

/** Jobs that share their namespace and region with another one, or with themselves by another role, in the order of the file. */
function rivalsIn(found: FoundJobs, { config }: Pass): ScopedJob[] {
  const jobs = found.flatMap(([, own]) => own);
  const counts = new Map<string, number>();
  const field = ({ job, scope }: ScopedJob) => `${scope.region} ${job.namespace}`;
  for (const job of jobs) counts.set(field(job), (counts.get(field(job)) ?? 0) + 1);
  const order = new Map(config.jobs.map((job, index) => [job, index]));
  const place = ({ job }: ScopedJob) => order.get(job) ?? 0;
  return jobs
    .filter((job) => (counts.get(field(job)) ?? 0) > 1)
    .sort((a, b) => place(a) - place(b));
}

type Claim = { readonly job: ScopedJob; readonly unit: ReadUnit };

class Settling {
  readonly contested = new Map<string, string>();
  readonly #before: ReadonlyMap<string, string>;
  readonly #pass: Pass;
  readonly #partial: ReadonlySet<string>;
  readonly #claims = new Map<string, Claim>();
  /** By the names of both jobs: an example, and how many series. */
  readonly #differing = new Map<string, { readonly example: string; count: number }>();

  constructor(before: ReadonlyMap<string, string>, jobs: readonly ScopedJob[], pass: Pass) {
    this.#before = before;
    this.#pass = pass;
    const partial = jobs.filter(({ discovery }) => discovery.complete === 'partial');
    this.#partial = new Set(partial.map(({ key }) => key));
  }

  /** The job with the statistics that no other one reads. */
  take(job: ScopedJob): ScopedJob {
    const units = job.units.flatMap((unit) => {
      const own = unit.statistics.filter((statistic) => this.#claim({ job, unit }, statistic));
      if (own.length === unit.size) return unit;
      return own.length === 0 ? [] : { ...unit, statistics: own, size: own.length };
    });
    return { ...job, units };
  }

  #claim(claim: Claim, statistic: string): boolean {
    const { job, unit } = claim;
    const key = seriesKey(seriesLabels(identityOf(unit, statistic), this.#pass.config));
    const first = this.#claims.get(key);
    const owner = first?.job.key ?? this.#ownerBefore(key, job);
    if (owner === undefined) {
      this.#claims.set(key, claim);
      return true;
    }
    this.contested.set(key, owner);
    if (first !== undefined) this.#compare(first, claim, statistic);
    return false;
  }

  /** Another job that read the series before and may still want it: it could not find everything. */
  #ownerBefore(key: string, { key: own }: ScopedJob): string | undefined {
    const before = this.#before.get(key);
    return before !== undefined && before !== own && this.#partial.has(before) ? before : undefined;
  }

  #compare(first: Claim, second: Claim, statistic: string): void {
    const { metric } = second.unit.query;
    const difference = (['period', 'delay', 'nilToZero'] as const).find(
      (key) => metric[key] !== first.unit.query.metric[key],
    );
    if (difference === undefined) return;
    const names = `${second.job.job.name}\u0000${first.job.job.name}`;
    const [own, there] = [metric[difference], first.unit.query.metric[difference]];
    const example = `${metric.name} ${statistic}: ${difference} ${own}, there ${there}`;
    const known = this.#differing.get(names) ?? { example, count: 0 };
    this.#differing.set(names, known);
    known.count += 1;
  }

  notes(): string[] {
    return [...this.#differing].map(([names, { count, example }]) => {
      const [second, first] = names.split('\u0000');
      const series = count === 1 ? '1 series is' : `${count} series are`;
      return `${second}: ${series} read by ${first} already, left out with other settings (${example})`;
    });
  }
}
