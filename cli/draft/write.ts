// Writes a file whole or not at all, and never over one that is there unless asked to. A link stays one, a file that is replaced
// keeps its permissions, and what is no file (a device, a pipe) is never replaced.
import {
  chmodSync,
  existsSync,
  linkSync,
  lstatSync,
  mkdirSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { findFolderFault } from '../../build/folder.ts';
import { codeOf } from '../../layers/core/src/errors.ts';
import { redactUrl } from '../../layers/core/src/redact.ts';
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
  // As a path it would make a folder that is called by the scheme.
  if (/^[a-z][a-z\d+.-]*:\/\//i.test(file))
    throw new UsageError(
      `${redactUrl(file)} is an address, want the path of a file`,
      'what to probe goes into --target',
    );
  const fault = findFolderFault(dirname(file));
  if (fault !== undefined) throw new UsageError(`${file} cannot be written: ${fault}`);
  const there = lstatSync(file, { throwIfNoEntry: false });
  if (there === undefined) return;
  if (!existsSync(file)) throw new UsageError(`${file} is a link that leads to no file`);
  const kind = statSync(file);
  if (kind.isDirectory()) {
    const inside = join(file, 'fargaze.yml');
    throw new UsageError(`${file} is a folder, want a file`, `e.g. --output ${shellWord(inside)}`);
  }
  if (!kind.isFile())
    throw new UsageError(
      `${file} is a device or a pipe, want a file`,
      'for standard output: --output -',
    );
  if (over === 'keep') throw fileIsThere(file);
}

/** Writes `text` to `file`. @throws UsageError where there is one already, or it cannot be written. */
export function writeWhole(file: string, text: string, over: 'keep' | 'replace'): void {
  refuseToWrite(file, over);
  const place = existsSync(file) ? realpathSync(file) : file;
  const draft = join(dirname(place), `.${basename(place)}.${process.pid}`);
  try {
    mkdirSync(dirname(place), { recursive: true });
    writeFileSync(draft, text);
    const before = statSync(place, { throwIfNoEntry: false });
    if (before !== undefined) chmodSync(draft, before.mode & 0o7777);
    // A link, unlike a rename, is refused where there is a file.
    if (over === 'replace') renameSync(draft, place);
    else linkSync(draft, place);
  } catch (error) {
    const code = codeOf(error);
    if (code === undefined) throw error;
    if (code === 'EEXIST') throw fileIsThere(file);
    throw new UsageError(`${file} cannot be written (${code})`);
  } finally {
    rmSync(draft, { force: true });
  }
}
