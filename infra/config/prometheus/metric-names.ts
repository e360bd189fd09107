// Which metrics a PromQL expression reads, so that a rule or panel on a metric that nobody emits fails a test.
// It reads words, it does not judge syntax (promtool does); refuses selectors whose name is a pattern.

// https://prometheus.io/docs/prometheus/latest/querying/operators/
const aggregations =
  'sum min max avg group stddev stdvar count count_values bottomk topk quantile limitk limit_ratio';
const keywords = new Set(
  ['and or unless bool offset atan2 inf nan', aggregations].join(' ').split(' '),
);
/** These are followed by a list of labels. */
const labelLists = new Set(['by', 'without', 'on', 'ignoring', 'group_left', 'group_right']);

const tokens = new RegExp(
  [
    '#.*',
    String.raw`"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|${'`[^`]*`'}`,
    String.raw`\[[^\]]*\]`,
    String.raw`[a-zA-Z_:][\w:]*`,
    String.raw`\d[\w.]*`,
    '[=!]~|[=!]=?|[{}(),]',
  ].join('|'),
  'g',
);

/**
 * The names of the metrics that `expression` reads, each once, in order.
 * @throws RangeError for a selector that names its metric by anything but `__name__="…"`.
 */
export function listMetrics(expression: string): string[] {
  const words = (expression.match(tokens) ?? []).filter((word) => !word.startsWith('#'));
  const names = new Set<string>();
  for (let at = 0; at < words.length; at += 1) {
    const word = words[at] ?? '';
    if (word === '{') {
      const end = closing(words, at, '}');
      const name = nameMatcher(words.slice(at, end));
      if (name !== undefined) names.add(name);
      at = end;
    } else if (labelLists.has(word.toLowerCase())) {
      if (words[at + 1] === '(') at = closing(words, at, ')');
    } else if (isMetric(word) && words[at + 1] !== '(') {
      names.add(word);
    }
  }
  return [...names];
}

/** The PromQL in `template`: the texts that its actions hand to `query`, by a pipe or as an argument. */
export function listTemplateQueries(template: string): string[] {
  const actions = template.match(/\{\{(?:"(?:[^"\\]|\\.)*"|`[^`]*`|(?!\}\}).)*\}\}/gs) ?? [];
  return actions
    .filter((action) => /\bquery\b/.test(action.replace(/"(?:[^"\\]|\\.)*"|`[^`]*`/g, '')))
    .flatMap((action) => action.match(/"(?:[^"\\]|\\.)*"|`[^`]*`/g) ?? [])
    .map((text) => text.slice(1, -1));
}

function isMetric(word: string): boolean {
  return /^[a-zA-Z_:]/.test(word) && !keywords.has(word.toLowerCase());
}

function closing(words: readonly string[], from: number, bracket: string): number {
  const end = words.indexOf(bracket, from);
  return end === -1 ? words.length : end;
}

function nameMatcher(words: readonly string[]): string | undefined {
  const at = words.indexOf('__name__');
  if (at === -1) return undefined;
  const [operator, value = ''] = words.slice(at + 1);
  if (operator === '=') return value.slice(1, -1);
  throw new RangeError(
    `got __name__${operator}${value}, want __name__="…": a pattern names no metric`,
  );
}
