// `npm start`: brings the local system up, shows it, and takes everything down on Ctrl-C or error.
// `--smoke`: brings it up, waits until every probe and scrape has landed in Prometheus, takes it down, exits 0 or 1.
import { rmSync } from 'node:fs';
import { readEnv } from '../layers/core/src/env.ts';
import { writeLine } from '../layers/core/src/log.ts';
import { buildConfig } from '../scripts/build.ts';
import { configFileName } from '../scripts/config-file.ts';
import { explain } from './explain.ts';
import { startGuardian } from './guard.ts';
import { waitUntilLanded } from './landing.ts';
import { helpText, parseOptions, type Task } from './options.ts';
import { killAll } from './programs/process.ts';
import { openRunFolder, type RunFolder, stackDir } from './run-folder.ts';
import { type Stack, startStack } from './stack.ts';
import { printAddresses, shownOf } from './terminal/greeting.ts';
import { type Shown, show, showOnce } from './terminal/show.ts';

const root = process.cwd();

/** Seconds until everything must have landed: start-up, a full minute until the schedule ticks, a scrape. */
const smokeSeconds = 300;

/** What a shell gives for a process that Ctrl-C ended. */
const interruptedCode = 130;

const leaving = new AbortController();

async function main(): Promise<number> {
  const task = parseOptions(process.argv.slice(2));
  if (task === 'help') {
    writeLine(helpText);
    return 0;
  }
  const directory = stackDir(root);
  const run = await openRunFolder(directory, writeLine);
  // Should this process be ended at once, at least its files go.
  process.once('exit', () => rmSync(run.path, { recursive: true, force: true }));
  const dismissGuardian = startGuardian(root, directory, run);
  try {
    return await runSystem(task, run);
  } finally {
    await dismissGuardian();
    await run.close();
  }
}

async function runSystem(task: Task, run: RunFolder): Promise<number> {
  const config = await buildConfig(root);
  writeLine(`${configFileName()}: ${config.probes.length} probes`);
  const { signal } = leaving;
  const stack = await startStack({ root, config, run, report: writeLine, signal });
  try {
    printAddresses(stack, run.endpointsFile);
    const system = shownOf(stack, config);
    if (task === 'smoke') return await smoke(stack, system);
    await show(system, signal);
    return 0;
  } finally {
    writeLine('stopping');
    await stack.stop();
  }
}

async function smoke(stack: Stack, system: Shown): Promise<number> {
  const missing = await waitUntilLanded({
    ...{ url: stack.prometheus.url, probes: stack.probes, seconds: smokeSeconds },
    ...{ report: writeLine, signal: leaving.signal },
  });
  await showOnce(system);
  if (missing.length === 0) return 0;
  writeLine(`not landed: ${missing.join(', ')}\n${stack.functions.process.output()}`);
  return 1;
}

/** The first time, what has started is stopped in order; the second time, at once. */
function leave(): void {
  if (leaving.signal.aborted) {
    killAll();
    process.exit(interruptedCode);
  }
  leaving.abort();
}

/** Once npm was killed nobody is left to stop us: its end is not told to what it runs. */
function watchParent(): void {
  if (readEnv('npm_lifecycle_event') === undefined) return;
  const parent = process.ppid;
  setInterval(() => process.ppid !== parent && !leaving.signal.aborted && leave(), 500).unref();
}

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, leave);
// Nobody reads any more, as after the end of a terminal.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);
watchParent();

main()
  .catch((error: unknown) => {
    const stopped = leaving.signal.aborted;
    process.stderr.write(stopped ? 'stopped\n' : `${explain(error)}\n`);
    return stopped ? interruptedCode : 1;
  })
  .then((code) => {
    process.exitCode = code;
  });
