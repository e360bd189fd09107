// The functions and operators of CEL's standard library (cel.dev/specification, List of Standard Definitions) that need
// no more than their values. Times and durations are not among them.
import { areEqual, CelError, CelType, CelUint, type CelValue, compare, typeOf } from './values.ts';

const intBounds = [-(2n ** 63n), 2n ** 63n - 1n] as const;

/**
 * The result of a function or strict operator.
 * @throws CelError when there is none for values of these types.
 */
export function applyFunction(name: string, args: readonly CelValue[]): CelValue {
  const [a = null, b = null] = args;
  const arithmetic = args.length === 2 ? calculate(name, a, b) : undefined;
  const result = arithmetic ?? table[name]?.(a, b);
  if (result === undefined) {
    throw new CelError(`no ${name} for ${args.map(typeOf).join(' and ')}`);
  }
  return result;
}

const table: Readonly<Record<string, (a: CelValue, b: CelValue) => CelValue | undefined>> = {
  '==': areEqual,
  '!=': (a, b) => !areEqual(a, b),
  '<': (a, b) => compare(a, b) < 0,
  '<=': (a, b) => compare(a, b) <= 0,
  '>': (a, b) => compare(a, b) > 0,
  '>=': (a, b) => compare(a, b) >= 0,
  '!': (a) => (typeof a === 'boolean' ? !a : undefined),
  negate: (a) => (typeof a === 'bigint' ? toInt(-a) : typeof a === 'number' ? -a : undefined),
  in: isIn,
  size: sizeOf,
  contains: onText((a, b) => a.includes(b)),
  startsWith: onText((a, b) => a.startsWith(b)),
  endsWith: onText((a, b) => a.endsWith(b)),
  dyn: (a) => a,
  type: (a) => new CelType(typeOf(a)),
  string: asText,
  int: asInt,
  uint: (a) => {
    const value = a instanceof CelUint ? a.value : asInt(a);
    if (value === undefined) return undefined;
    if (value < 0n) throw new CelError(`${value} is no uint`);
    return new CelUint(value);
  },
  double: (a) => {
    if (a instanceof CelUint) return Number(a.value);
    if (typeof a === 'string') return parsed(a, Number(a));
    return typeof a === 'bigint' || typeof a === 'number' ? Number(a) : undefined;
  },
  bool: (a) => {
    if (typeof a === 'boolean') return a;
    if (typeof a !== 'string') return undefined;
    if (/^(?:1|t|true|True|TRUE)$/.test(a)) return true;
    if (/^(?:0|f|false|False|FALSE)$/.test(a)) return false;
    throw new CelError(`${JSON.stringify(a)} is no bool`);
  },
  bytes: (a) =>
    typeof a === 'string' ? Buffer.from(a, 'utf8') : a instanceof Uint8Array ? a : undefined,
};

function onText(test: (a: string, b: string) => boolean) {
  return (a: CelValue, b: CelValue) =>
    typeof a === 'string' && typeof b === 'string' ? test(a, b) : undefined;
}

function calculate(name: string, a: CelValue, b: CelValue): CelValue | undefined {
  if (typeof a === 'number' && typeof b === 'number') {
    return { '+': a + b, '-': a - b, '*': a * b, '/': a / b }[name];
  }
  if (typeof a === 'bigint' && typeof b === 'bigint') {
    const result = integers(name, a, b);
    return result === undefined ? undefined : toInt(result);
  }
  if (a instanceof CelUint && b instanceof CelUint) {
    const result = integers(name, a.value, b.value);
    if (result === undefined) return undefined;
    if (result < 0n || result >= 2n ** 64n) throw new CelError('integer overflow');
    return new CelUint(result);
  }
  if (name !== '+') return undefined;
  if (typeof a === 'string' && typeof b === 'string') return a + b;
  if (Array.isArray(a) && Array.isArray(b)) return [...a, ...b];
  return a instanceof Uint8Array && b instanceof Uint8Array ? Buffer.concat([a, b]) : undefined;
}

function integers(name: string, a: bigint, b: bigint): bigint | undefined {
  if ((name === '/' || name === '%') && b === 0n) throw new CelError('division by zero');
  if (name === '+') return a + b;
  if (name === '-') return a - b;
  if (name === '*') return a * b;
  if (name === '/') return a / b;
  return name === '%' ? a % b : undefined;
}

function toInt(value: bigint): bigint {
  if (value < intBounds[0] || value > intBounds[1]) throw new CelError('integer overflow');
  return value;
}

function isIn(a: CelValue, b: CelValue): boolean | undefined {
  if (Array.isArray(b)) return b.some((one) => areEqual(a, one));
  return b instanceof Map ? [...b.keys()].some((key) => areEqual(a, key)) : undefined;
}

function sizeOf(a: CelValue): bigint | undefined {
  if (typeof a === 'string') return BigInt([...a].length);
  if (Array.isArray(a) || a instanceof Uint8Array) return BigInt(a.length);
  return a instanceof Map ? BigInt(a.size) : undefined;
}

function asText(a: CelValue): string | undefined {
  if (a instanceof CelUint) return String(a.value);
  if (a instanceof Uint8Array) return Buffer.from(a).toString('utf8');
  return ['string', 'boolean', 'bigint', 'number'].includes(typeof a) ? String(a) : undefined;
}

function asInt(a: CelValue): bigint | undefined {
  if (a instanceof CelUint) return toInt(a.value);
  if (typeof a === 'bigint') return a;
  if (typeof a === 'number') {
    if (!Number.isFinite(a) || Math.abs(a) >= 2 ** 63) throw new CelError(`${a} is no int`);
    return BigInt(Math.trunc(a));
  }
  if (typeof a !== 'string') return undefined;
  if (!/^[+-]?\d+$/.test(a)) throw new CelError(`${JSON.stringify(a.slice(0, 40))} is no int`);
  return toInt(BigInt(a.replace('+', '')));
}

function parsed(text: string, value: number): number {
  if (text.trim() === '' || Number.isNaN(value)) {
    throw new CelError(`${JSON.stringify(text.slice(0, 40))} is no double`);
  }
  return value;
}
