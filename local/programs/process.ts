// Starts long-running programs in process groups of their own and makes sure that none outlives us.
import { type ChildProcess, spawn } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { plainEnvironment, type Variables } from '../../build/environment.ts';
import { codeOf, messageOf } from '../../layers/core/src/errors.ts';
import { lastLines } from './command.ts';
import { ExpectedError } from './expected-error.ts';
import type { WorkFolder } from './work-folder.ts';

/** What to start. */
export type ProcessSpec = {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  /** Variables beside those that every program needs; nothing else of the user's shell reaches the program. */
  readonly env?: Variables;
  readonly cwd?: string;
  /** What is named when it ends, where that is not the command: a script's own path. */
  readonly path?: string;
  /** Where it is written down. */
  readonly workFolder?: Pick<WorkFolder, 'record'> | undefined;
  /** Receives every line of output. */
  readonly onLine?: (line: string) => void;
};

/** A started program. */
export type RunningProcess = {
  readonly name: string;
  readonly path: string;
  readonly pid: number;
  /** Settles when the program has ended, for whatever reason. */
  readonly exited: Promise<string>;
  /** How it ended; undefined while it runs. */
  ended(): string | undefined;
  /** The last lines that it printed. */
  output(): string;
  /** Ends the whole process group: SIGTERM, and SIGKILL after five seconds. */
  stop(): Promise<void>;
};

const running = new Set<RunningProcess>();
const graceMs = 5_000;
const keptCharacters = 20_000;

/** Starts a program. @throws Error when it cannot be started at all. */
export async function startProcess(spec: ProcessSpec): Promise<RunningProcess> {
  const child = spawn(spec.command, spec.args, {
    cwd: spec.cwd,
    env: plainEnvironment(spec.env ?? {}),
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  // At once: this process may be killed at any moment.
  if (child.pid !== undefined) spec.workFolder?.record({ name: spec.name, pid: child.pid });
  await new Promise<void>((resolve, reject) => {
    child.once('spawn', resolve);
    child.once('error', (cause) => {
      reject(new ExpectedError(`${spec.name} cannot be started: ${cause.message}`, { cause }));
    });
  });
  const started = track(spec, child);
  guardExit();
  running.add(started);
  void started.exited.then(() => running.delete(started));
  return started;
}

function track(spec: ProcessSpec, child: ChildProcess): RunningProcess {
  const pid = child.pid ?? 0;
  let output = '';
  let end: string | undefined;
  for (const stream of [child.stdout, child.stderr]) {
    const split = splitLines((line) => spec.onLine?.(line));
    stream?.setEncoding('utf8').on('data', (text: string) => {
      output = (output + text).slice(-keptCharacters);
      split(text);
    });
  }
  const exited = new Promise<string>((resolve) => {
    child.once('exit', (code, signal) => {
      end = signal === null ? `exit code ${code}` : `signal ${signal}`;
      resolve(end);
    });
  });
  return {
    name: spec.name,
    path: spec.path ?? spec.command,
    pid,
    exited,
    ended: () => end,
    output: () => lastLines(withoutFrames(output), 15),
    stop: () => stopGroup(pid, exited, () => end !== undefined),
  };
}

/** Stacks are of use to whoever wrote the program; what it says stands before them. */
function withoutFrames(output: string): string {
  return output.replaceAll(/^ +at .*\n?/gm, '');
}

/** Hands on whole lines that are not empty; pieces of a line may come one by one. */
function splitLines(onLine: (line: string) => void): (text: string) => void {
  let rest = '';
  return (text) => {
    const lines = (rest + text).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) if (line !== '') onLine(line);
  };
}

async function stopGroup(
  pid: number,
  exited: Promise<unknown>,
  hasEnded: () => boolean,
): Promise<void> {
  signalGroup(pid, 'SIGTERM');
  const timer = setTimeout(() => signalGroup(pid, 'SIGKILL'), graceMs);
  if (!hasEnded()) await exited;
  clearTimeout(timer);
  // The leader has gone; what it left behind in its group goes now.
  signalGroup(pid, 'SIGKILL');
}

/** Sends a signal to a process group, where there is one. */
export function signalGroup(pid: number, signal: NodeJS.Signals): void {
  try {
    // A stopped process (SIGSTOP) hears SIGTERM only once it is continued.
    if (signal === 'SIGTERM') process.kill(-pid, 'SIGCONT');
    process.kill(-pid, signal);
  } catch (error) {
    if (codeOf(error) !== 'ESRCH') throw error;
  }
}

let guarded = false;

/** However this process ends (but for SIGKILL), what it started ends with it. */
function guardExit(): void {
  if (!guarded) process.once('exit', killAll);
  guarded = true;
}

/** Ends everything that {@link startProcess} started, last started first. */
export async function stopAll(): Promise<void> {
  for (const started of [...running].reverse()) await started.stop();
}

/** Kills everything at once, for a process that is about to exit. */
export function killAll(): void {
  for (const { pid } of running) signalGroup(pid, 'SIGKILL');
}

/** Starts a program and waits until it is ready; one that does not become so is stopped. @throws as {@link waitFor}. */
export async function startReady(
  spec: ProcessSpec,
  wait: Omit<Wait, 'processes' | 'what'>,
): Promise<RunningProcess> {
  const started = await startProcess(spec);
  try {
    await waitFor({ ...wait, what: `${spec.name} ready`, processes: [started] });
  } catch (error) {
    await started.stop();
    throw error;
  }
  return started;
}

/** In one line how a program ended and where it is, then its last words. */
function describeEnd({ ended, name, output, path }: RunningProcess): string {
  const words = output();
  return `${name} (${path}) ended with ${ended()}${words === '' ? ', without a word' : `\n${words}`}`;
}

/** What to wait for. */
export type Wait = {
  readonly what: string;
  readonly check: () => Promise<boolean>;
  readonly seconds: number;
  /** Gives up at once when one of these has ended. */
  readonly processes?: readonly RunningProcess[];
  /** Gives up at once when it is aborted. */
  readonly signal?: AbortSignal | undefined;
};

/**
 * Polls until `check` is true. A check that throws counts as false.
 * @throws ExpectedError with the last output, naming the program that has ended; the signal's reason once that is aborted.
 */
export async function waitFor(wait: Wait): Promise<void> {
  const end = performance.now() + wait.seconds * 1000;
  let last = '';
  while (performance.now() < end) {
    wait.signal?.throwIfAborted();
    const dead = wait.processes?.find((process) => process.ended() !== undefined);
    if (dead !== undefined) throw new ExpectedError(`${wait.what}: ${describeEnd(dead)}`);
    try {
      if (await wait.check()) return;
    } catch (error) {
      last = messageOf(error);
    }
    await sleep(100);
  }
  const tails = (wait.processes ?? []).map((process) => `${process.name}: ${process.output()}`);
  throw new ExpectedError([`${wait.what}: not within ${wait.seconds}s`, last, ...tails].join('\n'));
}
