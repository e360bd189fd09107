// Names and labels of CloudWatch data in Prometheus: YACE's or cloudwatch_exporter's. Pure. Every name is valid: characters
// that the exporters let through and Prometheus would refuse become `_`.
import type { CloudWatchConfig, Metadata, NamedValue } from '@fargaze/core/internal';
import { dropEmpty, yaceLabel, yaceSnake } from '../../naming/yace-case.ts';
import { metricFacts } from './known-metrics.ts';

/** The configured style of names and labels. */
export type Naming = Pick<CloudWatchConfig, 'naming' | 'labels'>;

/** Labels that all series of a job in one region and account share. */
export type Origin = {
  readonly region: string;
  readonly accountId: string;
  readonly customTags: readonly NamedValue[];
};

/** What one series is about. */
export type SeriesIdentity = Origin & {
  readonly namespace: string;
  readonly metric: string;
  readonly statistic: string;
  readonly dimensions: readonly NamedValue[];
  /** ARN of the resource, `global` without one; for static and custom jobs the name of the job. */
  readonly resource: string;
  /** The exported tags of the resource. */
  readonly tags: readonly NamedValue[];
};

/** A resource, for its `_info` series. */
export type ResourceIdentity = Origin & {
  readonly namespace: string;
  readonly arn: string;
  readonly dimensions: readonly NamedValue[];
  readonly tags: readonly NamedValue[];
  /** The job's `contextOnInfo`. */
  readonly context: boolean;
};

/** The labels of a series, `__name__` among them; none is empty. */
export function seriesLabels(series: SeriesIdentity, naming: Naming): Record<string, string> {
  const { metric, namespace, statistic } = series;
  const name = metricName({ namespace, metric, statistic }, naming.naming);
  const labels =
    naming.naming === 'yace'
      ? { name: series.resource, ...prefixed('dimension_', series.dimensions, naming) }
      : { ...javaLabels(series.dimensions), job: javaName(namespace.toLowerCase()) };
  return dropEmpty({
    ...originLabels(series, naming),
    ...prefixed('tag_', series.tags, naming),
    ...labels,
    __name__: name,
  });
}

/** The name of a series. */
export function metricName(
  { metric, namespace, statistic }: Pick<SeriesIdentity, 'namespace' | 'metric' | 'statistic'>,
  style: Naming['naming'],
): string {
  if (style === 'yace') return yaceName(namespace, metric, statistic);
  const base = javaName(`${namespace.toLowerCase()}_${javaSnake(metric)}`);
  return leadingLetter(`${base}_${javaName(javaSnake(statistic))}`);
}

/** Labels and value of the series that holds the tags of a resource: 0 in YACE, 1 in cloudwatch_exporter. */
export function infoSeries(
  resource: ResourceIdentity,
  naming: Naming,
): { readonly labels: Record<string, string>; readonly value: 0 | 1 } {
  const tags = prefixed('tag_', resource.tags, naming);
  if (naming.naming === 'yace') {
    const origin = resource.context ? originLabels(resource, naming) : {};
    const __name__ = yaceName(resource.namespace, 'info', '');
    return { labels: dropEmpty({ __name__, name: resource.arn, ...tags, ...origin }), value: 0 };
  }
  const labels = {
    ...originLabels(resource, naming),
    ...tags,
    ...javaLabels(resource.dimensions),
    arn: resource.arn,
    job: javaName(resource.namespace.toLowerCase()),
    __name__: 'aws_resource_info',
  };
  return { labels: dropEmpty(labels), value: 1 };
}

/** Type, HELP and unit of a series. CloudWatch gives none of them with its data, so units come from a table. */
export function seriesMetadata(series: SeriesIdentity, naming: Naming): Metadata {
  const { metric, namespace, statistic } = series;
  const { help, unit } = metricFacts(namespace, metric);
  const shown = statistic === 'SampleCount' ? 'Count' : unit;
  const names = series.dimensions.map(({ name }) => name).join(', ');
  const text =
    naming.naming === 'yace'
      ? [`${namespace} ${metric}`, ...(help === '' ? [] : [help]), `${statistic} in a period`].join(
          ': ',
        )
      : `CloudWatch metric ${namespace} ${metric} Dimensions: [${names}] Statistic: ${statistic} Unit: ${shown}`;
  return { type: 'gauge', help: text, unit: prometheusUnits[shown] ?? '' };
}

// docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_MetricDatum.html (Unit)
const prometheusUnits: Readonly<Record<string, string>> = {
  Seconds: 'seconds',
  Milliseconds: 'milliseconds',
  Microseconds: 'microseconds',
  Bytes: 'bytes',
  Megabytes: 'megabytes',
  Gigabytes: 'gigabytes',
  Percent: 'percent',
  Count: 'count',
  'Bytes/Second': 'bytes_per_second',
  'Count/Second': 'count_per_second',
};

/** YACE's rule (promutil.BuildMetricName): namespace without doubled parts, metric, statistic, each in snake case. */
function yaceName(namespace: string, metric: string, statistic: string): string {
  const space = yaceSnake(namespace.replace(/^\//, '').toLowerCase());
  const name = yaceSnake(metric);
  // As YACE does it, the length is not accumulated: each part that stands at the position reached so far sets the position
  // to its own length.
  const skip = space
    .split('_')
    .reduce((at, part) => (name.startsWith(part, at) ? part.length : at), 0);
  const own = name.slice(skip).replace(/^_/, '');
  const head = space.startsWith('aws') ? space : `aws_${space}`;
  return validName([head, own, ...(statistic === '' ? [] : [yaceSnake(statistic)])].join('_'));
}

function prefixed(prefix: string, values: readonly NamedValue[], naming: Naming) {
  return Object.fromEntries(
    values.map(({ name, value }) => [`${prefix}${labelPart(name, naming)}`, value]),
  );
}

/** A name as part of a label. cloudwatch_exporter keeps the case of tags too. */
function labelPart(name: string, { labels, naming }: Naming): string {
  if (naming === 'cloudwatch_exporter' && labels === 'keep') return javaLabel(name);
  return labels === 'snake' ? yaceLabel(yaceSnake(name)) : yaceLabel(name);
}

/** cloudwatch_exporter's series get region and account too: without them two scopes would share a series. */
function originLabels(origin: Origin, naming: Naming): Record<string, string> {
  return {
    region: origin.region,
    account_id: origin.accountId,
    ...prefixed('custom_tag_', origin.customTags, naming),
  };
}

/** cloudwatch_exporter's snake case (CloudWatchCollector.toSnakeCase). */
function javaSnake(text: string): string {
  return text.replaceAll(/([a-z0-9])([A-Z])/g, '$1_$2').toLowerCase();
}

function javaName(text: string): string {
  return text.replaceAll(/[^a-zA-Z0-9:_]/gu, '_').replaceAll(/__+/g, '_');
}

function javaLabel(text: string): string {
  return text.replaceAll(/[^a-zA-Z0-9_]/gu, '_').replaceAll(/__+/g, '_');
}

function javaLabels(dimensions: readonly NamedValue[]): Record<string, string> {
  return Object.fromEntries(
    dimensions.map(({ name, value }) => [leadingLetter(javaLabel(javaSnake(name))), value]),
  );
}

function validName(text: string): string {
  return leadingLetter(text.replaceAll(/[^a-zA-Z0-9_:]/gu, '_'));
}

function leadingLetter(text: string): string {
  return /^[0-9]/.test(text) ? `_${text}` : text;
}
