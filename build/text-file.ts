// Files of text that a person wrote: UTF-8 or refused, with the reason in words.
import { readFileSync } from 'node:fs';
import { codeOf } from '../layers/core/src/errors.ts';

/** A text, or why there is none, such as `does not exist`. */
export type TextFile = { readonly text: string } | { readonly fault: string };

/** Reads the file at `path`. Never throws. */
export function readTextFile(path: string): TextFile {
  let bytes: Buffer;
  try {
    bytes = readFileSync(path);
  } catch (error) {
    const code = codeOf(error) ?? 'unknown error';
    return { fault: faults[code] ?? `cannot be read (${code})` };
  }
  try {
    return { text: new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes) };
  } catch {
    return { fault: `is not UTF-8 (line ${firstBadLine(bytes)}), want UTF-8` };
  }
}

const faults: Readonly<Record<string, string>> = {
  ENOENT: 'does not exist',
  EISDIR: 'is a directory, want a file',
  ENOTDIR: 'does not exist: part of its path is a file',
  EACCES: 'may not be read by this user',
};

/** The first line that does not survive decoding. */
function firstBadLine(bytes: Buffer): number {
  const [good = ''] = bytes.toString('utf8').split('\ufffd');
  return good.split('\n').length;
}
