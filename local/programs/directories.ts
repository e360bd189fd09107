// Makes a folder and those above it. Node's own way to do that never returns where a file system refuses with ENOENT, as
// /proc, automounted folders and a working folder that was removed do.
import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { codeOf } from '../../layers/core/src/errors.ts';

/** Makes `path` where there is nothing. @throws the file system's refusal. */
export function makeDirectories(path: string): void {
  const parent = dirname(path);
  try {
    makeDirectory(path);
  } catch (error) {
    if (codeOf(error) !== 'ENOENT' || parent === path) throw error;
    makeDirectories(parent);
    makeDirectory(path);
  }
}

function makeDirectory(path: string): void {
  try {
    mkdirSync(path);
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw error;
  }
}
