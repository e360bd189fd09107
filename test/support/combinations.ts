// Every combination of parameters that matters to a question about the golden template: a parameter counts by the constants
// that conditions compare it with, and one value besides. Exact, since conditions look at nothing else.
import { holds } from '../../infra/template/conditions.ts';
import {
  intrinsicOf,
  isItem,
  namesIn,
  type Part,
  type Template,
  type Values,
} from '../../infra/template/template.ts';
import { template as golden } from './template.ts';

/** The golden template. */
export const template = golden as unknown as Template;

/** A condition and which way it went. */
export type Literal = { readonly name: string; readonly is: boolean };

/** A reference, with the conditions under which it is made. */
export type Edge = {
  readonly from: string;
  readonly to: string;
  readonly when: readonly Literal[];
};

/** Values of the parameters that fulfil all of `when` and not `then`; undefined when there are none. */
export function counterexample(
  when: readonly Literal[],
  then: (values: Values) => boolean,
  names: readonly string[],
): Values | undefined {
  const domains = domainsOf([...when.map(({ name }) => name), ...names]);
  for (const values of assignments(domains)) {
    const reached = when.every(({ is, name }) => holds(template, name, values) === is);
    if (reached && !then(values)) return values;
  }
  return undefined;
}

type Domain = readonly [string, readonly string[]];

function* assignments([first, ...rest]: readonly Domain[]): Generator<Values> {
  if (first === undefined) {
    yield {};
    return;
  }
  const [name, values] = first;
  for (const value of values) {
    for (const others of assignments(rest)) yield { ...others, [name]: value };
  }
}

function domainsOf(names: readonly string[]): Domain[] {
  const constants = new Map<string, Set<string>>();
  for (const name of new Set(names)) collect(template.Conditions?.[name], constants);
  return [...constants].map(([parameter, seen]) => {
    const { AllowedValues } = template.Parameters?.[parameter] ?? {};
    const allowed = Array.isArray(AllowedValues) ? AllowedValues.map(String) : ['something-else'];
    const other = allowed.find((value) => !seen.has(value));
    return [parameter, other === undefined ? [...seen] : [...seen, other]];
  });
}

function collect(condition: unknown, constants: Map<string, Set<string>>): void {
  const [name, argument] = intrinsicOf(condition) ?? [];
  if (name === 'Condition') {
    collect(template.Conditions?.[String(argument)], constants);
    return;
  }
  const list = argument as readonly unknown[];
  if (name !== 'Fn::Equals') {
    for (const part of list) collect(part, constants);
    return;
  }
  const [, parameter] = intrinsicOf(list[0]) ?? [];
  const seen = constants.get(String(parameter)) ?? new Set();
  constants.set(String(parameter), seen.add(String(list[1])));
}

/** Every reference of a resource or output to a resource. */
export function edges(): Edge[] {
  const parts: (readonly [string, Part])[] = [
    ...Object.entries(template.Resources),
    ...Object.entries(template.Outputs ?? {}),
  ];
  return parts.flatMap(([from, part]) => {
    const own = part.Condition === undefined ? [] : [{ name: part.Condition, is: true }];
    return referencesIn(part, own)
      .filter(({ to }) => to in template.Resources)
      .map((edge) => ({ from, ...edge }));
  });
}

type Reference = Omit<Edge, 'from'>;

function referencesIn(value: unknown, when: readonly Literal[]): Reference[] {
  if (Array.isArray(value)) return value.flatMap((item) => referencesIn(item, when));
  if (!isItem(value)) return [];
  const [name, argument] = intrinsicOf(value) ?? [];
  if (name === 'Ref') return [{ to: String(argument), when }];
  if (name === 'Fn::GetAtt') return [{ to: String([argument].flat()[0]), when }];
  if (name === 'Fn::If') {
    const [condition, yes, no] = argument as readonly unknown[];
    const literal = { name: String(condition) };
    return [
      ...referencesIn(yes, [...when, { ...literal, is: true }]),
      ...referencesIn(no, [...when, { ...literal, is: false }]),
    ];
  }
  const named = name === 'Fn::Sub' ? namesIn(argument).map((to) => ({ to, when })) : [];
  const dependencies = [value.DependsOn ?? []]
    .flat()
    .filter((one) => typeof one === 'string')
    .map((to) => ({ to, when }));
  return [...named, ...dependencies, ...referencesIn(Object.values(value), when)];
}

/** Whether the resource is there. */
export function exists(id: string, values: Values): boolean {
  const { Condition } = template.Resources[id] ?? {};
  return Condition === undefined || holds(template, Condition, values);
}

/** The conditions of resources, for {@link counterexample}. */
export function conditionsOf(ids: readonly string[]): string[] {
  return ids.flatMap((id) => template.Resources[id]?.Condition ?? []);
}
