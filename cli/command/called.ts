// How the command was started, for lines that a reader is to copy: what npx starts is mostly not on PATH.
import { readEnv } from '../../layers/core/src/env.ts';

/** `fargaze`, or `npx fargaze`. */
export function called(): string {
  return readEnv('npm_lifecycle_event') === 'npx' ? 'npx fargaze' : 'fargaze';
}
