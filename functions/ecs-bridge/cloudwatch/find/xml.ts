// Reads the XML of AWS's query protocols: elements and texts, and refuses what is cut off or no XML. Attributes and anything
// else that those services do not use are passed over.

/** An element. */
export type Element = {
  readonly name: string;
  readonly text: string;
  readonly children: readonly Element[];
};

type Open = { readonly name: string; text: string; readonly children: Element[] };

const entities = new Map([
  ['amp', '&'],
  ['apos', "'"],
  ['gt', '>'],
  ['lt', '<'],
  ['quot', '"'],
]);

/** The outermost element, in an element without a name. @throws SyntaxError where tags do not match, or none is there. */
export function readXml(xml: string): Element {
  const root: Open = { name: '', text: '', children: [] };
  const open: Open[] = [root];
  for (const [, end, name, rest = '', text] of xml.matchAll(/<(\/?)([\w:.-]+)([^>]*)>|([^<]+)/g)) {
    const current = open.at(-1) ?? root;
    if (name === undefined) current.text += decode(text ?? '');
    else if (end === '/') {
      if (current === root || current.name !== name) {
        const want = current === root ? 'none that was not opened' : `</${current.name}>`;
        throw new SyntaxError(`got </${name}>, want ${want}`);
      }
      open.pop();
    } else {
      const child: Open = { name, text: '', children: [] };
      current.children.push(child);
      if (!rest.endsWith('/')) open.push(child);
    }
  }
  if (open.length > 1) throw new SyntaxError(`<${open.at(-1)?.name}> has no end`);
  if (root.children.length === 0) throw new SyntaxError('no element, want XML');
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
  return find(element, path)[0]?.text.trim() ?? '';
}

function decode(text: string): string {
  return text.replaceAll(/&(?:#(\d+)|#x([\da-fA-F]+)|(\w+));/g, (whole, ...groups: string[]) => {
    const [decimal, hex, name = ''] = groups;
    const code = decimal === undefined ? Number.parseInt(hex ?? '', 16) : Number(decimal);
    // What stands for no character stays as it is.
    if (code <= 0x10ffff) return String.fromCodePoint(code);
    return entities.get(name) ?? whole;
  });
}
