// Decides conditions and rules of a template for values of its parameters, offline, as CloudFormation would. Refuses
// functions that no template of ours uses.
import { type Item, intrinsicOf, type Template, type Values } from './template.ts';

/** The value of a parameter: the given one, or the default. @throws RangeError for a parameter that is not there. */
export function parameterValue(
  { Parameters = {} }: Template,
  name: string,
  values: Values,
): string {
  const parameter = Parameters[name];
  if (parameter === undefined) throw new RangeError(`got parameter ${name}, want one that exists`);
  return values[name] ?? String(parameter.Default ?? '');
}

/** Whether `condition` holds: a name, or a function of conditions. @throws RangeError for what is not known here. */
export function holds(template: Template, condition: unknown, values: Values): boolean {
  if (typeof condition === 'string') {
    const named = template.Conditions?.[condition];
    if (named === undefined)
      throw new RangeError(`got condition ${condition}, want one that exists`);
    return holds(template, named, values);
  }
  const [name = 'nothing', argument] = intrinsicOf(condition) ?? [];
  const list = Array.isArray(argument) ? argument : [];
  const part = (inner: unknown) => holds(template, inner, values);
  const operand = (value: unknown) => operandOf(template, value, values);
  switch (name) {
    case 'Condition':
      return part(String(argument));
    case 'Fn::Equals':
      return operand(list[0]) === operand(list[1]);
    case 'Fn::Contains':
      return (list[0] as readonly unknown[]).map(String).includes(operand(list[1]));
    case 'Fn::Not':
      return !part(list[0]);
    case 'Fn::And':
      return list.every(part);
    case 'Fn::Or':
      return list.some(part);
    default:
      throw new RangeError(`got ${name}, want a condition function`);
  }
}

function operandOf(template: Template, value: unknown, values: Values): string {
  const [name, argument] = intrinsicOf(value) ?? [];
  return name === 'Ref' ? parameterValue(template, String(argument), values) : String(value);
}

/** Descriptions of the rules' assertions that `values` do not fulfil. */
export function refusals(template: Template, values: Values): string[] {
  const { Rules = {} } = template;
  return Object.values(Rules)
    .filter(
      ({ RuleCondition }) => RuleCondition === undefined || holds(template, RuleCondition, values),
    )
    .flatMap(({ Assertions }) => Assertions as readonly Item[])
    .filter(({ Assert }) => !holds(template, Assert, values))
    .map(({ AssertDescription }) => String(AssertDescription));
}

/** What is wrong with the value of a parameter; undefined when nothing is. */
export function fault(template: Template, name: string, value: string): string | undefined {
  const parameter = template.Parameters?.[name] ?? {};
  const { AllowedPattern, AllowedValues, MaxValue, MinValue, Type } = parameter;
  if (Array.isArray(AllowedValues)) {
    const allowed = AllowedValues.map(String);
    return allowed.includes(value) ? undefined : `${name}: got ${value}, want ${listed(allowed)}`;
  }
  if (Type === 'Number') {
    const least = Number(MinValue ?? Number.NEGATIVE_INFINITY);
    const most = Number(MaxValue ?? Number.POSITIVE_INFINITY);
    const fits = value !== '' && Number(value) >= least && Number(value) <= most;
    return fits ? undefined : `${name}: got ${value}, want a number from ${least} to ${most}`;
  }
  // CloudFormation compares the whole value.
  const matches = new RegExp(`^(?:${String(AllowedPattern ?? '[^]*')})$`).test(value);
  return matches ? undefined : `${name}: got ${value}, want what matches ${AllowedPattern}`;
}

function listed(values: readonly string[]): string {
  return values.length < 2
    ? values.join('')
    : `${values.slice(0, -1).join(', ')} or ${values.at(-1)}`;
}
