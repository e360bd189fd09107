// Writes a file whole or not at all, and never over one that is there unless asked to.
import { linkSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { codeOf } from '../../layers/core/src/errors.ts';
import { UsageError } from '../command/command.ts';

/** The refusal to write over `file`. */
export function fileIsThere(file: string): UsageError {
  return new UsageError(
    `${file} is there already`,
    'to replace it: --force; to write another one: --output FILE',
  );
}

/** Writes `text` to `file`. @throws UsageError where there is one already, or it cannot be written. */
export function writeWhole(file: string, text: string, over: 'keep' | 'replace'): void {
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
