// Runs a short command to its end and hands back what it said. For long-running programs see process.ts.
import { execFile } from 'node:child_process';
import { environmentWith } from '../../build/environment.ts';

/** What a finished command left. */
export type CommandResult = { readonly code: number; readonly output: string };

/** Options of {@link runCommand}. */
export type CommandOptions = {
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  readonly timeoutMs?: number;
};

/** Runs `command` without a shell; output is stdout and stderr. A command that cannot start has code 127. */
export function runCommand(
  command: string,
  args: readonly string[],
  options: CommandOptions = {},
): Promise<CommandResult> {
  return new Promise((resolve) => {
    const child = execFile(
      command,
      args,
      {
        cwd: options.cwd,
        env: environmentWith({ LC_ALL: 'C', ...options.env }),
        timeout: options.timeoutMs ?? 300_000,
        maxBuffer: 64 * 1024 * 1024,
      },
      (error, stdout, stderr) => {
        const output = `${stdout}${stderr}`;
        if (error === null) resolve({ code: 0, output });
        else if (typeof error.code === 'number') resolve({ code: error.code, output });
        else resolve({ code: 127, output: `${output}${error.message}` });
      },
    );
    // Nobody is there to type.
    child.stdin?.end();
  });
}

/** The last `count` lines that are not blank. */
export function lastLines(text: string, count: number): string {
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  return lines.slice(-count).join('\n');
}
