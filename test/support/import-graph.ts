// The imports between files of this repository, type imports included, as a graph of files or of folders.
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';

/** What imports what: by file, the files that it imports. Paths are relative to the repository. */
export type ImportGraph = ReadonlyMap<string, ReadonlySet<string>>;

/** Static imports, re-exports, dynamic imports and types by `import()`. */
const specifier = /(?:\bfrom\s*|\bimport\s*\(?\s*)(['"])(\.{1,2}\/[^'"]+)\1/g;

/** The graph of all TypeScript files below `folder`. */
export function readImports(folder: string): ImportGraph {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => /\.ts$/.test(file) && !/(^|\/)(?:dist|node_modules)\//.test(file))
    .map((file) => join(folder, file));
  return new Map(files.map((file) => [file, importsOf(file, readFileSync(file, 'utf8'))]));
}

/** The files that the text of `file` imports. */
export function importsOf(file: string, text: string): Set<string> {
  const found = [...text.matchAll(specifier)].map(([, , path = '']) => path);
  return new Set(found.map((path) => normalize(join(dirname(file), path))));
}

/** The same graph between folders; `roomOf` names the room of a file, undefined leaves the file out. */
export function betweenRooms(
  graph: ImportGraph,
  roomOf: (file: string) => string | undefined,
): ImportGraph {
  const rooms = new Map<string, Set<string>>();
  for (const [file, imports] of graph) {
    const from = roomOf(file);
    if (from === undefined) continue;
    const to = rooms.get(from) ?? new Set();
    rooms.set(from, to);
    for (const imported of imports) {
      const room = roomOf(imported);
      if (room !== undefined && room !== from) to.add(room);
    }
  }
  return rooms;
}

/** Circles in a graph, each as the path that closes it, e.g. `a > b > a`; one for each strongly connected part. */
export function findCircles(graph: ImportGraph): string[] {
  const circles: string[] = [];
  const done = new Set<string>();
  const visit = (node: string, path: readonly string[]): void => {
    const at = path.indexOf(node);
    if (at >= 0) {
      circles.push([...path.slice(at), node].join(' > '));
      return;
    }
    if (done.has(node)) return;
    for (const next of graph.get(node) ?? []) visit(next, [...path, node]);
    done.add(node);
  };
  for (const node of graph.keys()) visit(node, []);
  return circles;
}
