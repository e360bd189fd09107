// Mappings of configurations and events: only plain ones, and closed. Valibot by itself takes a list for a mapping of its
// indexes, names only the first unknown key, and overlooks keys that every object inherits, such as `constructor`.
import * as v from 'valibot';

/** Whether `value` is a plain mapping: no list, no date, no set. */
export function isMapping(value: unknown): value is Readonly<Record<string, unknown>> {
  return Object.prototype.toString.call(value) === '[object Object]';
}

/** A mapping with `entries` and no other key. `wanted` says in words what a value that is no mapping should be. */
export function closed<const E extends v.ObjectEntries>(
  entries: E,
  wanted = 'a mapping',
): v.StrictObjectSchema<E, undefined> {
  const open = v.object(entries);
  const schema = v.strictObject(entries);
  return {
    ...schema,
    '~run': (dataset, config) => {
      const input = dataset.value;
      if (!isMapping(input)) return refuse(schema, dataset, { config, message: `want ${wanted}` });
      const result = open['~run']({ value: input }, config);
      refuseUnknown(input, { schema, result, config, known: Object.keys(entries) });
      return result as v.OutputDataset<v.InferOutput<typeof schema>, v.StrictObjectIssue>;
    },
  };
}

/** A mapping from any name that `key` allows. */
export function mappingOf<
  const K extends v.BaseSchema<string, string, v.BaseIssue<unknown>>,
  const V extends v.BaseSchema<unknown, unknown, v.BaseIssue<unknown>>,
>(key: K, value: V): v.RecordSchema<K, V, undefined> {
  const schema = v.record(key, value);
  return {
    ...schema,
    '~run': (dataset, config) => {
      const input = dataset.value;
      if (!isMapping(input)) return refuse(schema, dataset, { config, message: 'want a mapping' });
      const result = schema['~run']({ value: input }, config);
      for (const name of Object.keys(input)) {
        if (!inherited.includes(name)) continue;
        v._addIssue(schema, 'key', result, config, {
          input: name,
          message: 'want another name: this one is reserved',
          path: [pathItem(input, name)],
        });
      }
      return result;
    },
  };
}

/** One of several closed mappings; the value of `key` says which. `wanted` says which values there are. */
export function oneOf<const K extends string, const O extends v.VariantOptions<K>>(
  key: K,
  options: O,
  wanted: string,
): v.VariantSchema<K, O, string> {
  const schema = v.variant(key, options, `want ${wanted}`);
  const known = (options as readonly { readonly entries?: object }[]).flatMap(({ entries }) =>
    Object.keys(entries ?? {}),
  );
  return {
    ...schema,
    '~run': (dataset, config) => {
      const input = dataset.value;
      if (!isMapping(input)) return refuse(schema, dataset, { config, message: 'want a mapping' });
      // As an own property: the one that every object inherits is no answer.
      const own = Object.assign(Object.create(null), input);
      const result = schema['~run']({ value: own }, config);
      const undecided = result.issues?.some(({ type }) => type === 'variant') === true;
      if (undecided) refuseUnknown(input, { schema, result, config, known });
      return result;
    },
  };
}

/** What valibot drops without a word, because assigning it could change every object. */
const inherited: readonly string[] = ['__proto__', 'constructor', 'prototype'];

type Schema = v.BaseSchema<unknown, unknown, v.BaseIssue<unknown>>;
type Dataset = v.OutputDataset<unknown, v.BaseIssue<unknown>>;

function refuse<D>(
  schema: Schema,
  dataset: v.UnknownDataset,
  {
    config,
    message,
  }: { readonly config: v.Config<v.BaseIssue<unknown>>; readonly message: string },
): D {
  v._addIssue(schema, 'type', dataset, config, { message });
  return dataset as D;
}

function refuseUnknown(
  input: Readonly<Record<string, unknown>>,
  about: {
    readonly schema: Schema;
    readonly result: Dataset;
    readonly config: v.Config<v.BaseIssue<unknown>>;
    readonly known: readonly string[];
  },
): void {
  for (const name of Object.keys(input)) {
    if (about.known.includes(name)) continue;
    v._addIssue(about.schema, 'key', about.result, about.config, {
      input: name,
      expected: 'never',
      path: [pathItem(input, name)],
    });
  }
}

function pathItem(input: Readonly<Record<string, unknown>>, key: string): v.ObjectPathItem {
  return { type: 'object', origin: 'key', input, key, value: input[key] };
}
