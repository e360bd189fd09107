// `npm start`: brings the local system up, shows a live table, and takes everything down on Ctrl-C or error.
// `--smoke`: brings it up, waits until every probe and scrape has landed in Prometheus, takes it down, exits 0 or 1.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ConfigError } from '../layers/core/src/errors.ts';
import { writeLine } from '../layers/core/src/log.ts';
import { buildConfig } from '../scripts/build.ts';
import { findMissing } from './landing.ts';
import { helpText, parseOptions } from './options.ts';
import { findPrograms, MissingProgramError } from './programs/find.ts';
import { stopAll } from './programs/process.ts';
import { removeStackDir, type Stack, stackDir, startStack, stopStack } from './stack.ts';
import { greet, shownOf } from './terminal/greeting.ts';
import { type Shown, show, showOnce } from './terminal/show.ts';

const root = process.cwd();

/** Seconds until everything must have landed: start-up, a full minute until the schedule ticks, a scrape. */
const smokeSeconds = 300;

let leaving = false;
let up = false;
/** Whether .stack is ours; a second start must not take away the first one's. */
let owned = false;

async function main(): Promise<number> {
  const task = parseOptions(process.argv.slice(2));
  if (task === 'help') {
    writeLine(helpText);
    return 0;
  }
  refuseSecond();
  owned = true;
  await removeStackDir(root);
  const config = await buildConfig(root);
  writeLine(`fargaze.yml: ${config.probes.length} probes`);
  const needed = ['redis-server', 'prometheus', 'pushgateway', 'redis_exporter'] as const;
  await findPrograms(needed, { report: writeLine });
  const stack = await startStack({ root, config, report: writeLine });
  up = true;
  greet(stack, writeLine);
  try {
    const system = shownOf(stack, config);
    return task === 'smoke'
      ? await waitUntilLanded(stack, system)
      : await showUntilStopped(system, stack);
  } finally {
    writeLine('stopping');
    await stopStack(root, stack);
  }
}

function refuseSecond(): void {
  const file = join(root, stackDir, 'endpoints.json');
  if (!existsSync(file)) return;
  const { pid } = JSON.parse(readFileSync(file, 'utf8')) as { readonly pid: number };
  if (!isAlive(pid)) return;
  throw new Error(`the system is running already (process ${pid}, ${stackDir}/endpoints.json)`);
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

async function waitUntilLanded(stack: Stack, system: Shown): Promise<number> {
  const end = performance.now() + smokeSeconds * 1000;
  let missing: readonly string[] = [];
  let told = '';
  while (performance.now() < end && !leaving) {
    throwIfEnded(stack);
    missing = await findMissing(stack.prometheus.url, stack.probes);
    if (missing.length === 0) break;
    const line = `waiting for ${missing.join(', ')}`;
    if (line !== told) writeLine(line);
    told = line;
    await sleep(1000);
  }
  await showOnce(system);
  if (missing.length === 0) return 0;
  writeLine(`not landed: ${missing.join(', ')}\n${stack.functions.output()}`);
  return 1;
}

/** Shows the system until it is stopped, or a part without which nothing can be seen has ended. */
async function showUntilStopped(system: Shown, stack: Stack): Promise<number> {
  const stop = new AbortController();
  const guard = setInterval(() => {
    if (leaving || ended(stack) !== undefined) stop.abort();
  }, 200);
  try {
    await show(system, stop.signal);
    if (!leaving) throwIfEnded(stack);
    return 0;
  } finally {
    clearInterval(guard);
  }
}

/** Parts may be stopped on purpose, to see what the probes say; without these two nothing can be seen. */
function throwIfEnded(stack: Stack): void {
  const part = ended(stack);
  if (part !== undefined) throw new Error(`${part.name} ended (${part.ended()})\n${part.output()}`);
}

function ended({ functions, prometheus }: Stack) {
  return [functions, prometheus.process].find((part) => part.ended() !== undefined);
}

/** Ends the loops; while things are still starting, what has started is stopped, which ends the start. */
function leave(): void {
  leaving = true;
  if (!up) void stopAll();
}

function explain(error: unknown): string {
  if (error instanceof ConfigError || error instanceof MissingProgramError) return error.message;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, leave);
const parent = process.ppid;
// Started by a shell or npm that was killed: nobody is left to stop us.
setInterval(() => process.ppid !== parent && leave(), 1000).unref();

void main()
  .catch(async (error: unknown) => {
    process.stderr.write(leaving ? 'stopped\n' : `${explain(error)}\n`);
    await stopAll();
    if (owned) await removeStackDir(root);
    return 1;
  })
  .then((code) => {
    process.exitCode = code;
  });
