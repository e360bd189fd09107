// The resource that a metric belongs to, from its dimensions and the ARNs of tagged resources: YACE's rules (its
// maxdimassociator). For a resource without tags the ARN is built from the dimensions, where they give it.
import type { Association, NamedValue } from '@fargaze/core/internal';
import type { TaggedResource } from '../../aws/tagging.ts';

/** One kind of resource: its dimensions, and its resources by their values. */
type Kind = {
  readonly dimensions: readonly string[];
  readonly byValues: ReadonlyMap<string, TaggedResource>;
};

/** Finds resources by dimensions. */
export class Associator {
  readonly #namespace: string;
  readonly #kinds: readonly Kind[];

  /** @param resources tagged ones; each is of the first kind whose pattern it matches. */
  constructor(namespace: string, { mappings }: Association, resources: readonly TaggedResource[]) {
    this.#namespace = namespace;
    let rest = resources;
    this.#kinds = mappings
      .map(({ dimensions, pattern }): Kind => {
        const regexp = new RegExp(pattern);
        const byValues = new Map<string, TaggedResource>();
        rest = rest.filter((resource) => {
          const match = regexp.exec(resource.arn);
          if (match !== null) byValues.set(keyOf(match.slice(1)), resource);
          return match === null;
        });
        return { dimensions, byValues };
      })
      .filter(({ byValues }) => byValues.size > 0)
      .sort(mostFirst);
  }

  /** The resource of a metric, by the kind with the most dimensions that knows it. */
  find(dimensions: readonly NamedValue[]): TaggedResource | undefined {
    const values = valuesOf(dimensions);
    for (const kind of this.#kinds.filter((one) => hasAll(values, one.dimensions))) {
      const own = kind.dimensions.map((name) => values.get(name) ?? '');
      const inArn = kind.dimensions.map((name, at) => this.#inArn(name, own[at] ?? ''));
      const found = kind.byValues.get(keyOf(inArn)) ?? kind.byValues.get(keyOf(own));
      if (found !== undefined) return found;
    }
    return undefined;
  }

  /** Whether a kind of which there are resources has these dimensions. */
  applies(dimensions: readonly NamedValue[]): boolean {
    const values = valuesOf(dimensions);
    return this.#kinds.some((kind) => hasAll(values, kind.dimensions));
  }

  /** The value as it stands in an ARN: a standby broker has a number after its name, a component is in lower case. */
  #inArn(name: string, value: string): string {
    const place = `${this.#namespace} ${name}`;
    if (place === 'AWS/AmazonMQ Broker') return value.replace(/-[0-9]+$/, '');
    return place === 'AWS/SageMaker InferenceComponentName' ? value.toLowerCase() : value;
  }
}

/** The ARN that the dimensions give; undefined when they give none. */
export function builtArn(
  { mappings }: Association,
  dimensions: readonly NamedValue[],
  { account, region }: { readonly region: string; readonly account: string },
): string | undefined {
  const values = valuesOf(dimensions);
  const [best] = mappings.filter((one) => hasAll(values, one.dimensions)).sort(mostFirst);
  const place = new Map([
    ['partition', partitionOf(region)],
    ...Object.entries({ region, account }),
  ]);
  return best?.arn?.replaceAll(
    /\{([^}]+)\}/g,
    (_, name: string) => values.get(name) ?? place.get(name) ?? '',
  );
}

type Dimensioned = { readonly dimensions: readonly string[] };

function mostFirst(a: Dimensioned, b: Dimensioned): number {
  return b.dimensions.length - a.dimensions.length;
}

function valuesOf(dimensions: readonly NamedValue[]): ReadonlyMap<string, string> {
  return new Map(dimensions.map(({ name, value }) => [name, value]));
}

function hasAll(values: ReadonlyMap<string, string>, names: readonly string[]): boolean {
  return names.every((name) => values.has(name));
}

function keyOf(values: readonly (string | undefined)[]): string {
  return values.join('\u0000');
}

/** The part of AWS that a region belongs to. */
function partitionOf(region: string): string {
  if (region.startsWith('cn-')) return 'aws-cn';
  return region.startsWith('us-gov-') ? 'aws-us-gov' : 'aws';
}
