// The XML that AWS's query protocol answers with, as plain values: elements by name, lists where they hold `member`, else text.
// Attributes are left out; there are none but namespaces.

/** A value of an answer. */
export type XmlValue = string | readonly XmlValue[] | { readonly [name: string]: XmlValue };

const entities: Readonly<Record<string, string>> = {
  lt: '<',
  gt: '>',
  amp: '&',
  quot: '"',
  apos: "'",
};

/** The value of a document. @throws RangeError where tags do not match. */
export function readXml(text: string): XmlValue {
  const stack: { readonly name: string; readonly children: [string, XmlValue][]; text: string }[] =
    [{ name: '', children: [], text: '' }];
  for (const [, tag, content] of text.matchAll(/<([^>]*)>|([^<]+)/g)) {
    const open = stack.at(-1);
    if (open === undefined) throw new RangeError('a tag is closed that was never opened');
    if (content !== undefined) open.text += unescapeText(content);
    else if (tag === undefined || /^[?!]/.test(tag)) continue;
    else if (tag.startsWith('/')) {
      stack.pop();
      if (open.name !== tag.slice(1).trim())
        throw new RangeError(`got </${tag.slice(1)}>, want </${open.name}>`);
      stack.at(-1)?.children.push([open.name, toValue(open)]);
    } else {
      const name = tag.replace(/[\s/][\s\S]*$/, '');
      if (tag.endsWith('/')) open.children.push([name, '']);
      else stack.push({ name, children: [], text: '' });
    }
  }
  const [root] = stack;
  if (root === undefined || stack.length > 1) throw new RangeError('the answer ends too early');
  return toValue(root);
}

function toValue({
  children,
  text,
}: {
  readonly children: readonly [string, XmlValue][];
  readonly text: string;
}): XmlValue {
  if (children.length === 0) return text.trim();
  if (children.every(([name]) => name === 'member')) return children.map(([, value]) => value);
  return Object.fromEntries(children);
}

function unescapeText(text: string): string {
  return text.replace(/&(?:#(\d+)|(\w+));/g, (whole, code, name) =>
    code === undefined ? (entities[name] ?? whole) : String.fromCodePoint(Number(code)),
  );
}
