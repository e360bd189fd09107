// What a YACE file holds besides what is read: keys that YACE ignores or warns of, and older spellings. They are left out or
// rewritten, each with a warning. Not what narrows what is read: with a misspelt filter more would be read, and billed.
import { type PathStep, showValue } from '../explain.ts';
import { isMapping } from '../mapping.ts';
import { didYouMean, suggest } from '../suggest.ts';
import { asMapping, type Finding } from './raw.ts';
import { PeriodClaims, yaceDefaults } from './yace-jobs.ts';
import { namespaces, toNamespace } from './yace-namespaces.ts';
import {
  customEntries,
  discoveryEntries,
  metricEntries,
  roleEntries,
  staticEntries,
  topKeys,
} from './yace-schema.ts';

/** A YACE document as the schema wants it, and what was done for that, by the places of the one that was given. */
export type Tidied = { readonly value: unknown; readonly warnings: readonly Finding[] };

type Mapping = Record<string, unknown>;

/** The document without what is ignored. The schema says what is wrong with the rest. */
export function tidyYace(document: unknown): Tidied {
  // A file without a single key of YACE's is another program's: the schema says so of every key.
  const isTheirs = isMapping(document) && topKeys.file.some((key) => Object.hasOwn(document, key));
  if (!isTheirs) return { value: document, warnings: [] };
  const tidy = new Tidy();
  const file = tidy.mapping(document, [], { known: topKeys.file });
  if (Array.isArray(file.discovery)) file.discovery = tidy.listed(file.discovery);
  if (isMapping(file.discovery)) file.discovery = tidy.discovery(file.discovery);
  file.static = tidy.jobs(file.static, ['static'], kinds.static);
  file.customNamespace = tidy.jobs(file.customNamespace, ['customNamespace'], kinds.custom);
  return { value: file, warnings: tidy.warnings };
}

/** How the keys of a mapping are read. */
type Reading = {
  readonly known: readonly string[];
  /** Older spellings, with what each is now. */
  readonly older?: Readonly<Record<string, string>>;
  /** Known keys that have no effect, with the reason. */
  readonly idle?: Readonly<Record<string, string>>;
};

const ownSettings = 'each metric of a static job has its own';

/** Keys of a job of which a misspelling is refused. */
const narrowing = [
  'dimensionNameRequirements',
  'dimensionValueExclusions',
  'dimensions',
  'recentlyActiveOnly',
  'regions',
  'roles',
  'searchTags',
];
const olderOfJobs = { region: 'regions', roleArn: 'roles', roleArns: 'roles' };

const aligned = 'windows are always aligned to the period';

const kinds = {
  discovery: {
    known: Object.keys(discoveryEntries),
    older: olderOfJobs,
    idle: {
      roundingPeriod: aligned,
      enhancedMetrics: "values of a service's own API are not read",
      quotaMetrics: 'quotas are not read',
    },
  },
  custom: {
    known: Object.keys(customEntries),
    older: olderOfJobs,
    idle: { roundingPeriod: aligned },
  },
  static: {
    known: Object.keys(staticEntries),
    older: olderOfJobs,
    idle: Object.fromEntries(
      Object.keys(metricEntries)
        .filter((key) => key !== 'name')
        .map((key) => [key, ownSettings]),
    ),
  },
} as const satisfies Readonly<Record<string, Reading>>;

const metricReading: Reading = {
  known: Object.keys(metricEntries),
  idle: { delay: 'only a job has a delay, as in YACE' },
};
const pairReading = (names: readonly string[]): Reading => ({
  known: names,
  older: { Key: 'key', Value: 'value', Name: 'name' },
});

class Tidy {
  readonly warnings: Finding[] = [];

  /** The keys that count, in a copy. */
  mapping(given: Readonly<Mapping>, path: readonly PathStep[], reading: Reading): Mapping {
    const { idle = {}, known, older = {} } = reading;
    const close = narrowing.filter((key) => known.includes(key));
    const kept: Mapping = {};
    for (const [key, value] of Object.entries(given)) {
      const at = [...path, key];
      const modern = Object.hasOwn(older, key) ? older[key] : undefined;
      const reason = Object.hasOwn(idle, key) ? idle[key] : undefined;
      if (reason !== undefined) {
        if (isAsked(value)) this.#warn(at, `left out: ${reason}`);
      } else if (modern !== undefined && given[modern] === undefined) {
        this.#warn(at, `an older spelling, read as ${modern}`);
        put(kept, modern, value);
      } else if (known.includes(key) || suggest(key, close) !== undefined) {
        put(kept, key, value);
      } else {
        this.#warn(at, `unknown key, left out as in YACE${didYouMean(key, known)}`);
      }
    }
    return kept;
  }

  /** The oldest files have the jobs themselves there. */
  listed(jobs: readonly unknown[]): Mapping {
    this.#warn(['discovery'], 'got a list, as the oldest files have it, read as discovery.jobs');
    return { jobs };
  }

  discovery(given: Readonly<Mapping>): Mapping {
    const at = ['discovery'];
    const older = { exportTagsOnMetrics: 'exportedTagsOnMetrics' };
    const kept = this.mapping(given, at, { known: topKeys.discovery, older });
    kept.jobs = this.jobs(kept.jobs, [...at, 'jobs'], kinds.discovery);
    if (isMapping(kept.exportedTagsOnMetrics)) {
      kept.exportedTagsOnMetrics = this.#exported(kept.exportedTagsOnMetrics, kept.jobs);
    }
    return kept;
  }

  #exported(given: Readonly<Mapping>, jobs: unknown): Mapping {
    const used = listOf(jobs).map((job) => toNamespace(String(asMapping(job).type)));
    const entries = Object.entries(given).filter(([type, keys]) => {
      const at = ['discovery', 'exportedTagsOnMetrics', type];
      for (const [index, key] of listOf(keys).entries()) this.#label(key, [...at, index]);
      if (used.includes(toNamespace(type))) return true;
      const near = namespaces.has(toNamespace(type)) ? '' : didYouMean(type, new Set(used));
      this.#warn(at, `left out: no job has this type${near}`);
      return false;
    });
    return Object.fromEntries(entries.map(([type, keys]) => [type, keys ?? []]));
  }

  jobs(given: unknown, path: readonly PathStep[], reading: Reading): unknown {
    if (!Array.isArray(given)) return given;
    return given.map((job: unknown, index) => {
      const at = [...path, index];
      if (!isMapping(job)) return job;
      const kept = this.mapping(job, at, reading);
      const enhanced = reading === kinds.discovery && isAsked(job.enhancedMetrics);
      // YACE takes such a job. Its place stays, so that the places of the others do.
      if (enhanced && listOf(job.metrics).length === 0) return null;
      kept.roles = this.#roles(kept.roles, at);
      kept.regions = this.#list(kept.regions, [...at, 'regions']);
      kept.statistics = this.#list(kept.statistics, [...at, 'statistics']);
      const required = kept.dimensionNameRequirements;
      kept.dimensionNameRequirements = this.#list(required, [...at, 'dimensionNameRequirements']);
      for (const key of ['searchTags', 'customTags']) {
        kept[key] = this.#pairs(kept[key], [...at, key], ['key', 'value', 'exactMatch']);
      }
      kept.dimensions = this.#pairs(kept.dimensions, [...at, 'dimensions'], ['name', 'value']);
      kept.metrics = this.#metrics(kept, at);
      return withoutUnset(kept);
    });
  }

  #metrics(job: Readonly<Mapping>, path: readonly PathStep[]): unknown {
    if (!Array.isArray(job.metrics)) return job.metrics;
    const claims = new PeriodClaims();
    return job.metrics.map((metric: unknown, index) => {
      if (!isMapping(metric)) return metric;
      const at = [...path, 'metrics', index];
      const kept = this.mapping(metric, at, metricReading);
      kept.statistics = this.#list(kept.statistics, [...at, 'statistics']);
      const [length, period] = (['length', 'period'] as const).map((key) => {
        const set = [kept[key], job[key]].find((value) => typeof value === 'number' && value > 0);
        return Number(set ?? yaceDefaults[key]);
      }) as [number, number];
      if (length < period) {
        const place = kept.length === undefined && kept.period !== undefined ? 'period' : 'length';
        const message = `length ${length} is less than period ${period}, which YACE refuses: read as ${period}`;
        this.#warn(kept[place] === undefined ? at : [...at, place], message);
        kept.length = period;
      }
      const own = listOf(kept.statistics);
      for (const statistic of own.length > 0 ? own : listOf(job.statistics)) {
        const claimed = claims.claim({ name: String(kept.name), period }, String(statistic));
        if (claimed === period) continue;
        const what = `${String(statistic)} of ${showValue(kept.name)}`;
        this.#warn(at, `${what} is read with period ${claimed} already, left out with ${period}`);
      }
      return withoutUnset(kept);
    });
  }

  /** One text where a list belongs. */
  #list(given: unknown, path: readonly PathStep[]): unknown {
    if (typeof given !== 'string') return given;
    this.#warn(path, `got ${showValue(given)}, read as a list of it`);
    return [given];
  }

  /** Older files have a list of ARNs, or one. */
  #roles(given: unknown, path: readonly PathStep[]): unknown {
    const list = typeof given === 'string' ? [given] : given;
    if (!Array.isArray(list)) return given;
    return list.map((role: unknown, index) => {
      const at = [...path, 'roles', index];
      const whole = typeof role === 'string' ? { roleArn: role } : (role ?? {});
      if (!isMapping(whole)) return role;
      const kept = this.mapping(whole, at, { known: Object.keys(roleEntries) });
      const { roleArn } = kept;
      if (typeof roleArn === 'string' && roleArn !== '' && !roleArn.startsWith('arn:')) {
        const got = `got ${showValue(roleArn)}, which is no ARN of a role`;
        this.#warn([...at, 'roleArn'], `${got}: AWS will refuse to assume it`);
      }
      return kept;
    });
  }

  #pairs(given: unknown, path: readonly PathStep[], names: readonly string[]): unknown {
    if (!Array.isArray(given)) return given;
    return given.map((pair: unknown, index) => {
      if (!isMapping(pair)) return pair;
      const kept = this.mapping(pair, [...path, index], pairReading(names));
      if (path.at(-1) === 'customTags') this.#label(kept.key, [...path, index, 'key']);
      // A tag without a value is one with any value, or an empty label; a dimension has one.
      const isUnset = kept.value === null || (kept.value === undefined && names.includes('key'));
      return isUnset ? { ...kept, value: '' } : kept;
    });
  }

  #label(key: unknown, path: readonly PathStep[]): void {
    if (typeof key !== 'string' || !/[^A-Za-z0-9_ ,\t/\\.:=@<>()\u201c%-]/.test(key)) return;
    const message = `got ${showValue(key)}: what no label can have becomes _; YACE leaves the label out`;
    this.#warn(path, message);
  }

  #warn(path: readonly PathStep[], message: string): void {
    this.warnings.push({ path, message });
  }
}

/** Whether a value asks for something. */
function isAsked(value: unknown): boolean {
  return (
    value !== undefined &&
    value !== null &&
    value !== false &&
    !(Array.isArray(value) && value.length === 0)
  );
}

/** Also for a name that every object inherits. */
function put(target: Mapping, key: string, value: unknown): void {
  Object.defineProperty(target, key, {
    value,
    writable: true,
    enumerable: true,
    configurable: true,
  });
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function withoutUnset(mapping: Mapping): Mapping {
  return Object.fromEntries(Object.entries(mapping).filter(([, value]) => value !== undefined));
}
