// Where fetched programs and Python environments are kept between runs, outside the repository.
import { mkdirSync, rmdirSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { readEnv } from '../../layers/core/src/env.ts';
import { codeOf } from '../../layers/core/src/errors.ts';

/** `$XDG_CACHE_HOME/fargaze`, else `~/.cache/fargaze`; created when missing. */
export function cacheDir(): string {
  const directory = join(readEnv('XDG_CACHE_HOME') || join(homedir(), '.cache'), 'fargaze');
  mkdirSync(directory, { recursive: true });
  return directory;
}

/** A lock older than this belongs to a run that was killed. */
const staleAfterMs = 10 * 60_000;

/** Runs `work` while no other process runs work of the same `name`. Waits for at most ten minutes. */
export async function withLock<T>(name: string, work: () => Promise<T>): Promise<T> {
  const lock = join(cacheDir(), `${name}.lock`);
  while (!tryLock(lock)) await sleep(500);
  try {
    return await work();
  } finally {
    rmdirSync(lock);
  }
}

function tryLock(lock: string): boolean {
  try {
    mkdirSync(lock);
    return true;
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw error;
    const age = performance.timeOrigin + performance.now() - statSync(lock).mtimeMs;
    if (age > staleAfterMs) rmdirSync(lock);
    return false;
  }
}
