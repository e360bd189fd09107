// Files of text that a person wrote: UTF-8 and of a size that a person writes, or refused, with the reason in words.
import { closeSync, openSync, readSync } from 'node:fs';
import { codeOf } from '../layers/core/src/errors.ts';

/** A text, or why there is none, such as `does not exist`. */
export type TextFile = { readonly text: string } | { readonly fault: string };

/** Bytes of a file at most: some hundred thousand lines. What is larger is another file than was meant. */
const mostBytes = 8 * 1024 * 1024;

/** Reads the file at `path`, which may be a pipe, or standard input (0). Never throws. */
export function readTextFile(path: string | 0): TextFile {
  let bytes: Buffer;
  try {
    bytes = readBytes(path);
  } catch (error) {
    const code = codeOf(error) ?? 'unknown error';
    return { fault: faults[code] ?? `cannot be read (${code})` };
  }
  if (bytes.length > mostBytes) {
    return { fault: `holds more than ${mostBytes / 1024 / 1024} MiB, want a file of text` };
  }
  try {
    return { text: new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes) };
  } catch {
    return { fault: `is not UTF-8 (line ${firstBadLine(bytes)}), want UTF-8` };
  }
}

/** All of it, or its beginning where it is too large; a device never ends. */
function readBytes(path: string | 0): Buffer {
  const file = path === 0 ? path : openSync(path, 'r');
  try {
    const parts: Buffer[] = [];
    let length = 0;
    while (length <= mostBytes) {
      const part = Buffer.allocUnsafe(64 * 1024);
      const count = readSync(file, part);
      if (count === 0) break;
      parts.push(part.subarray(0, count));
      length += count;
    }
    return Buffer.concat(parts);
  } finally {
    if (file !== 0) closeSync(file);
  }
}

const faults: Readonly<Record<string, string>> = {
  ENOENT: 'does not exist',
  EISDIR: 'is a directory, want a file',
  ENOTDIR: 'does not exist: part of its path is a file',
  ELOOP: 'is a link that leads back to itself',
  EACCES: 'may not be read by this user',
};

/** The first line that does not survive decoding. */
function firstBadLine(bytes: Buffer): number {
  const [good = ''] = bytes.toString('utf8').split('\ufffd');
  return good.split('\n').length;
}
