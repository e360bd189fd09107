// From RE2's syntax to a program (pattern/pattern.ts). What cannot be run in bounded memory is refused.
import { type GroupPattern, operations, type Pattern } from '../../../pattern/pattern.ts';
import { type Node, type Repetition, syntaxError } from './node.ts';
import { parsePattern } from './parse.ts';

/** Instructions that a program may have. */
const maxInstructions = 50_000;

/**
 * Compiles an RE2 pattern.
 * @throws SyntaxError saying what is wrong.
 */
export function compilePattern(text: string): Pattern {
  return compile(text, parsePattern(text));
}

/**
 * The pattern with its groups, for `matchGroups`.
 * @throws SyntaxError saying what is wrong.
 */
export function compileGroups(text: string): GroupPattern {
  const root = parsePattern(text);
  const names = groupNames(root);
  const writer = new Writer('groups');
  const end = writer.add(operations.match, 0, 0);
  const start = writer.write({ kind: 'group', item: root, index: 0, name: '' }, end);
  return { text, classes: writer.classes, code: writer.code, start, names };
}

/** The names of groups by their numbers, from 1 on; empty where there is none. */
function groupNames(node: Node): string[] {
  if (node.kind === 'class' || node.kind === 'place') return [];
  if (node.kind === 'repetition') return groupNames(node.item);
  if (node.kind === 'group') return [node.name, ...groupNames(node.item)];
  return node.items.flatMap(groupNames);
}

/** The pattern that matches exactly `text`. */
export function exactPattern(text: string): Pattern {
  const literal = text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
  return compilePattern(`^${literal}$`);
}

function compile(text: string, root: Node): Pattern {
  const writer = new Writer('no groups');
  const end = writer.add(operations.match, 0, 0);
  const start = writer.write(root, end);
  return { text, classes: writer.classes, code: writer.code, start };
}

/** Writes from the end to the beginning: whoever is written knows what comes after it. */
class Writer {
  readonly code: number[] = [];
  readonly classes: (readonly number[])[] = [];
  readonly #classes = new Map<string, number>();
  readonly #kind: 'groups' | 'no groups';

  constructor(kind: 'groups' | 'no groups') {
    this.#kind = kind;
  }

  add(operation: number, operand: number, target: number): number {
    const at = this.code.length / 3;
    if (at >= maxInstructions) {
      throw syntaxError(`expression too large, want at most ${maxInstructions} instructions`);
    }
    this.code.push(operation, operand, target);
    return at;
  }

  /** Where `node` begins when `next` comes after it. */
  write(node: Node, next: number): number {
    if (node.kind === 'class') {
      return this.add(operations.take, this.#classOf(node.set), next);
    }
    if (node.kind === 'place') return this.add(operations.assert, node.place, next);
    if (node.kind === 'sequence') {
      return node.items.reduceRight((after, item) => this.write(item, after), next);
    }
    if (node.kind === 'repetition') return this.#repeat(node, next);
    if (node.kind === 'group') {
      if (this.#kind === 'no groups') return this.write(node.item, next);
      const close = this.add(operations.save, node.index * 2 + 1, next);
      return this.add(operations.save, node.index * 2, this.write(node.item, close));
    }
    const starts = node.items.map((item) => this.write(item, next));
    return starts.reduceRight((after, start) => this.add(operations.split, start, after));
  }

  #repeat({ item, lazy, max, min }: Repetition, next: number): number {
    let at = next;
    if (max === undefined) {
      const split = this.add(operations.split, next, next);
      const again = this.write(item, split);
      this.code[split * 3 + (lazy ? 2 : 1)] = again;
      at = split;
    } else {
      for (let left = max - min; left > 0; left -= 1) {
        const more = this.write(item, at);
        at = lazy ? this.add(operations.split, next, more) : this.add(operations.split, more, next);
      }
    }
    for (let left = min; left > 0; left -= 1) at = this.write(item, at);
    return at;
  }

  #classOf(set: readonly number[]): number {
    const key = set.join();
    const known = this.#classes.get(key);
    if (known !== undefined) return known;
    this.#classes.set(key, this.classes.length);
    return this.classes.push(set) - 1;
  }
}
