// The schema of a YACE file (yet-another-cloudwatch-exporter, docs/configuration.md and pkg/config/scrapeconf.go):
// its keys, defaults and rules. Closed: what YACE ignores has been left out before (yace-tidy.ts); what we do not do is refused.
import * as v from 'valibot';
import type { TagFilter } from '../bridge.ts';
import { closed, mappingOf } from '../mapping.ts';
import { suggest } from '../suggest.ts';
import { matching, pattern } from './fields.ts';
import { exactPattern } from './pattern/program.ts';
import { statistic } from './statistic.ts';
import { namespaces, toNamespace } from './yace-namespaces.ts';

const text = (wanted: string) => v.pipe(v.string(`want ${wanted}`), v.minLength(1, wanted));

/** Seconds; 0 stands for unset, as in YACE. */
const seconds = (fits: (value: number) => boolean, wanted: string) =>
  v.nullish(
    v.pipe(
      v.number(({ received }) =>
        /^"\d+"$/.test(received) ? 'want a number, without quotes' : `want ${wanted}`,
      ),
      v.check(
        (value) => Number.isInteger(value) && value >= 0 && (value === 0 || fits(value)),
        wanted,
      ),
    ),
  );

const yes = v.nullish(v.boolean());

/** A key that YACE knows and that asks for something that we do not do. */
const refused = (why: string) =>
  v.optional(
    v.pipe(
      v.unknown(),
      v.check(
        (value) =>
          value === null || value === false || (Array.isArray(value) && value.length === 0),
        `it left out: ${why}`,
      ),
    ),
  );

// docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_MetricStat.html (Period)
const period = seconds(
  (value) => [1, 5, 10, 20, 30].includes(value) || value % 60 === 0,
  'a period in seconds that CloudWatch knows: 1, 5, 10, 20, 30 or a multiple of 60',
);

/** What a job and each of its metrics may set. */
const metricFields = {
  statistics: v.nullish(v.pipe(v.array(statistic), v.description('statistics and percentiles'))),
  period: v.pipe(period, v.description('length of one point in seconds; unset: 300')),
  length: v.pipe(
    seconds(() => true, 'whole seconds'),
    v.description(
      'shortest window to read in seconds, at least `period`; not more than `backfill` is read; unset: 300',
    ),
  ),
  delay: v.pipe(
    seconds((value) => value <= 1_209_600, 'seconds, at most 1209600 (two weeks)'),
    v.description(
      'points younger than this are left for later, as with `settle`; that of a metric is ignored, as in YACE',
    ),
  ),
  nilToZero: v.pipe(yes, v.description('0 where a resource that exists has no point')),
  addCloudwatchTimestamp: v.pipe(
    yes,
    v.description('points have their own times whether this is set or not'),
  ),
  exportAllDataPoints: v.pipe(
    yes,
    v.description('all points are delivered whether this is set or not'),
  ),
};

/** The keys of a metric. */
export const metricEntries = { name: text('the name of a metric'), ...metricFields };

const metric = closed(metricEntries);

const metrics = v.pipe(v.array(metric), v.minLength(1, 'at least one metric'));

/** The key of a tag. Characters that no label can have become `_`. */
const tagKey = text('the key of a tag');

/** The keys of a role. Text that is no ARN at all stands in examples; YACE takes it, and AWS refuses it. */
export const roleEntries = {
  roleArn: v.nullish(
    matching(/^(?!arn:)|^arn:aws[a-z-]*:iam::\d{12}:role\/\S+$/, 'the ARN of a role'),
  ),
  externalId: v.nullish(v.string('want text')),
};

const role = closed(roleEntries);

/** Region names such as eu-west-1. */
const region = matching(/^[a-z]{2,}(?:-[a-z]+)+-\d+$/, 'a region such as eu-west-1');

/** Where and as whom a job reads. */
export const scopeEntries = {
  regions: v.nullish(
    v.pipe(v.array(region), v.description("regions to read; unset: the function's own")),
  ),
  roles: v.nullish(
    v.pipe(
      v.array(role),
      v.description(
        "roles to read with: `roleArn`, `externalId`; unset or `{}`: the function's own credentials",
      ),
    ),
  ),
};

const customTags = v.nullish(
  v.pipe(
    v.array(closed({ key: tagKey, value: v.string('want text') })),
    v.description('labels `custom_tag_<key>` of every series'),
  ),
);

const linkedAccounts = v.nullish(
  v.pipe(
    v.array(matching(/^(?:\*|\d{12})$/, 'an account id of 12 digits, or *')),
    v.description('linked accounts whose metrics this monitoring account sees; `*`: all'),
  ),
);

const filterEntries = {
  customTags,
  dimensionNameRequirements: v.nullish(
    v.pipe(
      v.array(text('the name of a dimension')),
      v.description('read only metrics with exactly these dimensions; unset: all'),
    ),
  ),
  recentlyActiveOnly: v.pipe(
    yes,
    v.description('list only metrics with points in the last 3 hours'),
  ),
  includeLinkedAccounts: linkedAccounts,
  dimensionValueExclusions: refused('series are not filtered by values of dimensions'),
};

const searchTag = v.pipe(
  closed({ key: text('the key of a tag'), value: v.string('want text'), exactMatch: yes }),
  v.rawTransform(({ addIssue, dataset: { value: tag }, NEVER }): TagFilter => {
    if (tag.exactMatch === true) return { key: tag.key, value: exactPattern(tag.value) };
    const read = v.safeParse(pattern, tag.value);
    if (read.success) return { key: tag.key, value: read.output };
    const place = {
      type: 'object',
      origin: 'value',
      input: tag,
      key: 'value',
      value: tag.value,
    } as const;
    for (const { message } of read.issues) addIssue({ message, input: tag.value, path: [place] });
    return NEVER;
  }),
);

const type = v.pipe(
  v.string('want a namespace'),
  v.check(
    (value) => namespaces.has(toNamespace(value)),
    ({ input }) =>
      `a namespace of discovery jobs, listed in docs/bridge.md (others: by static or customNamespace)${nearNamespace(String(input))}`,
  ),
  v.transform(toNamespace),
);

/** `; did you mean "AWS/EC2"?` or nothing. What all names begin with makes no two of them alike. */
function nearNamespace(word: string): string {
  const bare = (name: string) => name.replace(/^\/?aws\//i, '');
  const names = [...namespaces.keys()];
  const near = suggest(bare(word), names.map(bare));
  const found = names.find((name) => bare(name) === near);
  return found === undefined ? '' : `; did you mean ${JSON.stringify(found)}?`;
}

/** The keys of `discovery.jobs[]`. */
export const discoveryEntries = {
  type: v.pipe(type, v.description('namespace whose resources to find')),
  ...scopeEntries,
  searchTags: v.nullish(
    v.pipe(
      v.array(searchTag),
      v.description(
        'tags that a resource must have, all of them: `key`, `value` as a pattern, `exactMatch`',
      ),
    ),
  ),
  ...filterEntries,
  includeContextOnInfoMetrics: v.pipe(
    yes,
    v.description('region, account and custom tags on the `_info` series too'),
  ),
  ...metricFields,
  metrics: v.pipe(
    metrics,
    v.description("`name`, and any of the job's `statistics` … `exportAllDataPoints`"),
  ),
};

/** The keys of `static[]`. */
export const staticEntries = {
  name: v.pipe(text('a name'), v.description('label `name` of every series')),
  namespace: v.pipe(text('a namespace'), v.description('any namespace')),
  ...scopeEntries,
  customTags,
  dimensions: v.nullish(
    v.pipe(
      v.array(closed({ name: text('the name of a dimension'), value: text('a value') })),
      v.description('dimensions of the metrics: `name`, `value`'),
    ),
  ),
  metrics: v.pipe(metrics, v.description('as in `discovery.jobs`; each has its own `statistics`')),
};

/** The keys of `customNamespace[]`. */
export const customEntries = {
  name: v.pipe(text('a name'), v.description('label `name` of every series')),
  namespace: v.pipe(text('a namespace'), v.description('any namespace')),
  ...scopeEntries,
  ...filterEntries,
  ...metricFields,
  metrics: v.pipe(metrics, v.description('as in `discovery.jobs`')),
};

const top = {
  apiVersion: v.nullish(v.picklist(['', 'v1alpha1'], 'want v1alpha1')),
  'sts-region': v.nullish(v.union([v.literal(''), region], 'want a region such as eu-west-1')),
  static: v.nullish(v.array(closed(staticEntries))),
  customNamespace: v.nullish(v.array(closed(customEntries))),
};

const discovery = {
  exportedTagsOnMetrics: v.nullish(
    mappingOf(v.string(), v.array(tagKey, 'want a list of keys of tags')),
  ),
  // Null: a job that was left out.
  jobs: v.nullish(v.array(v.nullable(closed(discoveryEntries)))),
};

/** Keys of the file, and of `discovery`. */
export const topKeys = {
  file: [...Object.keys(top), 'discovery'],
  discovery: Object.keys(discovery),
} as const;

/** Schema of a YACE file. */
export const yaceFileSchema = closed({ ...top, discovery: v.nullish(closed(discovery)) });

/** A YACE file after its values have been read. */
export type YaceFile = v.InferOutput<typeof yaceFileSchema>;
