// `bridge.cloudwatch`: what to read of CloudWatch, how often and for how much. Jobs have YACE's schema.
import * as v from 'valibot';
import type { CloudWatchConfig, CloudWatchExpression, NamedValue } from '../bridge.ts';
import { closed, mappingOf } from '../mapping.ts';
import { duration, readingBounds } from './fields.ts';
import { statistic } from './statistic.ts';
import { toJobs, toScope } from './yace-jobs.ts';
import { scopeEntries, yaceFileSchema } from './yace-schema.ts';

const text = (wanted: string) => v.pipe(v.string(`want ${wanted}`), v.minLength(1, wanted));

const named = (name: RegExp, wanted: string) =>
  v.pipe(
    mappingOf(v.pipe(v.string(), v.regex(name, wanted)), v.string('want text')),
    v.transform((values): NamedValue[] =>
      Object.entries(values).map(([key, value]) => ({ name: key, value })),
    ),
  );

const input = v.pipe(
  closed({
    id: v.pipe(
      v.string('want an id'),
      v.regex(/^[a-z][a-zA-Z0-9_]{0,254}$/, 'a lower-case letter, then letters, digits and _'),
    ),
    namespace: text('a namespace'),
    metric: text('the name of a metric'),
    statistic,
    dimensions: v.optional(named(/./, 'the name of a dimension'), {}),
  }),
);

/** The keys of `bridge.cloudwatch.expressions[]`. */
export const expressionEntries = {
  name: v.pipe(
    v.string('want a name'),
    v.regex(/^[a-zA-Z_][a-zA-Z0-9_]*$/, 'a metric name of letters, digits and _'),
    v.description('name of the metric in Prometheus'),
  ),
  help: v.optional(v.pipe(v.string('want text'), v.description('its help')), ''),
  expression: v.pipe(
    text('metric math or a Metrics Insights query'),
    v.description(
      'metric math over the ids of `metrics`, `SEARCH(…)` or `SELECT …`; each series of the answer has its label as `label`',
    ),
  ),
  period: v.optional(
    v.pipe(
      duration({
        min: 60,
        max: 86_400,
        step: 60,
        wanted: 'a duration in whole minutes, such as 1m',
      }),
      v.description('length of one point'),
    ),
    '1m',
  ),
  metrics: v.optional(
    v.pipe(
      v.array(input),
      v.description(
        'what the expression refers to: `id`, `namespace`, `metric`, `statistic`, `dimensions` (a mapping); billed, not delivered',
      ),
    ),
    [],
  ),
  labels: v.optional(
    v.pipe(
      named(/^(?!__|label$)[a-zA-Z_][a-zA-Z0-9_]*$/, 'a label name, not `label`'),
      v.description('labels of every series'),
    ),
    {},
  ),
  ...scopeEntries,
};

const expression = v.pipe(
  closed(expressionEntries),
  v.transform(
    ({ metrics, regions, roles, ...own }): CloudWatchExpression => ({
      ...own,
      inputs: metrics,
      ...toScope({ regions, roles }),
    }),
  ),
);

/** The keys of `bridge.cloudwatch.budget`. */
export const budgetEntries = {
  monthly_usd: v.pipe(
    v.number('want US dollars'),
    v.check((value) => value > 0 && Number.isFinite(value), 'US dollars, more than 0'),
    v.description('US dollars in 30 days for reading CloudWatch'),
  ),
  on_exceed: v.optional(
    v.pipe(
      v.picklist(['slow', 'refuse'], 'want slow or refuse'),
      v.description(
        '`slow`: read less often, as far as no point is lost; `refuse`: do not read CloudWatch',
      ),
    ),
    'slow',
  ),
};

/** The keys of `bridge.cloudwatch`. */
export const cloudwatchEntries = {
  interval: v.optional(
    v.pipe(
      duration(readingBounds),
      v.description('time between two readings; each brings every point since the last'),
    ),
    '5m',
  ),
  settle: v.optional(
    v.pipe(
      duration({ min: 0, max: 1800, wanted: 'a duration up to 30m, such as 2m' }),
      v.description('points younger than this are not final yet and are left for later'),
    ),
    '2m',
  ),
  backfill: v.optional(
    v.pipe(
      duration({
        min: 60,
        max: 10_800,
        step: 60,
        wanted: 'a duration from 1m to 3h in whole minutes',
      }),
      v.description('longest gap that is filled after an outage'),
    ),
    '3h',
  ),
  naming: v.optional(
    v.pipe(
      v.picklist(['yace', 'cloudwatch_exporter'], 'want yace or cloudwatch_exporter'),
      v.description('whose names and labels the series have'),
    ),
    'yace',
  ),
  labels: v.optional(
    v.pipe(
      v.picklist(['keep', 'snake'], 'want keep or snake'),
      v.description('`snake`: names of dimensions and tags in snake case (`-labels-snake-case`)'),
    ),
    'keep',
  ),
  budget: v.optional(v.pipe(closed(budgetEntries), v.description('see below'))),
  yace: v.optional(
    v.pipe(yaceFileSchema, v.description('the jobs: the content of a YACE file, see below')),
  ),
  yace_file: v.optional(
    v.pipe(
      text('the path of a YACE file'),
      v.description('or that file, relative to fargaze.yml; read when the functions are built'),
    ),
  ),
  expressions: v.optional(
    v.pipe(v.array(expression), v.description('metric math and queries, see below')),
    [],
  ),
};

/** Schema of `bridge.cloudwatch`. */
export const cloudwatchSchema = v.pipe(
  closed(cloudwatchEntries),
  v.transform(({ budget, yace, yace_file: _, ...own }): CloudWatchConfig => {
    const { jobs, stsRegion } = toJobs(yace ?? {});
    return {
      ...own,
      ...(stsRegion !== undefined && { stsRegion }),
      jobs,
      ...(budget !== undefined && {
        budget: { monthlyUsd: budget.monthly_usd, onExceed: budget.on_exceed },
      }),
    };
  }),
);
