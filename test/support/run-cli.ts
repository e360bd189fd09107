// Runs the command `fargaze` of this clone as a user does: as a process.
import { spawn } from 'node:child_process';
import { resolve } from 'node:path';
import { environmentWith } from '../../build/environment.ts';

/** What a run left. */
export type CliRun = {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly out: string;
  readonly err: string;
};

/** Where and how to run it. */
export type CliOptions = {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly input?: string;
  /** Whether nobody reads what it prints. */
  readonly closeOutput?: boolean;
  /** When to press Ctrl-C. */
  readonly interruptAfter?: Promise<void>;
  /** Another launcher than the clone's. */
  readonly program?: string;
};

/** Runs it to its end. */
export function runCli(args: readonly string[], options: CliOptions = {}): Promise<CliRun> {
  const program = options.program ?? resolve('cli/fargaze.mjs');
  const child = spawn(process.execPath, [program, ...args], {
    cwd: options.cwd,
    env: environmentWith({
      FARGAZE_CONFIG: undefined,
      NO_COLOR: undefined,
      FORCE_COLOR: undefined,
      npm_lifecycle_event: undefined,
      ...options.env,
    }),
  });
  const parts = { out: '', err: '' };
  if (options.closeOutput) child.stdout.destroy();
  else child.stdout.on('data', (text) => (parts.out += text));
  child.stderr.on('data', (text) => (parts.err += text));
  child.stdin.end(options.input ?? '');
  options.interruptAfter?.then(() => child.kill('SIGINT')).catch(() => undefined);
  return new Promise((done, reject) => {
    child.on('error', reject).on('close', (code, signal) => done({ code, signal, ...parts }));
  });
}
