// JSONPath as far as it leads to one value: the singular queries of RFC 9535 (2.3.5.1), names and indexes. What could find
// several values, or none by a rule, is refused.

/** The names and indexes of `text`. @throws Error saying what is not understood. */
export function parseJsonPath(text: string): (string | number)[] {
  if (!text.startsWith('$')) throw new Error('it begins with $');
  const steps: (string | number)[] = [];
  let rest = text.slice(1);
  while (rest !== '') {
    const found = next(rest);
    if (found === undefined) {
      const seen = rest.length > 20 ? `${rest.slice(0, 20)}...` : rest;
      throw new Error(`${JSON.stringify(seen)} leads to no single value`);
    }
    steps.push(found.step);
    rest = rest.slice(found.length);
  }
  return steps;
}

type Found = { readonly step: string | number; readonly length: number };

function next(rest: string): Found | undefined {
  const [whole = '', name, index, double, single] =
    /^(?:\.([\p{L}_][\p{L}\p{N}_-]*)|\[\s*(?:(0|-?[1-9]\d{0,8})|"((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)')\s*\])/u.exec(
      rest,
    ) ?? [];
  const length = whole.length;
  if (name !== undefined) return { step: name, length };
  if (index !== undefined) return { step: Number(index), length };
  const quoted = double ?? single?.replaceAll("\\'", "'").replace(/(?<!\\)"/g, '\\"');
  if (quoted === undefined) return undefined;
  try {
    return { step: String(JSON.parse(`"${quoted}"`)), length };
  } catch {
    return undefined;
  }
}
