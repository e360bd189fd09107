// How CloudWatch data is called in Prometheus: YACE's names and labels, or cloudwatch_exporter's. Pure. Every name is a
// valid one: characters that the exporters would let through and Prometheus would refuse become `_`.
import type { CloudWatchConfig, Metadata, NamedValue } from '@fargaze/core';
import { describeMetric } from '../find/known-metrics.ts';

/** How to name. */
export type Naming = Pick<CloudWatchConfig, 'naming' | 'labels'>;

/** Where a reading was made. */
export type Place = {
  readonly region: string;
  readonly accountId: string;
  readonly accountAlias?: string;
  readonly customTags: readonly NamedValue[];
};

/** What one series is about. */
export type SeriesIdentity = Place & {
  readonly namespace: string;
  readonly metric: string;
  readonly statistic: string;
  readonly dimensions: readonly NamedValue[];
  /** ARN of the resource; `global` where there is none; of a static or custom job its name. */
  readonly resource: string;
  /** The exported tags of the resource. */
  readonly tags: readonly NamedValue[];
};

/** A resource, for its `_info` series. */
export type ResourceIdentity = Place & {
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
  return filled({
    ...placeLabels(series, naming),
    ...prefixed('tag_', series.tags, naming),
    ...labels,
    __name__: name,
  });
}

/** The name alone. */
export function metricName(
  { metric, namespace, statistic }: Pick<SeriesIdentity, 'namespace' | 'metric' | 'statistic'>,
  style: Naming['naming'],
): string {
  if (style === 'yace') return yaceName(namespace, metric, statistic);
  const base = javaName(`${namespace.toLowerCase()}_${javaSnake(metric)}`);
  return leadingLetter(`${base}_${javaName(javaSnake(statistic))}`);
}

/** Labels and value of the series that tells the tags of a resource: 0 in YACE, 1 in cloudwatch_exporter. */
export function infoSeries(
  resource: ResourceIdentity,
  naming: Naming,
): { readonly labels: Record<string, string>; readonly value: 0 | 1 } {
  const tags = prefixed('tag_', resource.tags, naming);
  if (naming.naming === 'yace') {
    const place = resource.context ? placeLabels(resource, naming) : {};
    const __name__ = yaceName(resource.namespace, 'info', '');
    return { labels: filled({ __name__, name: resource.arn, ...tags, ...place }), value: 0 };
  }
  const labels = {
    ...placeLabels(resource, naming),
    ...tags,
    ...javaLabels(resource.dimensions),
    arn: resource.arn,
    job: javaName(resource.namespace.toLowerCase()),
    __name__: 'aws_resource_info',
  };
  return { labels: filled(labels), value: 1 };
}

/** Tags as labels `tag_<key>`, as YACE has them. */
export function tagLabels(tags: readonly NamedValue[]): Record<string, string> {
  return filled(prefixed('tag_', tags, { naming: 'yace', labels: 'keep' }));
}

/** Type, HELP and unit of a series. CloudWatch gives none of them with its data, so units come from a table. */
export function seriesMetadata(series: SeriesIdentity, naming: Naming): Metadata {
  const { metric, namespace, statistic } = series;
  const { help, unit } = describeMetric(namespace, metric);
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
  const whole = yaceSnake(metric);
  // Not accumulated: each part that stands at the place reached so far sets the place to its own length, as YACE does.
  const skip = space
    .split('_')
    .reduce((at, part) => (whole.startsWith(part, at) ? part.length : at), 0);
  const own = whole.slice(skip).replace(/^_/, '');
  const head = space.startsWith('aws') ? space : `aws_${space}`;
  return validName([head, own, ...(statistic === '' ? [] : [yaceSnake(statistic)])].join('_'));
}

const separators = /[ ,\t/\\.\-:=@<>()\u201c]/;

/** YACE's snake case (promutil.PromString): `_` before an upper-case letter that follows a lower-case one or a digit. */
const yaceSnake = remembered((text) => {
  let previous = '';
  let result = '';
  for (const character of text) {
    if (separators.test(character)) result += '_';
    else if (character === '%') result += '_percent';
    else {
      if (/\p{Lu}/u.test(character) && /[\p{Ll}\p{Nd}]/u.test(previous)) result += '_';
      result += character.toLowerCase();
    }
    previous = character;
  }
  return result;
});

const everySeparator = new RegExp(separators, 'g');

/** The case of a name as it is, for a label. */
const yaceLabel = remembered((name) =>
  name.replaceAll('%', '_percent').replaceAll(everySeparator, '_'),
);

/** Keeps what `work` made of each text: a fleet has many series and few names. Starts anew when there are too many. */
function remembered(work: (text: string) => string): (text: string) => string {
  const known = new Map<string, string>();
  return (text) => {
    const found = known.get(text);
    if (found !== undefined) return found;
    if (known.size >= 10_000) known.clear();
    const made = work(text);
    known.set(text, made);
    return made;
  };
}

function prefixed(prefix: string, values: readonly NamedValue[], naming: Naming) {
  return Object.fromEntries(
    values.map(({ name, value }) => [`${prefix}${labelPart(name, naming)}`, value]),
  );
}

/** A name as part of a label. cloudwatch_exporter keeps the case of tags too. */
function labelPart(name: string, { labels, naming }: Naming): string {
  if (naming === 'cloudwatch_exporter' && labels === 'keep') return javaLabel(name);
  const text = labels === 'snake' ? yaceSnake(name) : yaceLabel(name);
  return text.replaceAll(/[^a-zA-Z0-9_]/gu, '_');
}

/** Region and account come with cloudwatch_exporter's labels too: two places would share a series else. */
function placeLabels(place: Place, naming: Naming): Record<string, string> {
  return {
    region: place.region,
    account_id: place.accountId,
    account_alias: place.accountAlias ?? '',
    ...prefixed('custom_tag_', place.customTags, naming),
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

/** Without empty values, which remote write must not carry and which mean the same as none. */
function filled(labels: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(labels).filter(([, value]) => value !== ''));
}
