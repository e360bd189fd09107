// What aliases of a YAML document stand for, all found in one pass: the library looks through the whole document for each. And
// how large and how deep the document is once they are followed.
import { type Alias, type Document, isAlias, isCollection, isNode, isPair, type Node } from 'yaml';
import { maxLevels, tooDeep } from './yaml-depth.ts';

/** More nodes than any configuration has: aliases of aliases grow beyond all bounds. */
const maxNodes = 1_000_000;

/** How large a part of a document is once its aliases are followed: its nodes, and how deep lists and mappings nest in it. */
type Extent = { readonly nodes: number; readonly levels: number };

type Aliases = { readonly targets: ReadonlyMap<Alias, Node>; readonly extent: Extent };

const known = new WeakMap<Document.Parsed, Aliases>();

/** The node that an alias stands for: the last one before it with the anchor; undefined where there is none. */
export function targetOf(alias: Alias, document: Document.Parsed): Node | undefined {
  return aliasesOf(document).targets.get(alias);
}

/** Why a document cannot be read with its aliases followed; undefined where it can. */
export function findGrowthFault(document: Document.Parsed): string | undefined {
  const { levels, nodes } = aliasesOf(document).extent;
  if (nodes > maxNodes)
    return 'holds aliases (*name) of aliases that stand for too much, want the text itself';
  return levels > maxLevels ? `is ${tooDeep}` : undefined;
}

function aliasesOf(document: Document.Parsed): Aliases {
  const found = known.get(document) ?? follow(document);
  known.set(document, found);
  return found;
}

function follow({ contents }: Document.Parsed): Aliases {
  const targets = new Map<Alias, Node>();
  const anchored = new Map<string, Node>();
  const extents = new Map<Node, Extent>();
  const measure = (node: unknown): Extent => {
    if (isAlias(node)) {
      const target = anchored.get(node.source);
      if (target === undefined) return single;
      targets.set(node, target);
      // One within what it stands for has no end, which is a fault of its own.
      return extents.get(target) ?? single;
    }
    if (isPair(node)) return sum([measure(node.key), measure(node.value)]);
    if (!isNode(node)) return single;
    const anchor = 'anchor' in node ? node.anchor : undefined;
    if (anchor !== undefined) anchored.set(anchor, node);
    const inside = isCollection(node) ? sum(node.items.map(measure)) : undefined;
    const extent =
      inside === undefined ? single : { nodes: inside.nodes + 1, levels: inside.levels + 1 };
    if (anchor !== undefined) extents.set(node, extent);
    return extent;
  };
  return { targets, extent: measure(contents) };
}

const single: Extent = { nodes: 1, levels: 0 };

function sum(parts: readonly Extent[]): Extent {
  let nodes = 0;
  let levels = 0;
  for (const part of parts) {
    nodes += part.nodes;
    levels = Math.max(levels, part.levels);
  }
  return { nodes, levels };
}
