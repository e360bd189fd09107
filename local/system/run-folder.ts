// The folder of a run: everything that it writes is below, every process that it starts is written down there, and at its
// end the folder goes. There is one run at a time in a folder; what one left that was killed is removed by the next.
import { existsSync, readdirSync } from 'node:fs';
import { mkdir, mkdtemp, rename, rm, rmdir } from 'node:fs/promises';
import { isAbsolute, join, relative, resolve } from 'node:path';
import { readEnv } from '../../layers/core/src/env.ts';
import { codeOf } from '../../layers/core/src/errors.ts';
import { makeDirectories } from '../programs/directories.ts';
import { ExpectedError } from '../programs/expected-error.ts';
import type { Report } from '../programs/find.ts';
import type { WorkFolder } from '../programs/work-folder.ts';
import { endRecorded, readRecord, record, runs } from './run-record.ts';

/** The open folder of a run. */
export type RunFolder = WorkFolder & {
  /** Where the addresses of the running system are written. */
  readonly endpointsFile: string;
  /** Removes the folder; what it recorded must have ended. */
  close(): Promise<void>;
};

/** Where the local system of the repository `root` keeps its files: `FARGAZE_STACK_DIR`, else `.stack`. */
export function stackDir(root: string): string {
  return resolve(root, readEnv('FARGAZE_STACK_DIR') ?? '.stack');
}

/** Below the folder of {@link stackDir}. */
const runName = 'run';
const endpointsName = 'endpoints.json';
const draftPrefix = 'starting-';

/**
 * Opens the folder `run` in `directory` for this process.
 * @throws ExpectedError when a run has it that still runs, or when nothing can be written there.
 */
export async function openRunFolder(directory: string, report: Report): Promise<RunFolder> {
  const path = join(directory, runName);
  await makeDirectory(directory);
  // A rename takes the folder together with the name of its owner, or not at all.
  const draft = await mkdtemp(join(directory, draftPrefix));
  try {
    record(draft, { name: 'npm start', pid: process.pid });
    while (!(await claim(draft, path))) await clearAway(directory, report);
  } catch (error) {
    await rm(draft, { recursive: true, force: true });
    throw error;
  }
  await removeDrafts(directory);
  return {
    path,
    endpointsFile: join(directory, endpointsName),
    directory: async (name) => {
      const folder = join(path, name.replaceAll(' ', '-'));
      await mkdir(folder, { recursive: true });
      return folder;
    },
    record: (started) => record(path, started),
    close: () => removeRun(directory),
  };
}

async function makeDirectory(directory: string): Promise<void> {
  try {
    makeDirectories(directory);
    await rmdir(await mkdtemp(join(directory, draftPrefix)));
  } catch (error) {
    throw new ExpectedError(
      `${directory} cannot be written (${codeOf(error)}); set FARGAZE_STACK_DIR to a folder that can`,
      { cause: error },
    );
  }
}

async function claim(draft: string, path: string): Promise<boolean> {
  try {
    await rename(draft, path);
    return true;
  } catch (error) {
    if (codeOf(error) === 'ENOTEMPTY' || codeOf(error) === 'EEXIST') return false;
    throw error;
  }
}

/** Ends what a run left that was killed. */
async function clearAway(directory: string, report: Report): Promise<void> {
  const [owner, ...started] = readRecord(join(directory, runName));
  if (owner !== undefined && runs(owner)) {
    const place = nameOf(directory);
    throw new ExpectedError(
      `the local system runs already in ${place}: stop it with Ctrl-C there or by \`kill ${owner.pid}\`, or set FARGAZE_STACK_DIR to another folder for a second one`,
    );
  }
  const ended = await endRecorded(started);
  await removeRun(directory);
  const names = ended.map(({ name, pid }) => `${name} (${pid})`).join(', ');
  report(
    `an earlier start (process ${owner?.pid}) was killed; ended what it left: ${names || 'only files'}`,
  );
}

/** As short as it can be said. */
function nameOf(directory: string): string {
  const path = relative(process.cwd(), directory);
  return path.startsWith('..') || isAbsolute(path) ? directory : path || '.';
}

/** Starts that were killed before they had the folder. */
async function removeDrafts(directory: string): Promise<void> {
  for (const name of readdirSync(directory).filter((one) => one.startsWith(draftPrefix))) {
    const [owner] = readRecord(join(directory, name));
    if (owner !== undefined && !runs(owner)) {
      await rm(join(directory, name), { recursive: true, force: true });
    }
  }
}

/** Removes what belongs to a run; other commands keep files beside it. */
export async function removeRun(directory: string): Promise<void> {
  await rm(join(directory, endpointsName), { force: true });
  await rm(join(directory, runName), { recursive: true, force: true, maxRetries: 5 });
  try {
    if (existsSync(directory)) await rmdir(directory);
  } catch (error) {
    if (codeOf(error) !== 'ENOTEMPTY' && codeOf(error) !== 'ENOENT') throw error;
  }
}
