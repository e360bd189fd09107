// A CloudFormation template as data. Names only the parts that are read here.

/** A JSON object. */
export type Item = { readonly [key: string]: unknown };

/** A resource or an output. */
export type Part = Item & { readonly Condition?: string };

/** A resource. */
export type Resource = Part & { readonly Type: string; readonly Properties?: Item };

/** A template after packaging. */
export type Template = {
  readonly Parameters?: Readonly<Record<string, Item>>;
  readonly Conditions?: Item;
  readonly Rules?: Readonly<Record<string, Item>>;
  readonly Resources: Readonly<Record<string, Resource>>;
  readonly Outputs?: Readonly<Record<string, Part>>;
};

/** Values of parameters beside the defaults. */
export type Values = Readonly<Record<string, string>>;

/** What `AWS::NoValue` becomes: the property or the item of a list goes. */
export const absent = Symbol('AWS::NoValue');

/** Whether a value is a JSON object. */
export function isItem(value: unknown): value is Item {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A template that somebody gave. @throws RangeError for anything else. */
export function toTemplate(value: unknown): Template {
  if (isItem(value) && isItem(value.Resources)) return value as unknown as Template;
  throw new RangeError('got no Resources, want a template of CloudFormation in JSON');
}

/** The one entry of an object like `{ Ref: … }` or `{ 'Fn::If': … }`; undefined for all else. */
export function intrinsicOf(value: unknown): readonly [string, unknown] | undefined {
  if (!isItem(value)) return undefined;
  const [entry, more] = Object.entries(value);
  if (entry === undefined || more !== undefined) return undefined;
  return /^(?:Ref|Condition|Fn::\w+)$/.test(entry[0]) ? entry : undefined;
}

/** Names that the text of `Fn::Sub` refers to, without what it brings itself. */
export function namesIn(argument: unknown): string[] {
  const [text, own = {}] = Array.isArray(argument) ? argument : [argument];
  const named = [...String(text).matchAll(/\$\{([^!}.]+)[^}]*\}/g)].map(([, name = '']) => name);
  return named.filter((name) => !Object.hasOwn(own as Item, name));
}
