// `npm start` as a process of its own, in a group that can be sent what a terminal sends; and what it leaves behind.
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { waitFor } from '../../local/programs/process.ts';
import { type Recorded, readRecord } from '../../local/system/run-record.ts';

/** Where starts of a test keep everything, so that what they leave can be found. */
export type Grounds = {
  readonly directory: string;
  /** What `FARGAZE_STACK_DIR` names. */
  readonly stackDir: string;
  /** Processes that were started from here and still run, and files that are left. */
  leftovers(): string[];
  remove(): void;
};

/** A temporary folder for starts. */
export function createGrounds(): Grounds {
  const directory = mkdtempSync(join(tmpdir(), 'fargaze-start-'));
  const stackDir = join(directory, 'stack');
  const leftovers = () => {
    const inside = existsSync(stackDir) ? readdirSync(stackDir).map((name) => `stack/${name}`) : [];
    const beside = readdirSync(directory).filter((name) => name !== 'stack');
    return [...processesOf(directory), ...beside, ...inside];
  };
  return {
    directory,
    stackDir,
    leftovers,
    remove: () => rmSync(directory, { recursive: true, force: true }),
  };
}

/** What runs with `directory` in its environment; zombies have none. */
function processesOf(directory: string): string[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && read(`/proc/${name}/environ`).includes(directory))
    .map((pid) => `${pid} ${read(`/proc/${pid}/cmdline`)}`);
}

/** What `ps` shows of a process; empty for one that has ended. */
export function commandLineOf(pid: number): string {
  return read(`/proc/${pid}/cmdline`);
}

/** Empty for a process that has ended meanwhile. */
function read(file: string): string {
  try {
    return readFileSync(file, 'utf8').replaceAll('\0', ' ');
  } catch {
    return '';
  }
}

/** A start that runs, or has ended. */
export type Started = {
  /** Leads the group. */
  readonly pid: number;
  /** Standard output and standard error until now. */
  output(): string;
  /** Resolves once the output holds it. */
  says(pattern: RegExp): Promise<void>;
  /** Sends a signal to the whole group, as Ctrl-C in a terminal does. */
  interrupt(signal?: NodeJS.Signals): void;
  readonly exited: Promise<number | null>;
};

/** What to start, and where. */
export type StartOptions = {
  readonly grounds: Grounds;
  /** By npm, or as npm would; its own exit code after a signal is not that of what it runs. */
  readonly command?: readonly string[];
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly cwd?: string;
};

/** What `npm start` runs. */
const direct = [process.execPath, 'scripts/run.mjs', 'local/start.ts'];

/** Starts a local system in the clone, with its files in the grounds. */
export function start({ command = direct, cwd, env, grounds }: StartOptions): Started {
  const { directory, stackDir } = grounds;
  const [program = '', ...args] = command;
  const child = spawn(program, args, {
    cwd: cwd ?? resolve('.'),
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
    env: { ...process.env, TMPDIR: directory, FARGAZE_STACK_DIR: stackDir, ...env },
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk) => {
      output += chunk;
    });
  }
  const pid = child.pid ?? 0;
  let ended = false;
  const exited = new Promise<number | null>((done) => {
    child.once('exit', (code) => {
      ended = true;
      done(code);
    });
  });
  const says = async (pattern: RegExp) => {
    const check = async () => pattern.test(output) || ended;
    await waitFor({ what: `${pattern}`, seconds: 150, check }).catch(() => undefined);
    if (!pattern.test(output)) throw new Error(`never said ${pattern}:\n${output}`);
  };
  const interrupt = (signal: NodeJS.Signals = 'SIGINT') => {
    if (!ended) process.kill(-pid, signal);
  };
  return { pid, output: () => output, says, interrupt, exited };
}

/** The newest process of that name that the start in the grounds has written down. */
export function recorded({ stackDir }: Grounds, name: string): Recorded {
  const found = readRecord(join(stackDir, 'run')).findLast((one) => one.name === name);
  if (found === undefined) throw new Error(`${name} is not recorded in ${stackDir}`);
  return found;
}
