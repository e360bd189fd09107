// `fargaze project`: the folder that is deployed from, out of the installed package.

import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, isAbsolute, join, normalize, relative, resolve } from 'node:path';
import { findFolderFault } from '../../build/folder.ts';
import { ConfigError, codeOf } from '../../layers/core/src/errors.ts';
import { called } from '../command/called.ts';
import { type Call, UsageError } from '../command/command.ts';
import {
  configFile,
  configPath,
  hasConfiguration,
  readConfiguration,
} from '../command/configuration.ts';
import { shellWord } from '../command/shell-word.ts';

/** Lays it out. */
export async function run({ inClone, io, positionals, root, values }: Call): Promise<number> {
  const [target] = positionals;
  if (target === undefined)
    throw new UsageError('want a folder', `e.g. ${called()} project deployment`);
  if (inClone)
    throw new UsageError(
      'this is such a folder already',
      `deploy from ${root}: npx serverless deploy`,
    );
  const to = resolve(target);
  const own = hasConfiguration(values) ? resolve(configFile(values)) : undefined;
  const copies = shippedFiles(root);
  copies.set('fargaze.yml', own ?? join(root, 'fargaze.yml'));
  const named = own === undefined ? noFiles : namedFiles(values, own);
  for (const [path, from] of named.inside) if (!copies.has(path)) copies.set(path, from);
  const [taken] = [...copies.keys()].filter((path) => existsSync(join(to, path)));
  if (taken !== undefined && values.force !== true) {
    throw new UsageError(`${join(target, taken)} is there already`, 'to replace it: --force');
  }
  for (const folder of new Set([...copies.keys()].map((path) => dirname(join(target, path))))) {
    const fault = findFolderFault(folder);
    if (fault !== undefined) throw new UsageError(`got ${target}, but ${fault}`);
  }
  const isYours = (path: string) => path === 'fargaze.yml' || named.inside.has(path);
  copyAll(
    [...copies].flatMap(([path, from]) => {
      const at = join(to, path);
      return from === at || (isYours(path) && existsSync(at)) ? [] : [{ from, at }];
    }),
  );
  const ignore = join(to, '.gitignore');
  if (!existsSync(ignore))
    writeFileSync(ignore, 'node_modules/\n.build/\n.serverless/\n.esbuild/\ndist/\n');
  if (values.json === true) io.out(JSON.stringify([...copies.keys()].sort(), null, 2));
  for (const note of named.notes) io.note(note);
  io.note(
    `${copies.size} files in ${target}\nnext: cd ${shellWord(target)} && npm ci && npx serverless deploy`,
  );
  return 0;
}

/** Copies all; where one cannot be, what was made before goes again. @throws UsageError */
function copyAll(files: readonly { readonly from: string; readonly at: string }[]): void {
  const made: string[] = [];
  for (const { at, from } of files) {
    try {
      const folder = mkdirSync(dirname(at), { recursive: true });
      made.push(...(folder === undefined ? [] : [folder]), ...(existsSync(at) ? [] : [at]));
      copyFileSync(from, at);
    } catch (error) {
      const code = codeOf(error);
      if (code === undefined) throw error;
      for (const path of made) rmSync(path, { recursive: true, force: true });
      throw new UsageError(`${from} cannot be copied to ${at} (${code})`);
    }
  }
}

/** What the package has for a deployment, by path. */
function shippedFiles(root: string): Map<string, string> {
  const { files } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
    readonly files: readonly string[];
  };
  const wanted = files.filter((file) => !file.startsWith('dist'));
  const paths = [
    'package.json',
    ...wanted.flatMap((file) => filesBelow(root, file.replace(/\/$/, ''))),
  ];
  const copies = new Map(paths.map((path) => [path, join(root, path)]));
  // npm leaves a lock file out of a package; it travels under another name.
  return copies.set('package-lock.json', join(root, 'dist/package-lock.json'));
}

type NamedFiles = {
  /** By their path in the new folder. */
  readonly inside: ReadonlyMap<string, string>;
  readonly notes: readonly string[];
};

const noFiles: NamedFiles = { inside: new Map(), notes: [] };

/** The files that the configuration at `own` names: its blackbox.yml, certificates and others. None where it has mistakes. */
function namedFiles(values: Call['values'], own: string): NamedFiles {
  const from = dirname(own);
  let files: readonly string[];
  try {
    files = readConfiguration(values).files;
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    const note = `${configPath(values).file} has mistakes, so what it names is not copied (see: ${called()} check)`;
    return { ...noFiles, notes: [note] };
  }
  const inside = new Map<string, string>();
  const notes: string[] = [];
  for (const file of new Set(files)) {
    const path = normalize(file);
    // An absolute path leads to the same file from everywhere.
    if (isAbsolute(file)) continue;
    if (!path.startsWith('..')) inside.set(path, join(from, path));
    else
      notes.push(
        `${file} is named by your configuration and stands elsewhere: copy it, and name the copy`,
      );
  }
  return { inside, notes };
}

function filesBelow(root: string, path: string): string[] {
  const at = join(root, path);
  if (!existsSync(at)) return [];
  if (statSync(at).isFile()) return [path];
  return readdirSync(at, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(root, join(entry.parentPath, entry.name)))
    .filter((file) => !/(?:^|\/)(?:node_modules|dist)\//.test(file));
}
