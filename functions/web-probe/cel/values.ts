// The values of CEL: JSON's, and integers of 64 bits. What has no result throws a CelError, which a rule takes for a failure.

/** A value. A `bigint` is CEL's int, a `number` its double; maps have text, bool or int keys. */
export type CelValue =
  | null
  | boolean
  | bigint
  | number
  | string
  | Uint8Array
  | CelUint
  | CelType
  | readonly CelValue[]
  | ReadonlyMap<string | boolean | bigint, CelValue>;

/** CEL's uint. */
export class CelUint {
  readonly value: bigint;

  constructor(value: bigint) {
    this.value = value;
  }
}

/** A type as a value: what `type()` answers. */
export class CelType {
  readonly name: string;

  constructor(name: string) {
    this.name = name;
  }
}

/** Why an expression has no result. */
export class CelError extends Error {
  override readonly name = 'CelError';
}

/** What `JSON.parse` gives, as CEL sees it. */
export function fromJson(value: unknown): CelValue {
  if (Array.isArray(value)) return value.map(fromJson);
  if (typeof value === 'object' && value !== null) {
    return new Map(Object.entries(value).map(([key, one]) => [key, fromJson(one)] as const));
  }
  return value as CelValue;
}

/** The name of a value's type, as `type()` and messages have it. */
export function typeOf(value: CelValue): string {
  if (value === null) return 'null_type';
  if (value instanceof CelUint) return 'uint';
  if (value instanceof CelType) return 'type';
  if (value instanceof Uint8Array) return 'bytes';
  if (value instanceof Map) return 'map';
  if (Array.isArray(value)) return 'list';
  const names: Readonly<Record<string, string>> = {
    boolean: 'bool',
    bigint: 'int',
    number: 'double',
    string: 'string',
  };
  return names[typeof value] ?? 'dyn';
}

/** The number that a value is, for comparison between types of number. */
function numberOf(value: CelValue): bigint | number | undefined {
  if (value instanceof CelUint) return value.value;
  return typeof value === 'bigint' || typeof value === 'number' ? value : undefined;
}

/** Whether two values are equal; numbers of different types are compared by their value. */
export function areEqual(a: CelValue, b: CelValue): boolean {
  const left = numberOf(a);
  const right = numberOf(b);
  if (left !== undefined && right !== undefined) return order(left, right) === 0;
  if (a instanceof CelType && b instanceof CelType) return a.name === b.name;
  if (a instanceof Uint8Array && b instanceof Uint8Array) return Buffer.compare(a, b) === 0;
  if (Array.isArray(a) && Array.isArray(b)) {
    return a.length === b.length && a.every((one, index) => areEqual(one, b[index] as CelValue));
  }
  if (a instanceof Map && b instanceof Map) {
    return (
      a.size === b.size && [...a].every(([key, one]) => b.has(key) && areEqual(one, b.get(key)))
    );
  }
  return a === b;
}

/**
 * Which of two values of one order comes first: below, at or above 0; not a number where neither does.
 * @throws CelError for values without an order.
 */
export function compare(a: CelValue, b: CelValue): number {
  const left = numberOf(a);
  const right = numberOf(b);
  if (left !== undefined && right !== undefined) return order(left, right);
  if (typeof a === 'string' && typeof b === 'string') {
    return Buffer.compare(Buffer.from(a), Buffer.from(b));
  }
  if (typeof a === 'boolean' && typeof b === 'boolean') return Number(a) - Number(b);
  if (a instanceof Uint8Array && b instanceof Uint8Array) return Buffer.compare(a, b);
  throw new CelError(`no order between ${typeOf(a)} and ${typeOf(b)}`);
}

/** JavaScript compares a bigint and a number by their exact values, as CEL does. */
function order(a: bigint | number, b: bigint | number): number {
  if (a < b) return -1;
  if (a > b) return 1;
  return a <= b ? 0 : Number.NaN;
}
