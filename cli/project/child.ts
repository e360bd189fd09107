// Runs a program of the repository in its folder, with the user's configuration and streams.
import { spawn } from 'node:child_process';
import { resolve } from 'node:path';
import { environmentWith } from '../../build/environment.ts';
import type { Call, Values } from '../command/command.ts';
import { configPath } from '../command/configuration.ts';

/** Runs `args` by Node in the folder of the package; answers with its exit status. */
export function runInRoot(
  { root, values }: Pick<Call, 'root' | 'values'>,
  args: readonly string[],
): Promise<number> {
  const child = spawn(process.execPath, [...args], {
    cwd: root,
    stdio: 'inherit',
    env: environmentWith({ FARGAZE_CONFIG: resolve(configPath(values).file) }),
  });
  // The terminal's Ctrl-C reaches the child too; its end is ours.
  const ignore = () => undefined;
  process.on('SIGINT', ignore);
  return new Promise((done, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => {
      process.off('SIGINT', ignore);
      done(signal === null ? (code ?? 2) : 130);
    });
  });
}

/** The options that were given, as arguments again; `paths` are made absolute, since the program runs elsewhere. */
export function argumentsOf(
  values: Values,
  names: readonly string[],
  paths: readonly string[] = [],
): string[] {
  return names.flatMap((name) => {
    const value = values[name];
    const list = Array.isArray(value) ? value : value === undefined ? [] : [value];
    return list.map((text) => `--${name}=${paths.includes(name) ? resolve(String(text)) : text}`);
  });
}
