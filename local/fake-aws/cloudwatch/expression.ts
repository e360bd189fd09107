// Metric math of the simple kind: + - * / over ids and numbers, with parentheses. Points exist where every operand
// has one; a division by zero gives none. Functions are refused, so that no test rests on a guess.
import { validationError } from '../wire/errors.ts';

/** A parsed expression. */
export type Expression = {
  /** Ids that it refers to, in order of appearance. */
  readonly ids: readonly string[];
  /** Its value from the values of the ids. */
  evaluate(values: ReadonlyMap<string, number>): number;
};

type Node = (values: ReadonlyMap<string, number>) => number;
type Parser = { readonly text: string; readonly tokens: string[]; readonly ids: string[] };

/** Parses an expression. @throws AwsError ValidationError when it is not of the simple kind. */
export function parseExpression(text: string): Expression {
  const tokens = text.match(/[a-z]\w*|\d+(?:\.\d+)?(?:e[+-]?\d+)?|\S/g) ?? [];
  const parser: Parser = { text, tokens, ids: [] };
  const evaluate = parseSum(parser);
  if (parser.tokens.length > 0) throw refuse(parser);
  return { ids: [...new Set(parser.ids)], evaluate };
}

function parseSum(parser: Parser): Node {
  let left = parseProduct(parser);
  for (let sign = takeOne(parser, '+-'); sign !== undefined; sign = takeOne(parser, '+-')) {
    const [first, second, factor] = [left, parseProduct(parser), sign === '+' ? 1 : -1];
    left = (values) => first(values) + factor * second(values);
  }
  return left;
}

function parseProduct(parser: Parser): Node {
  let left = parseFactor(parser);
  for (let sign = takeOne(parser, '*/'); sign !== undefined; sign = takeOne(parser, '*/')) {
    const [first, second, times] = [left, parseFactor(parser), sign === '*'];
    left = times
      ? (values) => first(values) * second(values)
      : (values) => first(values) / second(values);
  }
  return left;
}

function parseFactor(parser: Parser): Node {
  const token = parser.tokens.shift();
  if (token === undefined) throw refuse(parser);
  if (token === '-') {
    const operand = parseFactor(parser);
    return (values) => -operand(values);
  }
  if (token === '(') {
    const inner = parseSum(parser);
    if (parser.tokens.shift() !== ')') throw refuse(parser);
    return inner;
  }
  if (/^\d/.test(token)) {
    const number = Number(token);
    return () => number;
  }
  if (!/^[a-z]/.test(token)) throw refuse(parser);
  parser.ids.push(token);
  return (values) => values.get(token) ?? Number.NaN;
}

function takeOne(parser: Parser, signs: string): string | undefined {
  const [next] = parser.tokens;
  if (next === undefined || !signs.includes(next)) return undefined;
  return parser.tokens.shift();
}

function refuse({ text }: Parser): Error {
  return validationError(`Error in expression '${text}': only + - * / ( ) over ids and numbers.`);
}
