// A function that stays warm, as between two ticks: a process with its bundle, which is sent one event after the other.

import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { plainEnvironment, type Variables } from '../build/environment.ts';
import { usageOf } from './usage.ts';

/** What one invocation came to, with what it took. */
export type Invoked = {
  readonly answer: Readonly<Record<string, unknown>>;
  readonly wallSeconds: number;
  readonly cpuSeconds: number;
  /** Resident memory after it. */
  readonly megabytes: number;
};

/** A warm function. */
export type WarmFunction = {
  /** @throws Error when the function does, with its log. */
  invoke(event: unknown): Promise<Invoked>;
  stop(): void;
};

/** Seconds of one invocation at most (serverless.yml). */
const timeouts: Readonly<Record<string, number>> = { deliver: 30 };
const usualTimeout = 55;

const program = (name: string, seconds: number) => `
const { handler } = require('./${name}.cjs');
const { createInterface } = require('node:readline');
const say = (what) => console.log('ENDED ' + JSON.stringify(what));
createInterface({ input: process.stdin }).on('line', async (line) => {
  const end = performance.now() + ${seconds} * 1000;
  const context = { awsRequestId: 'bench', getRemainingTimeInMillis: () => end - performance.now() };
  const megabytes = () => process.memoryUsage().rss / 1024 / 1024;
  await handler(JSON.parse(line), context).then(
    (answer) => say({ answer, megabytes: megabytes() }),
    (error) => say({ error: error.message }),
  );
});`;

/** Starts the function `name` of the bundles below `directory`, with the memory of 512 MB that serverless.yml gives it. */
export function startWarm(directory: string, name: string, env: Variables): WarmFunction {
  const text = program(name, timeouts[name] ?? usualTimeout);
  const heap = ['--max-old-space-size=460', '--max-semi-space-size=25'];
  const child = spawn(process.execPath, [...heap, '-e', text], {
    cwd: join(directory),
    env: plainEnvironment(env),
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const log: string[] = [];
  let settle: ((line: string) => void) | undefined;
  createInterface({ input: child.stdout }).on('line', (line) => {
    if (line.startsWith('ENDED ')) settle?.(line.slice('ENDED '.length));
    else log.push(line);
    log.splice(0, log.length - 20);
  });
  child.once('exit', (code) => settle?.(JSON.stringify({ error: `ended with ${code}` })));
  return {
    invoke: async (event) => {
      const pid = child.pid ?? 0;
      const before = usageOf(pid).cpuSeconds;
      const begun = performance.now();
      const line = await new Promise<string>((resolve) => {
        settle = resolve;
        child.stdin.write(`${JSON.stringify(event)}\n`);
      });
      const { answer, error, megabytes } = JSON.parse(line) as {
        readonly answer: Readonly<Record<string, unknown>>;
        readonly error?: string;
        readonly megabytes: number;
      };
      if (error !== undefined) throw new Error(`${name}: ${error}\n${log.join('\n')}`);
      const wallSeconds = (performance.now() - begun) / 1000;
      return { answer, wallSeconds, cpuSeconds: usageOf(pid).cpuSeconds - before, megabytes };
    },
    stop: () => void child.kill('SIGKILL'),
  };
}
