// What of the golden template is there for a set of parameters, by its own conditions, rules and patterns.
import { holds as evaluateCondition } from '../../scripts/intrinsics.ts';
import { type Item, template } from './template.ts';

/** Values of parameters beside the defaults. */
export type Values = Readonly<Record<string, string>>;

const rules = (template as unknown as { readonly Rules: Readonly<Record<string, Item>> }).Rules;
const outputs = (template as unknown as { readonly Outputs: Readonly<Record<string, Item>> })
  .Outputs;

function parameterOf(name: string, values: Values): string {
  const parameter = template.Parameters[name];
  if (parameter === undefined) throw new RangeError(`got parameter ${name}, want one that exists`);
  return values[name] ?? String(parameter.Default);
}

/** Whether the condition `name` holds. */
export function holds(name: string, values: Values): boolean {
  return evaluate({ Condition: name }, values);
}

function evaluate(expression: unknown, values: Values): boolean {
  return evaluateCondition(expression, (value) => operand(value, values));
}

function operand(value: unknown, values: Values): string {
  const { Ref } = (value ?? {}) as Item;
  return Ref === undefined ? String(value) : parameterOf(String(Ref), values);
}

/** What the template's rules refuse of `values`. */
export function refusals(values: Values): string[] {
  return Object.values(rules)
    .filter(({ RuleCondition }) => RuleCondition === undefined || evaluate(RuleCondition, values))
    .flatMap(({ Assertions }) => Assertions as readonly Item[])
    .filter(({ Assert }) => !evaluate(Assert, values))
    .map(({ AssertDescription }) => String(AssertDescription));
}

/** Whether the pattern of the parameter takes `value`. */
export function accepts(name: string, value: string): boolean {
  const { AllowedPattern, AllowedValues } = template.Parameters[name] ?? {};
  if (Array.isArray(AllowedValues)) return AllowedValues.map(String).includes(value);
  // CloudFormation compares the whole value.
  return new RegExp(`^(?:${String(AllowedPattern)})$`).test(value);
}

function isThere(part: Item, values: Values): boolean {
  return part.Condition === undefined || holds(String(part.Condition), values);
}

/** Logical ids of the resources that exist. */
export function living(values: Values): ReadonlySet<string> {
  const all = Object.entries(template.Resources as Readonly<Record<string, Item>>);
  return new Set(all.filter(([, resource]) => isThere(resource, values)).map(([id]) => id));
}

/** References, from what exists, to what does not: `where → what`. */
export function dangling(values: Values): string[] {
  const alive = living(values);
  const known = (name: string) =>
    name.startsWith('AWS::') || name in template.Parameters || alive.has(name);
  const parts = [
    ...Object.entries(template.Resources as Readonly<Record<string, Item>>),
    ...Object.entries(outputs),
  ];
  return parts
    .filter(([, part]) => isThere(part, values))
    .flatMap(([id, part]) =>
      targets(part, values)
        .filter((name) => !known(name))
        .map((name) => `${id} → ${name}`),
    );
}

/** What `value` refers to, along the branches that are taken. */
function targets(value: unknown, values: Values): string[] {
  if (Array.isArray(value)) return value.flatMap((item) => targets(item, values));
  if (typeof value !== 'object' || value === null) return [];
  const item = value as Item;
  const branches = item['Fn::If'];
  if (Array.isArray(branches)) {
    return targets(holds(String(branches[0]), values) ? branches[1] : branches[2], values);
  }
  if (item['Fn::Sub'] !== undefined) return substituted(item['Fn::Sub'], values);
  return Object.entries(item).flatMap(([key, inner]) => {
    if (key === 'Ref') return [String(inner)];
    // Containers have a DependsOn of their own, of objects.
    const named = [inner].flat();
    if (key === 'DependsOn' && named.every((one) => typeof one === 'string')) return named;
    if (key === 'Fn::GetAtt')
      return [String(Array.isArray(inner) ? inner[0] : inner).split('.')[0] ?? ''];
    return targets(inner, values);
  });
}

function substituted(argument: unknown, values: Values): string[] {
  const [text, own = {}] = Array.isArray(argument) ? argument : [argument];
  const named = [...String(text).matchAll(/\$\{([^!}.]+)[^}]*\}/g)].map(([, name = '']) => name);
  return [
    ...named.filter((name) => !Object.hasOwn(own as Item, name)),
    ...targets(Object.values(own as Item), values),
  ];
}
