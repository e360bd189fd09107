// Finds values that a file exports and no other file takes. Types do not count: those of an exported function's signature
// are exported for whoever wants to name them.
import { dirname, join } from 'node:path';

/** Texts of files by their paths. */
export type Sources = ReadonlyMap<string, string>;

/** `file name` of each value that only its own file uses, sorted. */
export function lonelyExports(sources: Sources): string[] {
  const taken = new Set<string>();
  const whole = new Map<string, Set<string>>();
  for (const [file, text] of sources) {
    for (const { names, path } of takenIn(file, text)) {
      if (names === undefined)
        whole.set(path, new Set([...(whole.get(path) ?? []), ...wordsOf(text)]));
      else for (const name of names) taken.add(`${path} ${name}`);
    }
  }
  return [...sources]
    .flatMap(([file, text]) => exportedBy(text).map((name) => ({ file, name })))
    .filter(({ file, name }) => !taken.has(`${file} ${name}`) && !whole.get(file)?.has(name))
    .map(({ file, name }) => `${file} ${name}`)
    .sort();
}

type Taken = {
  readonly path: string;
  /** Undefined where the whole module is taken: any word of the file may be one of its names. */
  readonly names: readonly string[] | undefined;
};

function takenIn(file: string, text: string): Taken[] {
  const at = (path: string) => join(dirname(file), path);
  const listed = text.matchAll(
    /\b(?:import|export)\s+(?:type\s+)?\{([^}]*)\}\s*from\s+'(\.[^']+)'/g,
  );
  const whole = text.matchAll(
    /(?:\b(?:import|require)\(|\*(?:\s+as\s+\w+)?\s+from\s+)'(\.[^']+)'/g,
  );
  // Loaded by its place in the tree, as the plugin of Serverless does.
  const named = text.matchAll(/'(\w[\w/-]*\/[\w-]+\.ts)'/g);
  return [
    ...[...listed].map(([, names = '', path = '']) => ({
      path: at(path),
      names: names.split(',').map((name) => name.trim().replace(/^type\s+|\s+as\s+\w+$/g, '')),
    })),
    ...[...whole].map(([, path = '']) => ({ path: at(path), names: undefined })),
    ...[...named].map(([, path = '']) => ({ path, names: undefined })),
  ];
}

function exportedBy(text: string): string[] {
  const values = text.matchAll(/^export (?:async )?(?:const|let|class|function\*?) (\w+)/gm);
  return [...values].map(([, name = '']) => name);
}

function wordsOf(text: string): Set<string> {
  return new Set(text.match(/\w+/g));
}
