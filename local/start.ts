// `npm start`: brings the local system up, shows it, and takes everything down on Ctrl-C or error.
// `--smoke`: brings it up, waits until every probe and scrape has landed in Prometheus, takes it down, exits 0 or 1.

import { configFileName, readOwnConfig } from '../build/config-file.ts';
import { systemClock } from '../layers/core/src/clock.ts';
import { readEnv } from '../layers/core/src/env.ts';
import { writeLine } from '../layers/core/src/log.ts';
import { explain } from './explain.ts';
import { waitUntilLanded } from './landing.ts';
import { helpText, parseOptions, type Task } from './options.ts';
import { killAll } from './programs/process.ts';
import { startGuardian } from './system/guard.ts';
import { onOrphaned } from './system/orphaned.ts';
import { openRunFolder, type RunFolder, stackDir } from './system/run-folder.ts';
import { type Stack, startStack } from './system/stack.ts';
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
  // Should this process end in any other way than below, its guardian clears up.
  const dismissGuardian = startGuardian(root, directory, run);
  try {
    return await runSystem(task, run);
  } finally {
    await dismissGuardian();
    await run.close();
  }
}

async function runSystem(task: Task, run: RunFolder): Promise<number> {
  const config = readOwnConfig(root);
  writeLine(
    `${configFileName()}: ${config.probes.length} ${config.probes.length === 1 ? 'probe' : 'probes'}`,
  );
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

/** Seconds in which a signal is the first one once more: a terminal sends it to npm too, which passes it on. */
const sameSignalSeconds = 1;
let leftAt = Number.POSITIVE_INFINITY;

/** The first time, what has started is stopped in order; the second time, at once. */
function leave(): void {
  const now = systemClock.monotonic();
  if (now - leftAt > sameSignalSeconds) {
    killAll();
    process.exit(interruptedCode);
  }
  leftAt = Math.min(leftAt, now);
  leaving.abort();
}

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, leave);
// Nobody reads any more, as after the end of a terminal.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);
// Once npm is killed nobody is left to stop us: what it runs does not hear of its end.
if (readEnv('npm_lifecycle_event') !== undefined) onOrphaned(() => leaving.abort());

void main()
  .catch((error: unknown) => {
    const stopped = leaving.signal.aborted;
    process.stderr.write(stopped ? 'stopped\n' : `${explain(error)}\n`);
    return stopped ? interruptedCode : 1;
  })
  .then((code) => {
    process.exitCode = code;
  });
