// Reads the XML of AWS's query protocols: elements and texts. Attributes and anything else that those services do not use are
// passed over.

/** An element. */
export type Element = {
  readonly name: string;
  readonly text: string;
  readonly children: readonly Element[];
};

type Open = { readonly name: string; text: string; readonly children: Element[] };

const entities: Readonly<Record<string, string>> = {
  amp: '&',
  apos: "'",
  gt: '>',
  lt: '<',
  quot: '"',
};

/** The outermost element, in an element without a name. */
export function readXml(xml: string): Element {
  const root: Open = { name: '', text: '', children: [] };
  const open: Open[] = [root];
  for (const [, end, name, rest = '', text] of xml.matchAll(/<(\/?)([\w:.-]+)([^>]*)>|([^<]+)/g)) {
    const current = open.at(-1) ?? root;
    if (name === undefined) current.text += decode(text ?? '');
    else if (end === '/') {
      if (open.length > 1) open.pop();
    } else {
      const child: Open = { name, text: '', children: [] };
      current.children.push(child);
      if (!rest.endsWith('/')) open.push(child);
    }
  }
  return root;
}

/** The elements that a path of names leads to; `*` is any name. */
export function find(element: Element, path: string): Element[] {
  return path
    .split('/')
    .reduce<Element[]>(
      (level, step) =>
        level.flatMap(({ children }) =>
          children.filter(({ name }) => step === '*' || name === step),
        ),
      [element],
    );
}

/** The text that a path leads to first; empty where it leads nowhere. */
export function textAt(element: Element, path: string): string {
  return find(element, path)[0]?.text ?? '';
}

function decode(text: string): string {
  return text.replaceAll(/&(?:#(\d+)|#x([\da-fA-F]+)|(\w+));/g, (whole, ...groups: string[]) => {
    const [decimal, hex, name = ''] = groups;
    if (decimal !== undefined) return String.fromCodePoint(Number(decimal));
    if (hex !== undefined) return String.fromCodePoint(Number.parseInt(hex, 16));
    return entities[name] ?? whole;
  });
}
