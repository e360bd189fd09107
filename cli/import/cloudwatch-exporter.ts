// Jobs of cloudwatch_exporter as YACE's, which the bridge reads: metrics with the same namespace, dimensions and times become one
// job. What has no counterpart is said, and left out where leaving it in would cost more than was asked for.
import type { Mapping } from '../../layers/core/src/config/compile/raw.ts';
import { namespaces } from '../../layers/core/src/config/compile/yace-namespaces.ts';
import { isMapping } from '../../layers/core/src/config/mapping.ts';

/** A YACE document, and what was left out. */
export type FromCloudWatchExporter = {
  readonly content: Mapping;
  readonly notes: readonly string[];
};

/** What the exporter asks for where nothing is given. */
const usual = {
  statistics: ['Sum', 'SampleCount', 'Minimum', 'Maximum', 'Average'],
  period: 60,
} as const;

/** Keys that are read, and those that have no effect here. */
const knownKeys = new Set(
  (
    'aws_namespace aws_metric_name aws_dimensions aws_dimension_select aws_tag_select aws_statistics aws_extended_statistics period_seconds ' +
    'delay_seconds range_seconds set_timestamp use_get_metric_data list_metrics_cache_ttl warn_on_empty_list_dimensions help'
  ).split(' '),
);

type Job = {
  readonly metrics: Mapping[];
  readonly rest: Mapping;
  readonly kind: 'static' | 'customNamespace' | 'discovery';
};

/** Translates a file. */
export function fromCloudWatchExporter(file: Mapping): FromCloudWatchExporter {
  const notes: string[] = [];
  const jobs = new Map<string, Job>();
  const list: readonly unknown[] = Array.isArray(file.metrics) ? file.metrics : [];
  for (const [index, entry] of list.entries()) {
    const place = `metrics[${index}]`;
    if (
      !isMapping(entry) ||
      typeof entry.aws_namespace !== 'string' ||
      typeof entry.aws_metric_name !== 'string'
    ) {
      notes.push(`${place}: left out: want aws_namespace and aws_metric_name`);
      continue;
    }
    const tags = searchTagsOf(entry);
    const refused = ['aws_tag_select', 'aws_dimension_select_regex'].find((key) => key in entry);
    if (refused !== undefined && (refused !== 'aws_tag_select' || tags === undefined)) {
      notes.push(`${place}: left out: ${refused} would read more here than was asked for`);
      continue;
    }
    const unknown = Object.keys(entry).filter((key) => !knownKeys.has(key));
    if (unknown.length > 0)
      notes.push(
        `${place}: ${unknown.join(', ')} is no key of cloudwatch_exporter and has no effect`,
      );
    const found = jobsOf(entry, file);
    if (typeof found === 'string') notes.push(`${place}: left out: ${found}`);
    else for (const job of found) add(jobs, job);
  }
  const of = (kind: Job['kind']) =>
    [...jobs.values()]
      .filter((job) => job.kind === kind)
      .map(({ metrics, rest }, at) => ({
        name: `${slugOf(String(rest.namespace))}-${at + 1}`,
        ...rest,
        metrics,
      }));
  const [statics, customs] = [of('static'), of('customNamespace')];
  const discovered = [...jobs.values()]
    .filter(({ kind }) => kind === 'discovery')
    .map(({ metrics, rest: { namespace: type, ...rest } }) => ({ type, ...rest, metrics }));
  return {
    content: {
      apiVersion: 'v1alpha1',
      ...(discovered.length > 0 && { discovery: { jobs: discovered } }),
      ...(statics.length > 0 && { static: statics }),
      ...(customs.length > 0 && { customNamespace: customs }),
    },
    notes,
  };
}

function add(jobs: Map<string, Job>, job: Job): void {
  const key = JSON.stringify([job.kind, job.rest]);
  const known = jobs.get(key);
  if (known === undefined) jobs.set(key, job);
  else known.metrics.push(...job.metrics);
}

/** The jobs of an entry, or why there is none. */
function jobsOf(entry: Mapping, file: Mapping): readonly Job[] | string {
  const dimensions = textsOf(entry.aws_dimensions);
  const select = isMapping(entry.aws_dimension_select) ? entry.aws_dimension_select : {};
  const region = typeof file.region === 'string' ? { regions: [file.region] } : {};
  const role = typeof file.role_arn === 'string' ? { roles: [{ roleArn: file.role_arn }] } : {};
  const rest = { namespace: entry.aws_namespace, ...region, ...role };
  const metric = metricOf(entry, file);
  const selected = dimensions.map((name) => textsOf(select[name]));
  const searchTags = searchTagsOf(entry);
  if (searchTags !== undefined) {
    const own = { ...rest, searchTags, dimensionNameRequirements: dimensions };
    return [{ kind: 'discovery', rest: own, metrics: [metric] }];
  }
  if (dimensions.length === 0)
    return [{ kind: 'static', rest: { ...rest, dimensions: [] }, metrics: [metric] }];
  if (selected.every((values) => values.length > 0)) {
    return combinations(selected).map((values) => ({
      kind: 'static',
      rest: { ...rest, dimensions: dimensions.map((name, at) => ({ name, value: values[at] })) },
      metrics: [metric],
    }));
  }
  const some = dimensions.filter((_, at) => (selected[at]?.length ?? 0) > 0);
  if (some.length > 0) {
    return `aws_dimension_select for ${some.join(', ')} only; want it for every dimension`;
  }
  return [
    {
      kind: 'customNamespace',
      rest: { ...rest, dimensionNameRequirements: dimensions },
      metrics: [metric],
    },
  ];
}

/** The tags of `aws_tag_select` as YACE's filters; undefined where a discovery job would not find the same resources. */
function searchTagsOf(entry: Mapping): Mapping[] | undefined {
  const select = entry.aws_tag_select;
  const association = namespaces.get(String(entry.aws_namespace))?.association;
  if (!isMapping(select) || association === undefined || 'aws_dimension_select' in entry)
    return undefined;
  const { resource_id_dimension: id, resource_type_selection: type, tag_selections: tags } = select;
  const known = association.mappings.some(({ dimensions }) => dimensions.join() === id);
  if (!known || !association.types.includes(String(type)) || !isMapping(tags)) return undefined;
  return Object.entries(tags).map(([key, values]) => ({
    key,
    value: `^(?:${textsOf(values).map(escapePattern).join('|')})$`,
  }));
}

function escapePattern(text: string): string {
  return text.replaceAll(/[\\^$.*+?()[\]{}|]/g, '\\$&');
}

function metricOf(entry: Mapping, file: Mapping): Mapping {
  const number = (key: string) => {
    const value = entry[key] ?? file[key];
    return typeof value === 'number' ? value : undefined;
  };
  const given = [...textsOf(entry.aws_statistics), ...textsOf(entry.aws_extended_statistics)];
  const period = number('period_seconds') ?? usual.period;
  const length = Math.max(period, number('range_seconds') ?? 0);
  return {
    name: entry.aws_metric_name,
    statistics: given.length > 0 ? given : [...usual.statistics],
    period,
    ...(length > period && { length }),
  };
}

function combinations(lists: readonly (readonly string[])[]): string[][] {
  return lists.reduce<string[][]>(
    (made, values) => made.flatMap((one) => values.map((value) => [...one, value])),
    [[]],
  );
}

function textsOf(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((one): one is string => typeof one === 'string') : [];
}

function slugOf(namespace: string): string {
  return namespace.toLowerCase().replace(/[^a-z0-9]+/g, '-');
}
