// Asks a program that may be anything, such as a stranger of the name that is wanted: it may hang, refuse to end, and start
// others that hold its output. Whatever it does, there is an answer in time, and nothing of it is left.
import { spawn } from 'node:child_process';
import { environmentWith } from '../../build/environment.ts';
import type { CommandResult } from './command.ts';
import { signalGroup } from './process.ts';

/** Milliseconds for an answer; long enough for a program of 100 MB on a slow disk. */
const answerTimeoutMs = 15_000;

/** What a shell gives for a command that is not there. */
const missingCode = 127;
/** The code of a program that did not answer in time, as `timeout` gives it. */
export const lateCode = 124;

/** Options of {@link askProgram}. */
export type ProgramQuestion = {
  readonly env?: Readonly<Record<string, string>>;
  /** Ends the wait. */
  readonly signal?: AbortSignal | undefined;
  /** 15 seconds when unset. */
  readonly timeoutMs?: number;
};

/** Programs that did not answer; a second question would take as long and be answered as well. */
const silent = new Set<string>();

/**
 * What `command` prints with `args`. Code 127 stands for one that cannot be started, {@link lateCode} for one that did
 * not answer, whose output says so. @throws the signal's reason.
 */
export async function askProgram(
  command: string,
  args: readonly string[],
  question: ProgramQuestion = {},
): Promise<CommandResult> {
  const { env = {}, signal, timeoutMs = answerTimeoutMs } = question;
  const all = environmentWith({ LC_ALL: 'C', ...env });
  const key = JSON.stringify([all.PATH, command, args]);
  const late = { code: lateCode, output: `no answer in ${timeoutMs / 1000} s` };
  if (silent.has(key)) return late;
  const timeout = AbortSignal.timeout(timeoutMs);
  const end = signal === undefined ? timeout : AbortSignal.any([signal, timeout]);
  const answer = await runInGroup({ command, args, env: all }, end);
  signal?.throwIfAborted();
  if (answer !== undefined) return answer;
  silent.add(key);
  return late;
}

type Run = {
  readonly command: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
};

/** Undefined when `end` came first. */
function runInGroup({ args, command, env }: Run, end: AbortSignal) {
  return new Promise<CommandResult | undefined>((resolve) => {
    const child = spawn(command, args, {
      env,
      // Nobody is there to type.
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    });
    const { pid } = child;
    const kill = () => (pid === undefined ? undefined : signalGroup(pid, 'SIGKILL'));
    const settle = (result: CommandResult | undefined) => {
      end.removeEventListener('abort', giveUp);
      process.off('exit', kill);
      resolve(result);
    };
    const giveUp = () => {
      kill();
      // A process that left the group may hold them still.
      child.stdout.destroy();
      child.stderr.destroy();
      settle(undefined);
    };
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        output = (output + text).slice(0, keptCharacters);
      });
    }
    child.once('error', ({ message }) => settle({ code: missingCode, output: message }));
    child.once('close', (code) => settle({ code: code ?? missingCode, output }));
    process.once('exit', kill);
    if (end.aborted) giveUp();
    else end.addEventListener('abort', giveUp);
  });
}

/** More than any version takes. */
const keptCharacters = 20_000;
