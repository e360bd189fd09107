// Compiles a CEL expression over the variable `body` to its syntax tree. Refuses what cel-go refuses when it compiles:
// syntax, unknown names and functions, wrong numbers of arguments. Types are judged when it runs.
import type { CelNode, CelProgram } from '../cel.ts';
import { type CelToken, scanCel } from './cel-scan.ts';
import { compilePattern } from './pattern/program.ts';

/** Functions with how many arguments they take, the value before the point included. */
const functions: Readonly<Record<string, readonly number[]>> = {
  bool: [1],
  bytes: [1],
  double: [1],
  dyn: [1],
  int: [1],
  size: [1],
  string: [1],
  type: [1],
  uint: [1],
  contains: [2],
  endsWith: [2],
  matches: [2],
  startsWith: [2],
};

/** Those that are only called on a value, or on a value as well. */
const methods = new Set(['contains', 'endsWith', 'matches', 'size', 'startsWith']);
const onlyMethods = new Set(['contains', 'endsWith', 'startsWith']);

const typeNames = new Set('bool bytes double int list map null_type string type uint'.split(' '));

const reserved = new Set(
  'as break const continue else for function if import let loop package namespace return var void while'.split(
    ' ',
  ),
);

const loops: Readonly<Record<string, readonly number[]>> = {
  all: [2],
  exists: [2],
  exists_one: [2],
  existsOne: [2],
  filter: [2],
  map: [2, 3],
};

/** Levels of nesting that are read; deeper ones are nobody's expression. */
const maxDepth = 100;

/**
 * The compiled expression.
 * @throws SyntaxError saying where and what is wrong.
 */
export function compileCel(source: string): CelProgram {
  const parser = new Parser(scanCel(source));
  return { source, tree: parser.parse() };
}

class Parser {
  readonly #tokens: readonly CelToken[];
  #next = 0;
  #depth = 0;
  readonly #variables: string[] = ['body'];

  constructor(tokens: readonly CelToken[]) {
    this.#tokens = tokens;
  }

  parse(): CelNode {
    const tree = this.#ternary();
    if (this.#peek().kind !== 'end') throw this.#unexpected('an operator or the end');
    return tree;
  }

  #peek(): CelToken {
    return this.#tokens[this.#next] ?? { kind: 'end', at: 0 };
  }

  #accept(...marks: readonly string[]): string | undefined {
    const token = this.#peek();
    if (token.kind !== 'mark' && token.kind !== 'name') return undefined;
    if (!marks.includes(token.text)) return undefined;
    this.#next += 1;
    return token.text;
  }

  #expect(mark: string): void {
    if (this.#accept(mark) === undefined) throw this.#unexpected(JSON.stringify(mark));
  }

  #unexpected(wanted: string): SyntaxError {
    const token = this.#peek();
    const seen =
      token.kind === 'end'
        ? 'the end'
        : token.kind === 'literal'
          ? 'a constant'
          : `"${token.text}"`;
    return fault(token, `${seen}, want ${wanted}`);
  }

  #ternary(): CelNode {
    this.#depth += 1;
    if (this.#depth > maxDepth)
      throw fault(this.#peek(), `nested more than ${maxDepth} levels deep`);
    const condition = this.#binary(0);
    this.#depth -= 1;
    if (this.#accept('?') === undefined) return condition;
    const then = this.#binary(0);
    this.#expect(':');
    return call('?:', [condition, then, this.#ternary()]);
  }

  #binary(level: number): CelNode {
    const operators = levels[level];
    if (operators === undefined) return this.#unary();
    let left = this.#binary(level + 1);
    for (;;) {
      const operator = this.#accept(...operators);
      if (operator === undefined) return left;
      left = call(operator, [left, this.#binary(level + 1)]);
    }
  }

  #unary(): CelNode {
    const operator = this.#accept('!', '-');
    if (operator === undefined) return this.#member(this.#primary());
    this.#depth += 1;
    if (this.#depth > maxDepth)
      throw fault(this.#peek(), `nested more than ${maxDepth} levels deep`);
    const of = this.#unary();
    this.#depth -= 1;
    return call(operator === '-' ? 'negate' : '!', [of]);
  }

  #member(start: CelNode): CelNode {
    let node = start;
    for (;;) {
      if (this.#accept('[') !== undefined) {
        node = { kind: 'index', of: node, at: this.#ternary() };
        this.#expect(']');
      } else if (this.#accept('.') !== undefined) {
        const token = this.#peek();
        const name = this.#name();
        node =
          this.#accept('(') === undefined
            ? { kind: 'field', of: node, name }
            : this.#method(node, name, token);
      } else return node;
    }
  }

  #method(on: CelNode, name: string, token: CelToken): CelNode {
    if (Object.hasOwn(loops, name)) return this.#loop(on, name, token);
    const args = this.#list(')');
    if (!methods.has(name)) throw fault(token, `unknown method ${name}`);
    checkCount({ name, count: args.length + 1, token, wanted: functions[name] });
    return { kind: 'call', name, on, args, ...patternOf(name, args, token) };
  }

  #loop(over: CelNode, name: string, token: CelToken): CelNode {
    const at = this.#peek();
    const variable = this.#name();
    this.#expect(',');
    this.#variables.push(variable);
    const parts = [this.#ternary()];
    while (this.#accept(',') !== undefined) parts.push(this.#ternary());
    this.#expect(')');
    this.#variables.pop();
    checkCount({ name, count: parts.length + 1, token, wanted: loops[name] });
    if (reserved.has(variable)) throw fault(at, `${variable} is reserved`);
    const [first, second] = parts;
    if (first === undefined) throw fault(token, `${name} without an expression`);
    const macro = name === 'existsOne' ? 'exists_one' : (name as 'all');
    return second === undefined
      ? { kind: 'loop', macro, over, variable, body: first }
      : { kind: 'loop', macro, over, variable, where: first, body: second };
  }

  #name(): string {
    const token = this.#peek();
    if (token.kind !== 'name') throw this.#unexpected('a name');
    this.#next += 1;
    return token.text;
  }

  #primary(): CelNode {
    const token = this.#peek();
    if (token.kind === 'literal') {
      this.#next += 1;
      return { kind: 'literal', value: token.value };
    }
    if (this.#accept('(') !== undefined) {
      const inner = this.#ternary();
      this.#expect(')');
      return inner;
    }
    if (this.#accept('[') !== undefined) return { kind: 'list', items: this.#list(']') };
    if (this.#accept('{') !== undefined) return { kind: 'map', entries: this.#entries() };
    this.#accept('.');
    const name = this.#name();
    if (this.#accept('(') === undefined) return this.#reference(name, token);
    const args = this.#list(')');
    if (name === 'has') return hasField(args, token);
    if (!Object.hasOwn(functions, name) || onlyMethods.has(name)) {
      throw fault(token, `unknown function ${name}`);
    }
    checkCount({ name, count: args.length, token, wanted: functions[name] });
    return { kind: 'call', name, args, ...patternOf(name, args.slice(1), token) };
  }

  #reference(name: string, token: CelToken): CelNode {
    if (reserved.has(name)) throw fault(token, `${name} is reserved`);
    if (this.#variables.includes(name) || typeNames.has(name)) return { kind: 'name', name };
    throw fault(token, `unknown name ${name}, want body`);
  }

  #list(end: string): CelNode[] {
    const items: CelNode[] = [];
    while (this.#accept(end) === undefined) {
      items.push(this.#ternary());
      if (this.#accept(',') === undefined) {
        this.#expect(end);
        break;
      }
    }
    return items;
  }

  #entries(): (readonly [CelNode, CelNode])[] {
    const entries: (readonly [CelNode, CelNode])[] = [];
    while (this.#accept('}') === undefined) {
      const key = this.#ternary();
      this.#expect(':');
      entries.push([key, this.#ternary()]);
      if (this.#accept(',') === undefined) {
        this.#expect('}');
        break;
      }
    }
    return entries;
  }
}

/** Binary operators, those that bind least first. */
const levels: readonly (readonly string[])[] = [
  ['||'],
  ['&&'],
  ['<', '<=', '>=', '>', '==', '!=', 'in'],
  ['+', '-'],
  ['*', '/', '%'],
];

function call(name: string, args: readonly CelNode[]): CelNode {
  const [only] = args;
  // So that the smallest integer can be written.
  if (name === 'negate' && only?.kind === 'literal' && only.value.type === 'int') {
    return { kind: 'literal', value: { type: 'int', value: `${-BigInt(only.value.value)}` } };
  }
  return { kind: 'call', name, args };
}

function hasField([of, ...more]: readonly CelNode[], token: CelToken): CelNode {
  if (of?.kind === 'field' && more.length === 0) return { ...of, test: true };
  throw fault(token, 'has() of something else, want a field such as has(body.status)');
}

/** A pattern is compiled here, so that no text of a body can become one. */
function patternOf(name: string, [pattern]: readonly CelNode[], token: CelToken) {
  if (name !== 'matches') return {};
  if (pattern?.kind !== 'literal' || pattern.value.type !== 'string') {
    throw fault(token, 'matches() of something else, want a constant as its pattern');
  }
  return { pattern: compilePattern(pattern.value.value) };
}

type Count = {
  readonly name: string;
  readonly count: number;
  readonly token: CelToken;
  readonly wanted: readonly number[] | undefined;
};

function checkCount({ count, name, token, wanted = [] }: Count): void {
  if (wanted.includes(count)) return;
  throw fault(token, `${name} of ${count}, want ${wanted.join(' or ')} arguments`);
}

function fault({ at }: CelToken, message: string): SyntaxError {
  return new SyntaxError(`column ${at + 1}: ${message}`);
}
