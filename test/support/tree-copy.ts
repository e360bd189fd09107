// A copy of the repository that a test may change and deploy from: the tree itself stays as it is, however the test ends.
import { cpSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';

/** Built, fetched or not needed to deploy. */
const left = new Set([
  '.build',
  '.ci',
  '.git',
  '.serverless',
  '.stack',
  '__pycache__',
  'bench',
  'coverage',
  'dist',
  'node_modules',
]);

/** A copied tree. */
export type TreeCopy = { readonly directory: string; remove(): void };

/** Copies what is under the working directory to a folder whose name begins so; installed packages are shared. */
export function copyTree(name = 'fargaze-tree-'): TreeCopy {
  const root = process.cwd();
  const directory = mkdtempSync(join(tmpdir(), name));
  cpSync(root, directory, { recursive: true, filter: (path) => !left.has(basename(path)) });
  symlinkSync(resolve(root, 'node_modules'), join(directory, 'node_modules'));
  return { directory, remove: () => rmSync(directory, { recursive: true }) };
}
