// Rules of a YACE file between several of its values, as YACE's own Validate has them. Reads the raw document and skips
// what is not even the right type, so that these findings stand beside the schema's.
import { type PathStep, showValue } from '../explain.ts';
import { asMapping, type Finding, type Mapping } from './raw.ts';

/** Findings about a YACE document that stands at `path`. */
export function checkYace(document: unknown, path: readonly PathStep[]): Finding[] {
  const file = asMapping(document);
  const discovery = asMapping(file.discovery);
  const lists = [
    { path: ['discovery', 'jobs'], jobs: toList(discovery.jobs) },
    { path: ['static'], jobs: toList(file.static) },
    { path: ['customNamespace'], jobs: toList(file.customNamespace) },
  ];
  const found = lists.flatMap(({ jobs, path: list }) =>
    jobs.flatMap((job, index) => {
      // A static job has no settings of its own to hand down.
      const handed = list[0] === 'static' ? {} : asMapping(job);
      return [
        ...checkRoles(asMapping(job), [...list, index]),
        ...toList(asMapping(job).metrics).flatMap((metric, at) =>
          checkMetric(asMapping(metric), handed, [...list, index, 'metrics', at]),
        ),
      ];
    }),
  );
  if (lists.every(({ jobs }) => jobs.every((job) => job === null))) {
    const place = 'discovery.jobs, static or customNamespace';
    const message = lists.some(({ jobs }) => jobs.length > 0)
      ? `no job has metrics that are read, want at least one that has, in ${place}`
      : `got ${showValue(document)}, want at least one job in ${place}`;
    found.push({ path: [], message });
  }
  return found.map((finding) => ({ ...finding, path: [...path, ...finding.path] }));
}

function checkMetric(metric: Mapping, job: Mapping, path: readonly PathStep[]): Finding[] {
  const found: Finding[] = [];
  const statistics = [metric.statistics, job.statistics].find((list) => toList(list).length > 0);
  if (statistics === undefined && typeof metric.name === 'string') {
    found.push({
      path,
      message: `metric ${showValue(metric.name)} has no statistics, want at least one${path[0] === 'static' ? ' of its own, since a static job hands none down' : ''}`,
    });
  }
  const flag = (key: string) => metric[key] ?? job[key] ?? false;
  if (flag('exportAllDataPoints') === true && flag('addCloudwatchTimestamp') === false) {
    const message = 'exportAllDataPoints without addCloudwatchTimestamp, want both';
    found.push({ path, message });
  }
  return found;
}

function checkRoles(job: Mapping, path: readonly PathStep[]): Finding[] {
  return toList(job.roles).flatMap((role, index) => {
    const { externalId, roleArn } = asMapping(role);
    if (roleArn || !externalId) return [];
    return [{ path: [...path, 'roles', index], message: 'externalId without roleArn, want both' }];
  });
}

function toList(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
