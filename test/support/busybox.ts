// A real busybox, whose applets are all that commands find: what an init container's command runs on.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findBusybox } from '../../local/programs/busybox.ts';
import { type CommandResult, runCommand } from '../../local/programs/command.ts';

/** Runs shell commands by busybox. */
export type Busybox = {
  run(command: string, env: Readonly<Record<string, string>>): Promise<CommandResult>;
  close(): Promise<void>;
};

/** Finds busybox or unpacks Debian's package into the cache. @throws Error when there is none. */
export async function openBusybox(): Promise<Busybox> {
  const program = await findBusybox(() => undefined);
  const applets = await mkdtemp(join(tmpdir(), 'fargaze-busybox-'));
  const { code, output } = await runCommand(program, ['--install', '-s', applets]);
  if (code !== 0) throw new Error(`busybox --install: ${output}`);
  return {
    run: (command, env) =>
      runCommand(program, ['sh', '-c', command], { env: { ...env, PATH: applets } }),
    close: () => rm(applets, { recursive: true }),
  };
}
