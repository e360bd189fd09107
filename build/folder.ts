// Why files cannot be written below a folder, in words, before the first one is. Makes nothing.
import { accessSync, constants, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { codeOf } from '../layers/core/src/errors.ts';

/** What stands against writing below `folder`, which need not exist, such as `a/b is a file, want a folder`; else undefined. */
export function findFolderFault(folder: string): string | undefined {
  try {
    if (!statSync(folder).isDirectory()) return `${folder} is a file, want a folder`;
    accessSync(folder, constants.W_OK | constants.X_OK);
    return undefined;
  } catch (error) {
    const code = codeOf(error) ?? 'unknown error';
    const isMissing = code === 'ENOENT' || code === 'ENOTDIR';
    if (isMissing && resolve(folder) !== '/') return findFolderFault(dirname(folder));
    const why = faults[code] ?? `cannot be written to (${code})`;
    return `${folder} ${why}, want a folder that can be written to`;
  }
}

const faults: Readonly<Record<string, string>> = {
  EACCES: 'may not be written to by this user',
  EROFS: 'is on a file system that is read only',
};
