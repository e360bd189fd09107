// Reads secrets that configuration refers to. The value is returned to the caller and kept nowhere.
import { readFileSync } from 'node:fs';
import { readEnv } from '../env.ts';
import { ConfigError, codeOf } from '../errors.ts';

/** A reference to a secret: `env:NAME` or `file:/path`. Never the secret itself. */
export type SecretRef = `env:${string}` | `file:${string}`;

/** Whether `text` is a reference, `env:NAME` or `file:/path`. */
export function isSecretRef(text: string): text is SecretRef {
  return /^env:[A-Za-z_][A-Za-z0-9_]*$/.test(text) || /^file:\/./.test(text);
}

/**
 * The secret behind a reference; one trailing newline of a file is dropped.
 * @throws ConfigError when the variable is unset or empty or the file cannot be read.
 */
export function readSecret(ref: SecretRef): string {
  const value = ref.startsWith('env:') ? readEnv(ref.slice(4)) : readFile(ref);
  if (value === undefined || value === '') {
    throw new ConfigError('secret', [{ path: ref, message: 'is unset or empty' }]);
  }
  return value;
}

function readFile(ref: SecretRef): string {
  try {
    return readFileSync(ref.slice('file:'.length), 'utf8').replace(/\r?\n$/, '');
  } catch (cause) {
    const why = codeOf(cause) ?? 'unreadable';
    throw new ConfigError('secret', [{ path: ref, message: `cannot be read (${why})` }]);
  }
}
