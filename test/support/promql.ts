// What a PromQL expression reads, by Prometheus's own grammar. Refuses what does not parse.
import type { SyntaxNode } from '@lezer/common';
import { parser } from '@prometheus-io/lezer-promql';

/** One selector of an expression. */
export type Selector = {
  readonly metric: string;
  /** Label names that its matchers name. */
  readonly labels: readonly string[];
  /** Metrics in the right-hand side of each `and` whose left-hand side holds the selector. */
  readonly gates: readonly string[];
  /** Whether it only lends labels: the right-hand side of a `group_left`. */
  readonly lends: 'labels' | 'values';
};

/**
 * Every selector of `expression`, in order.
 * @throws SyntaxError naming the place where the grammar ends, RangeError for a selector without a fixed name.
 */
export function readSelectors(expression: string): Selector[] {
  const found: Selector[] = [];
  parser.parse(expression).iterate({
    enter: ({ type, node, from }) => {
      if (type.isError) {
        throw new SyntaxError(`${expression}: not PromQL from character ${from} on`);
      }
      if (type.name === 'VectorSelector') found.push(readSelector(node, expression));
    },
  });
  return found;
}

function readSelector(node: SyntaxNode, text: string): Selector {
  const name = node.getChild('Identifier');
  if (name === null) {
    throw new RangeError(`${textOf(node, text)} has no name, want one: a pattern names no metric`);
  }
  const matchers = node.getChild('LabelMatchers')?.getChildren('UnquotedLabelMatcher') ?? [];
  return {
    metric: textOf(name, text),
    labels: matchers.map((matcher) => textOf(matcher.getChild('LabelName'), text)),
    gates: enclosing(node)
      .filter(({ whole, side }) => whole.getChild('And') !== null && side === 'left')
      .flatMap(({ whole }) => namesBelow(whole.lastChild, text)),
    lends: enclosing(node).some(
      ({ whole, side }) =>
        side === 'right' &&
        whole.getChild('MatchingModifierClause')?.getChild('GroupLeft') !== null &&
        whole.getChild('MatchingModifierClause') !== null,
    )
      ? 'labels'
      : 'values',
  };
}

/** The binary operations around `node`, and on which side of each it stands. */
function enclosing(node: SyntaxNode) {
  const found: { readonly whole: SyntaxNode; readonly side: 'left' | 'right' }[] = [];
  for (let inner = node; inner.parent !== null; inner = inner.parent) {
    const whole = inner.parent;
    if (whole.name !== 'BinaryExpr') continue;
    found.push({ whole, side: whole.firstChild?.from === inner.from ? 'left' : 'right' });
  }
  return found;
}

function namesBelow(node: SyntaxNode | null, text: string): string[] {
  if (node === null) return [];
  const own = node.name === 'VectorSelector' ? [textOf(node.getChild('Identifier'), text)] : [];
  const children: string[] = [];
  for (let child = node.firstChild; child !== null; child = child.nextSibling) {
    children.push(...namesBelow(child, text));
  }
  return [...own, ...children];
}

/**
 * Each `or` of which one side keeps the name of its metric and the other does not: over time a series that changes from
 * one side to the other becomes two.
 */
export function splitSeries(expression: string): string[] {
  const found: string[] = [];
  parser.parse(expression).iterate({
    enter: ({ node }) => {
      if (node.name !== 'BinaryExpr' || node.getChild('Or') === null) return;
      if (nameKept(node.firstChild, expression) !== nameKept(node.lastChild, expression)) {
        found.push(textOf(node, expression));
      }
    },
  });
  return found;
}

/** The name of the metric that the series of `node` have; '' where an operation took it away. */
function nameKept(node: SyntaxNode | null, text: string): string {
  if (node === null) return '';
  if (node.name === 'VectorSelector') return textOf(node.getChild('Identifier'), text);
  if (node.name === 'ParenExpr') return nameKept(node.firstChild?.nextSibling ?? null, text);
  const filters = ['And', 'Or', 'Unless', 'Eql', 'Neq', 'Lss', 'Lte', 'Gtr', 'Gte'];
  const keeps =
    node.name === 'BinaryExpr' &&
    node.getChild('BoolModifier') === null &&
    filters.some((operator) => node.getChild(operator) !== null);
  return keeps ? nameKept(node.firstChild, text) : '';
}

function textOf(node: SyntaxNode | null, text: string): string {
  return node === null ? '' : text.slice(node.from, node.to);
}
