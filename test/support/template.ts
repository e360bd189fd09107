// The golden template, read for what its resources say: conditional lists flattened, so that every branch is looked at.
import { readFileSync } from 'node:fs';
import { goldenFile } from '../../scripts/golden.ts';

/** A JSON object. */
export type Item = { readonly [key: string]: unknown };

/** A resource with its logical id. */
export type Resource = {
  readonly id: string;
  readonly type: string;
  readonly properties: Item;
  /** Name of the condition without which it is not there. */
  readonly condition: string | undefined;
};

type Template = {
  readonly Parameters: Readonly<Record<string, Item>>;
  readonly Resources: Readonly<
    Record<
      string,
      { readonly Type: string; readonly Condition?: string; readonly Properties?: Item }
    >
  >;
};

/** The golden template. */
export const template: Template = JSON.parse(readFileSync(goldenFile, 'utf8'));

/** Every resource. */
export const resources: readonly Resource[] = Object.entries(template.Resources).map(
  ([id, { Condition, Properties, Type }]) => ({
    id,
    type: Type,
    properties: Properties ?? {},
    condition: Condition,
  }),
);

/** The resources of a type. */
export function ofType(type: string): Resource[] {
  return resources.filter((resource) => resource.type === type);
}

/** The items of a list or value, with both branches of each `Fn::If` and without `AWS::NoValue`. */
export function flatten(value: unknown): unknown[] {
  if (value === undefined) return [];
  if (Array.isArray(value)) return value.flatMap(flatten);
  if (typeof value !== 'object' || value === null) return [value];
  const { 'Fn::If': branches, Ref } = value as Item;
  if (Array.isArray(branches)) return branches.slice(1).flatMap(flatten);
  return Ref === 'AWS::NoValue' ? [] : [value];
}

/** {@link flatten} for lists of objects. */
export function items(value: unknown): Item[] {
  return flatten(value) as Item[];
}

/** Every string below `value`. */
export function strings(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  if (typeof value !== 'object' || value === null) return [];
  return Object.values(value).flatMap(strings);
}

/** Names that `Ref`, `Fn::GetAtt` and `Fn::Sub` below `value` refer to. */
export function references(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => {
    if (key === 'Ref') return [String(inner)];
    if (key === 'Fn::GetAtt') return [String((inner as readonly unknown[])[0])];
    if (key === 'Fn::Sub') {
      return strings(inner)
        .flatMap((text) => [...text.matchAll(/\$\{([\w:]+)/g)].map(([, name = '']) => name))
        .concat(references(inner));
    }
    return references(inner);
  });
}
