// `fargaze project`: the folder that is deployed from, out of the installed package.
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { findFolderFault } from '../../build/folder.ts';
import { type Call, UsageError } from '../command/command.ts';
import { configPath, hasConfiguration } from '../command/configuration.ts';
import { shellWord } from '../command/shell-word.ts';

/** Lays it out. */
export async function run({ inClone, io, positionals, root, values }: Call): Promise<number> {
  const [target] = positionals;
  if (target === undefined)
    throw new UsageError('want a folder', 'e.g. fargaze project deployment');
  if (inClone)
    throw new UsageError(
      'this is such a folder already',
      `deploy from ${root}: npx serverless deploy`,
    );
  const to = resolve(target);
  const { files } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
    readonly files: readonly string[];
  };
  const wanted = files.filter((file) => !file.startsWith('dist'));
  const paths = [
    'package.json',
    ...wanted.flatMap((file) => filesBelow(root, file.replace(/\/$/, ''))),
  ];
  const own = hasConfiguration(values) ? resolve(configPath(values).file) : undefined;
  const copies = new Map(paths.map((path) => [path, join(root, path)]));
  // npm leaves a lock file out of a package; it travels under another name.
  copies.set('package-lock.json', join(root, 'dist/package-lock.json'));
  copies.set('fargaze.yml', own ?? join(root, 'fargaze.yml'));
  const [taken] = [...copies.keys()].filter((path) => existsSync(join(to, path)));
  if (taken !== undefined && values.force !== true) {
    throw new UsageError(`${join(target, taken)} is there already`, 'to replace it: --force');
  }
  for (const folder of new Set([...copies.keys()].map((path) => dirname(join(target, path))))) {
    const fault = findFolderFault(folder);
    if (fault !== undefined) throw new UsageError(`got ${target}, but ${fault}`);
  }
  for (const [path, from] of copies) {
    const at = join(to, path);
    if (from === at || (path === 'fargaze.yml' && existsSync(at))) continue;
    mkdirSync(dirname(at), { recursive: true });
    copyFileSync(from, at);
  }
  writeFileSync(join(to, '.gitignore'), 'node_modules/\n.build/\n.serverless/\n.esbuild/\ndist/\n');
  if (values.json === true) io.out(JSON.stringify([...copies.keys()].sort(), null, 2));
  io.note(
    `${copies.size} files in ${target}; files that fargaze.yml names are looked for beside it\nnext: cd ${shellWord(target)} && npm ci && npx serverless deploy`,
  );
  return 0;
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
