// Evaluates a compiled CEL expression over a JSON body, as cel-go does: an operand that has no result does not matter where
// the other one decides. Bounded: a body of any size or depth cannot make it run for ever.
import { type CelLiteral, type CelNode, matches } from '@fargaze/core/internal';
import { applyFunction } from './functions.ts';
import { CelError, CelType, CelUint, type CelValue, typeOf } from './values.ts';

/** What evaluating may use. */
export type CelEnvironment = {
  /** Whether to go on; asked every thousand steps. */
  readonly mayGoOn: () => boolean;
};

type Scope = ReadonlyMap<string, CelValue>;

/**
 * The result of `tree` where `body` is the variable `body`.
 * @throws CelError when there is none: a missing field, a value of the wrong type, or no time left.
 */
export function evaluateCel(tree: CelNode, body: CelValue, env: CelEnvironment): CelValue {
  return new Evaluation(env).run(tree, new Map([['body', body]]));
}

class Evaluation {
  readonly #env: CelEnvironment;
  #steps = 0;

  constructor(env: CelEnvironment) {
    this.#env = env;
  }

  run(node: CelNode, scope: Scope): CelValue {
    this.#steps += 1;
    if (this.#steps % 1000 === 0 && !this.#env.mayGoOn()) throw new CelError('no time left');
    switch (node.kind) {
      case 'literal':
        return fromLiteral(node.value);
      case 'name':
        return scope.get(node.name) ?? (scope.has(node.name) ? null : new CelType(node.name));
      case 'field':
        return this.#field(node, scope);
      case 'index':
        return elementAt(this.run(node.of, scope), this.run(node.at, scope));
      case 'list':
        return node.items.map((item) => this.run(item, scope));
      case 'map':
        return new Map(
          node.entries.map(([key, value]) => [toKey(this.run(key, scope)), this.run(value, scope)]),
        );
      case 'loop':
        return this.#loop(node, scope);
      case 'call':
        return this.#call(node, scope);
    }
  }

  #field({ name, of, test }: CelNode & { kind: 'field' }, scope: Scope): CelValue {
    const value = this.run(of, scope);
    if (!(value instanceof Map)) throw new CelError(`no field ${name} in ${typeOf(value)}`);
    if (test === true) return value.has(name);
    return elementAt(value, name);
  }

  #call({ args, name, on, pattern }: CelNode & { kind: 'call' }, scope: Scope): CelValue {
    const [first, second, third] = args;
    if ((name === '&&' || name === '||') && first !== undefined && second !== undefined) {
      return decide(name, [first, second], (side) => this.#bool(side, scope));
    }
    if (name === '?:' && first !== undefined && second !== undefined && third !== undefined) {
      return this.run(this.#bool(first, scope) ? second : third, scope);
    }
    const values = (on === undefined ? args : [on, ...args]).map((one) => this.run(one, scope));
    const [text] = values;
    if (pattern !== undefined && typeof text === 'string') return matches(pattern, text);
    return applyFunction(name, values);
  }

  #bool(node: CelNode, scope: Scope): boolean {
    const value = this.run(node, scope);
    if (typeof value !== 'boolean') throw new CelError(`${typeOf(value)}, want bool`);
    return value;
  }

  #loop(node: CelNode & { kind: 'loop' }, scope: Scope): CelValue {
    const { body, macro, over, variable, where } = node;
    const range = this.run(over, scope);
    if (!Array.isArray(range) && !(range instanceof Map)) {
      throw new CelError(`no ${macro} over ${typeOf(range)}`);
    }
    const items: readonly CelValue[] = Array.isArray(range) ? range : [...range.keys()];
    const within = (item: CelValue): Scope => new Map([...scope, [variable, item]]);
    if (macro === 'map') {
      return items
        .filter((item) => where === undefined || this.#bool(where, within(item)))
        .map((item) => this.run(body, within(item)));
    }
    if (macro === 'filter') return items.filter((item) => this.#bool(body, within(item)));
    if (macro === 'exists_one') {
      return items.filter((item) => this.#bool(body, within(item))).length === 1;
    }
    return decide(macro === 'exists' ? '||' : '&&', items, (item) =>
      this.#bool(body, within(item)),
    );
  }
}

/** Joins all items by the operator: one that decides makes the others not matter, also those that have no value. */
function decide<T>(
  operator: '&&' | '||',
  items: readonly T[],
  test: (item: T) => boolean,
): boolean {
  const decides = operator === '||';
  let fault: CelError | undefined;
  for (const item of items) {
    try {
      if (test(item) === decides) return decides;
    } catch (error) {
      if (!(error instanceof CelError)) throw error;
      fault ??= error;
    }
  }
  if (fault !== undefined) throw fault;
  return !decides;
}

function fromLiteral(literal: CelLiteral): CelValue {
  switch (literal.type) {
    case 'null':
      return null;
    case 'int':
      return BigInt(literal.value);
    case 'uint':
      return new CelUint(BigInt(literal.value));
    case 'bytes':
      return Uint8Array.from(literal.value);
    case 'bool':
    case 'double':
    case 'string':
      return literal.value;
  }
}

function toKey(value: CelValue): string | boolean | bigint {
  if (typeof value === 'string' || typeof value === 'boolean' || typeof value === 'bigint') {
    return value;
  }
  if (value instanceof CelUint) return value.value;
  throw new CelError(`${typeOf(value)} as a key`);
}

function elementAt(of: CelValue, at: CelValue): CelValue {
  const index = at instanceof CelUint ? at.value : at;
  if (Array.isArray(of) && (typeof index === 'bigint' || typeof index === 'number')) {
    const item = of[Number(index)];
    if (item !== undefined) return item;
    throw new CelError(`no item ${index} in a list of ${of.length}`);
  }
  if (of instanceof Map) {
    const key = typeof index === 'number' && Number.isInteger(index) ? BigInt(index) : index;
    const value = of.get(key as string);
    if (value !== undefined) return value;
    throw new CelError(`no key ${String(key)}`);
  }
  throw new CelError(`no ${typeOf(at)} index in ${typeOf(of)}`);
}
