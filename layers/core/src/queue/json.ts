// A batch as JSON text and back. JSON has no NaN, no infinities and no negative zero: they go as text.
import * as v from 'valibot';
import { catalogue } from '../catalogue.ts';
import { explainIssues } from '../config/explain.ts';
import { closed, mappingOf } from '../config/mapping.ts';
import { ConfigError, type Issue } from '../errors.ts';
import type { Batch, Sample } from '../sample.ts';

/** Numbers that JSON does not know, by their text. */
const named: Readonly<Record<string, number>> = {
  NaN: Number.NaN,
  Infinity: Number.POSITIVE_INFINITY,
  '-Infinity': Number.NEGATIVE_INFINITY,
  '-0': -0,
};

/** The batch as JSON. */
export function batchToJson(batch: Batch): string {
  return JSON.stringify(batch, (_, value: unknown) => {
    if (typeof value !== 'number') return value;
    if (Object.is(value, -0)) return '-0';
    return Number.isFinite(value) ? value : String(value);
  });
}

const wantedTime = 'milliseconds since 1970';
const time = v.pipe(
  v.number(`want ${wantedTime}`),
  v.safeInteger(wantedTime),
  v.minValue(0, wantedTime),
);
const value = v.union(
  [
    v.number(),
    v.pipe(
      v.picklist(['NaN', 'Infinity', '-Infinity', '-0']),
      v.transform((text) => named[text] ?? Number.NaN),
    ),
  ],
  'want a number, or as text NaN, Infinity, -Infinity or -0',
);
const text = v.string();
// https://prometheus.io/docs/concepts/data_model/#metric-names-and-labels
const labelName = v.pipe(text, v.regex(/^[a-zA-Z_][a-zA-Z0-9_]*$/, 'letters, digits and _'));
const labels = mappingOf(labelName, text);

const batchSchema = closed({
  taken: time,
  groups: v.array(
    closed({
      grouping: closed({ job: v.pipe(text, v.minLength(1, 'text')), instance: text }),
      samples: v.array(closed({ metric: text, labels, value, at: v.optional(time) })),
    }),
  ),
  series: v.optional(
    v.array(
      closed({
        labels: v.pipe(
          labels,
          v.check(({ __name__ }) => __name__ !== undefined && __name__ !== '', 'a __name__'),
        ),
        points: v.array(
          closed({
            at: time,
            value: v.union([value, v.literal('stale')], 'want a number or stale'),
          }),
        ),
        metadata: v.optional(
          closed({
            type: v.picklist(['gauge', 'counter', 'unknown']),
            help: text,
            unit: text,
          }),
        ),
      }),
    ),
  ),
});

/** Issues that are named; a hostile text may have a million. */
const toldIssues = 5;

/** @throws ConfigError with the first issues of a text that holds no batch; SyntaxError when it is no JSON. */
export function batchFromJson(json: string): Batch {
  const result = v.safeParse(batchSchema, JSON.parse(json), { abortPipeEarly: true });
  if (!result.success) {
    throw new ConfigError('batch', explainIssues(batchSchema, result.issues.slice(0, toldIssues)));
  }
  return result.output as Batch;
}

/** The first metric or label that this version's catalogue does not have; a newer one may. */
export function findUnknown(batch: Batch): Issue | undefined {
  for (const { samples } of batch.groups) {
    for (const sample of samples) {
      const message = unknownIn(sample);
      if (message !== undefined) return { path: sample.metric, message };
    }
  }
  return undefined;
}

function unknownIn({ labels: own, metric }: Sample): string | undefined {
  if (!Object.hasOwn(catalogue, metric)) return 'is not in the catalogue';
  const known: readonly string[] = catalogue[metric].labels;
  const strange = Object.keys(own).find((name) => !known.includes(name));
  return strange === undefined ? undefined : `has no label ${strange} in the catalogue`;
}
