// Reads secrets that configuration refers to. The value is returned to the caller and kept nowhere.
import { readFileSync } from 'node:fs';
import { readEnv } from '../env.ts';
import { ConfigError, codeOf } from '../errors.ts';

/** A reference to a secret: `env:NAME` or `file:/path`. Never the secret itself. */
export type SecretRef = `env:${string}` | `file:${string}`;

/** Whether `text` is a reference, `env:NAME` or `file:/path`. */
export function isSecretRef(text: string): text is SecretRef {
  return /^env:[A-Za-z_][A-Za-z0-9_]*$/.test(text) || /^file:\/[^\r\n]+$/.test(text);
}

/**
 * The secret behind a reference; of a file the mark of its encoding and one trailing newline are dropped.
 * @throws ConfigError when the variable is unset or empty or the file cannot be read.
 */
export function readSecret(ref: SecretRef): string {
  const value = ref.startsWith('env:') ? readEnv(ref.slice(4)) : readFile(ref);
  if (value === undefined || value === '') refuse(ref, 'is unset or empty');
  return value;
}

/**
 * The password behind a reference. @param place where the reference stands, for messages.
 * @throws ConfigError as {@link readSecret}, and when it ends with a line feed, which nobody's password does.
 */
export function readPassword(ref: SecretRef, place?: string): string {
  const value = readAt(ref, place);
  if (/[\r\n]$/.test(value)) refuse(nameOf(ref, place), 'ends with a line feed, want none');
  return value;
}

/**
 * The header value behind a reference. @param place where the reference stands, for messages.
 * @throws ConfigError as {@link readSecret}, and when no header can carry it (RFC 9110, 5.5: visible text, spaces and tabs).
 */
export function readHeaderValue(ref: SecretRef, place?: string): string {
  const value = readAt(ref, place);
  const fault = findHeaderFault(value);
  if (fault !== undefined) refuse(nameOf(ref, place), `${fault}, want what a header can carry`);
  return value;
}

/** Why no header can carry `value`; undefined when one can. */
export function findHeaderFault(value: string): string | undefined {
  if (/^[\t\x20-\x7e\x80-\xff]*$/.test(value)) return undefined;
  return /[\r\n]$/.test(value)
    ? 'ends with a line feed'
    : 'holds a character outside Latin-1 or a control character';
}

function readAt(ref: SecretRef, place: string | undefined): string {
  try {
    return readSecret(ref);
  } catch (error) {
    if (!(error instanceof ConfigError) || place === undefined) throw error;
    const issues = error.issues.map(({ message }) => ({ path: nameOf(ref, place), message }));
    throw new ConfigError('secret', issues);
  }
}

function nameOf(ref: SecretRef, place: string | undefined): string {
  return place === undefined ? ref : `${place}: ${ref}`;
}

function refuse(path: string, message: string): never {
  throw new ConfigError('secret', [{ path, message }]);
}

function readFile(ref: SecretRef): string {
  try {
    return readFileSync(ref.slice('file:'.length), 'utf8').replace(/^\uFEFF|\r?\n$/g, '');
  } catch (cause) {
    const why = codeOf(cause) ?? 'unreadable';
    return refuse(ref, `cannot be read (${why})`);
  }
}
