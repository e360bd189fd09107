// Starts the guardian, a process that ends what this one started should this one be killed.
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { plainEnvironment } from '../../build/environment.ts';
import type { WorkFolder } from '../programs/work-folder.ts';

/** Starts it for the run in `directory` of the repository `root`; answers with what dismisses it. */
export function startGuardian(
  root: string,
  directory: string,
  workFolder: WorkFolder,
): () => Promise<void> {
  const args = [join(root, 'scripts/run.mjs'), 'local/system/guardian.ts', directory];
  const guardian = spawn(process.execPath, args, {
    cwd: root,
    env: plainEnvironment({}),
    // Its input ends with this process, whatever ends it.
    stdio: ['pipe', 'ignore', 'ignore'],
    // Signals for this process's group are not meant for it.
    detached: true,
  });
  const ended = new Promise<void>((resolve) => {
    guardian.once('exit', () => resolve()).once('error', () => resolve());
  });
  if (guardian.pid !== undefined) workFolder.record({ name: 'guardian', pid: guardian.pid });
  guardian.unref();
  return async () => {
    guardian.ref();
    guardian.kill('SIGKILL');
    await ended;
  };
}
