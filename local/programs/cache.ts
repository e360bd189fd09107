// Where fetched programs and Python environments are kept between runs, outside the repository.
import {
  accessSync,
  constants,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { homedir, hostname } from 'node:os';
import { isAbsolute, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { systemClock } from '../../layers/core/src/clock.ts';
import { readEnv } from '../../layers/core/src/env.ts';
import { codeOf, messageOf } from '../../layers/core/src/errors.ts';
import { makeDirectories } from './directories.ts';
import { MissingProgramError } from './program.ts';

/**
 * `$XDG_CACHE_HOME/fargaze`, else `~/.cache/fargaze`; created when missing. A relative path in that variable counts as none
 * (https://specifications.freedesktop.org/basedir-spec/latest/).
 * @throws MissingProgramError when it can be neither made nor written.
 */
export function cacheDir(): string {
  const named = readEnv('XDG_CACHE_HOME');
  const caches = named !== undefined && isAbsolute(named) ? named : join(homedir(), '.cache');
  const directory = join(caches, 'fargaze');
  try {
    makeDirectories(directory);
    accessSync(directory, constants.W_OK);
  } catch (error) {
    throw new MissingProgramError(
      `the cache ${directory} cannot be written (${codeOf(error) ?? messageOf(error)}); name another folder in XDG_CACHE_HOME`,
      { cause: error },
    );
  }
  return directory;
}

/**
 * Refuses to fetch from the network where tests run: whatever they need is fetched before the first of them.
 * @throws Error when FARGAZE_FETCH is `no`.
 */
export function refuseInTests(what: string): void {
  if (readEnv('FARGAZE_FETCH') !== 'no') return;
  throw new Error(
    `FARGAZE_FETCH=no: ${what} would be fetched inside a test; prepare it before, in scripts/prepare.ts`,
  );
}
/** A lock that nobody has touched for this long belongs to a run that was killed; its holder touches it often. */
const staleAfterMs = 2 * 60_000;
const touchEveryMs = 10_000;

/**
 * Runs `work` while no other process runs work of the same `name`; waits as long as another one's work takes, and no longer
 * for one that has been killed.
 */
export async function withLock<T>(name: string, work: () => Promise<T>): Promise<T> {
  const lock = join(cacheDir(), `${name}.lock`);
  while (!tryLock(lock)) await sleep(200);
  const touch = setInterval(() => touchLock(lock), touchEveryMs);
  try {
    return await work();
  } finally {
    clearInterval(touch);
    rmSync(lock, { recursive: true, force: true });
  }
}

/** A lock that is gone was taken for stale while this process was stopped; the work is repeatable. */
function touchLock(lock: string): void {
  const now = systemClock.now() / 1000;
  try {
    utimesSync(lock, now, now);
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') throw error;
  }
}

function tryLock(lock: string): boolean {
  try {
    mkdirSync(lock);
    writeFileSync(join(lock, 'holder'), `${process.pid} ${hostname()}`);
    return true;
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw error;
    removeStale(lock);
    return false;
  }
}

/** The rename is what only one of several waiters succeeds with. */
function removeStale(lock: string): void {
  const aside = `${lock}.stale-${process.pid}`;
  try {
    if (!isStale(lock)) return;
    renameSync(lock, aside);
    rmSync(aside, { recursive: true });
  } catch (error) {
    // Its holder ended, or another process saw the same, at this very moment.
    if (codeOf(error) !== 'ENOENT') throw error;
  }
}

function isStale(lock: string): boolean {
  const age = performance.timeOrigin + performance.now() - statSync(lock).mtimeMs;
  if (age > staleAfterMs) return true;
  const holder = join(lock, 'holder');
  const [pid = '', host] = existsSync(holder) ? readFileSync(holder, 'utf8').split(' ') : [];
  // Process ids of another machine, or container, that shares this folder mean nothing here.
  return host === hostname() && !isAlive(Number(pid));
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return codeOf(error) === 'EPERM';
  }
}
