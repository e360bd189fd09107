// A real busybox, whose applets are all that commands find: what an init container's command runs on.
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type CommandResult, runCommand } from '../../local/programs/command.ts';
import { fetchPackages, unpackedDir } from '../../local/programs/debian.ts';

/** Runs shell commands by busybox. */
export type Busybox = {
  run(command: string, env: Readonly<Record<string, string>>): Promise<CommandResult>;
  close(): Promise<void>;
};

const places = [
  '/bin/busybox',
  '/usr/bin/busybox',
  ...['bin', 'usr/bin'].map((directory) => join(unpackedDir(), directory, 'busybox')),
];

/** Finds busybox or unpacks Debian's package into the cache. @throws Error when it cannot be had. */
export async function openBusybox(): Promise<Busybox> {
  if (!places.some(existsSync)) await fetchPackages(['busybox'], () => undefined);
  const program = places.find(existsSync);
  if (program === undefined) throw new Error(`no busybox at ${places.join(', ')}`);
  const applets = await mkdtemp(join(tmpdir(), 'fargaze-busybox-'));
  const { code, output } = await runCommand(program, ['--install', '-s', applets]);
  if (code !== 0) throw new Error(`busybox --install: ${output}`);
  return {
    run: (command, env) =>
      runCommand(program, ['sh', '-c', command], { env: { ...env, PATH: applets } }),
    close: () => rm(applets, { recursive: true }),
  };
}
