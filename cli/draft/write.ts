// Writes a file whole or not at all, and never over one that is there unless asked to.
import {
  existsSync,
  linkSync,
  mkdirSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { findFolderFault } from '../../build/folder.ts';
import { codeOf } from '../../layers/core/src/errors.ts';
import { UsageError } from '../command/command.ts';
import { shellWord } from '../command/shell-word.ts';

function fileIsThere(file: string): UsageError {
  return new UsageError(
    `${file} is there already`,
    'to replace it: --force; to write another one: --output FILE',
  );
}

/** Refuses what stands in the place of `file`, or in its way. @throws UsageError */
export function refuseToWrite(file: string, over: 'keep' | 'replace'): void {
  const fault = findFolderFault(dirname(file));
  if (fault !== undefined) throw new UsageError(`${file} cannot be written: ${fault}`);
  if (!existsSync(file)) return;
  if (statSync(file).isDirectory()) {
    const inside = join(file, 'fargaze.yml');
    throw new UsageError(`${file} is a folder, want a file`, `e.g. --output ${shellWord(inside)}`);
  }
  if (over === 'keep') throw fileIsThere(file);
}

/** Writes `text` to `file`. @throws UsageError where there is one already, or it cannot be written. */
export function writeWhole(file: string, text: string, over: 'keep' | 'replace'): void {
  refuseToWrite(file, over);
  const draft = join(dirname(file), `.${basename(file)}.${process.pid}`);
  try {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(draft, text);
    // A link, unlike a rename, is refused where there is a file.
    if (over === 'replace') renameSync(draft, file);
    else linkSync(draft, file);
  } catch (error) {
    const code = codeOf(error);
    if (code === undefined) throw error;
    if (code === 'EEXIST') throw fileIsThere(file);
    throw new UsageError(`${file} cannot be written (${code})`);
  } finally {
    rmSync(draft, { force: true });
  }
}
