// What is shown of an error: what a user can do something about in a line or two, anything else with its stack.
import { ConfigError, codeOf, messageOf } from '../layers/core/src/errors.ts';
import { ExpectedError } from './programs/expected-error.ts';
import { MissingProgramError } from './programs/find.ts';

const expected = [ConfigError, ExpectedError, MissingProgramError];

/** What to do about a file system that refuses, by Node's code of the error. */
const remedies: Readonly<Record<string, string>> = {
  EACCES: 'permission denied; make it writable for this user',
  EPERM: 'not permitted; make it writable for this user',
  EROFS: 'it is on a read-only file system; use a place that can be written',
  ENOSPC: 'the disk is full; free some space',
  EDQUOT: 'the disk quota is used up; free some space',
  ENOTDIR: 'a part of this path is not a folder',
  EMFILE: 'too many open files; raise the limit (ulimit -n)',
};

/** The text for standard error. */
export function explain(error: unknown): string {
  if (expected.some((kind) => error instanceof kind)) return messageOf(error);
  // A copy fails where it goes to.
  const { dest, path } = (error ?? {}) as { readonly dest?: unknown; readonly path?: unknown };
  const place = dest ?? path;
  const remedy = remedies[codeOf(error) ?? ''];
  if (remedy !== undefined) {
    return typeof place === 'string' ? `${place}: ${remedy}` : `${messageOf(error)}: ${remedy}`;
  }
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
