// A template under values of its parameters: what is there, what refers to what, and what each property becomes.
import { holds, parameterValue } from './conditions.ts';
import {
  absent,
  type Item,
  intrinsicOf,
  isItem,
  namesIn,
  type Part,
  type Resource,
  type Template,
  type Values,
} from './template.ts';

/** A template with values of its parameters. */
export type Stack = { readonly template: Template; readonly values: Values };

function isThere({ template, values }: Stack, { Condition }: Part): boolean {
  return Condition === undefined || holds(template, Condition, values);
}

/** The resources that exist, by logical id. */
export function resourcesOf(stack: Stack): ReadonlyMap<string, Resource> {
  const all = Object.entries(stack.template.Resources);
  return new Map(all.filter(([, resource]) => isThere(stack, resource)));
}

/** References, from what exists, to what does not: `where → what`. */
export function dangling(stack: Stack): string[] {
  const { Outputs = {}, Parameters = {}, Resources } = stack.template;
  const alive = resourcesOf(stack);
  const known = (name: string) => /^AWS::/.test(name) || name in Parameters || alive.has(name);
  return [...Object.entries(Resources), ...Object.entries(Outputs)]
    .filter(([, part]) => isThere(stack, part))
    .flatMap(([id, part]) =>
      referencesOf(resolve(stack, part))
        .filter((name) => !known(name))
        .map((name) => `${id} → ${name}`),
    );
}

/** Names that a value refers to by `Ref`, `Fn::GetAtt`, `Fn::Sub` or `DependsOn`. */
export function referencesOf(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(referencesOf);
  if (!isItem(value)) return [];
  const [name, argument] = intrinsicOf(value) ?? [];
  if (name === 'Ref') return [String(argument)];
  if (name === 'Fn::GetAtt') {
    const [id = ''] = Array.isArray(argument) ? argument : String(argument).split('.');
    return [String(id)];
  }
  if (name === 'Fn::Sub') return [...namesIn(argument), ...ownReferences(argument)];
  return Object.entries(value).flatMap(([key, inner]) => {
    // Containers have a DependsOn of their own, of objects.
    const named = [inner].flat();
    const texts = key === 'DependsOn' && named.every((one) => typeof one === 'string');
    return texts ? (named as string[]) : referencesOf(inner);
  });
}

function ownReferences(argument: unknown): string[] {
  return Array.isArray(argument) ? referencesOf(Object.values((argument[1] ?? {}) as Item)) : [];
}

/** `value` with conditions decided and parameters filled in; what refers to resources stays as it is. */
export function resolve(stack: Stack, value: unknown): unknown {
  const resolved = resolvePart(stack, value);
  return resolved === absent ? undefined : resolved;
}

function resolvePart(stack: Stack, value: unknown): unknown {
  if (Array.isArray(value)) {
    return value.map((item) => resolvePart(stack, item)).filter((item) => item !== absent);
  }
  if (!isItem(value)) return value;
  const [name, argument] = intrinsicOf(value) ?? [];
  if (name === 'Ref') return refer(stack, String(argument));
  if (name === 'Fn::If') return choose(stack, argument as readonly unknown[]);
  if (name === 'Fn::Sub') return substitute(stack, argument);
  const entries = Object.entries(value).map(([key, item]) => [key, resolvePart(stack, item)]);
  const whole: Item = Object.fromEntries(entries.filter(([, item]) => item !== absent));
  if (name === 'Fn::Join') return join(whole, whole['Fn::Join'] as readonly unknown[]);
  if (name === 'Fn::Split') return split(whole, whole['Fn::Split'] as readonly unknown[]);
  return whole;
}

function refer({ template, values }: Stack, name: string): unknown {
  if (name === 'AWS::NoValue') return absent;
  return template.Parameters?.[name] === undefined
    ? { Ref: name }
    : parameterValue(template, name, values);
}

function choose(stack: Stack, [condition, yes, no]: readonly unknown[]): unknown {
  return resolvePart(stack, holds(stack.template, String(condition), stack.values) ? yes : no);
}

/** A text where all is known, else `Fn::Sub` with what is left. */
function substitute(stack: Stack, argument: unknown): unknown {
  const [text, own = {}] = Array.isArray(argument) ? argument : [argument];
  const names = resolvePart(stack, own) as Item;
  const left: Record<string, unknown> = {};
  const filled = String(text).replaceAll(/\$\{([\w:.]+)\}/g, (whole, name: string) => {
    const value = Object.hasOwn(names, name) ? names[name] : refer(stack, name);
    if (!isItem(value)) return String(value);
    if (Object.hasOwn(names, name)) left[name] = value;
    return whole;
  });
  if (!/\$\{[\w:.]+\}/.test(filled)) return filled;
  return { 'Fn::Sub': Object.keys(left).length === 0 ? filled : [filled, left] };
}

function join(whole: Item, [separator, parts]: readonly unknown[]): unknown {
  const texts = Array.isArray(parts) && parts.every((part) => typeof part === 'string');
  return texts ? parts.join(String(separator)) : whole;
}

function split(whole: Item, [separator, text]: readonly unknown[]): unknown {
  return typeof text === 'string' ? text.split(String(separator)) : whole;
}
