// The local system in a folder of its own, so that several tests may run one at once.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readConfigFile } from '../../build/config-file.ts';
import { stopAll } from '../../local/programs/process.ts';
import { openRunFolder } from '../../local/system/run-folder.ts';
import { type Stack, startStack } from '../../local/system/stack.ts';

/** A running local system. */
export type LocalSystem = {
  readonly stack: Stack;
  /** The file with its addresses. */
  readonly endpointsFile: string;
  stop(): Promise<void>;
};

/** Starts the system that fargaze.yml describes. */
export async function startLocalSystem(): Promise<LocalSystem> {
  const directory = mkdtempSync(join(tmpdir(), 'fargaze-system-'));
  const report = () => undefined;
  const run = await openRunFolder(directory, report);
  const config = readConfigFile('fargaze.yml');
  const { signal } = new AbortController();
  const stack = await startStack({ root: process.cwd(), config, run, report, signal });
  const stop = async () => {
    await stack.stop();
    await stopAll();
    await run.close();
    rmSync(directory, { recursive: true, force: true });
  };
  return { stack, endpointsFile: run.endpointsFile, stop };
}
