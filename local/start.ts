// `npm start`: brings the local system up, shows a live table, and takes everything down on Ctrl-C or error.
// `--smoke`: brings it up, waits until every probe and scrape has landed in Prometheus, takes it down, exits 0 or 1.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ConfigError } from '../layers/core/src/errors.ts';
import { writeLine } from '../layers/core/src/log.ts';
import { buildConfig } from '../scripts/build.ts';
import { configFileName } from '../scripts/config-file.ts';
import { findPrograms, MissingProgramError } from './programs/find.ts';
import { howToGetGrafana } from './programs/grafana.ts';
import { stopAll } from './programs/process.ts';
import { removeStackDir, type Stack, stackDir, startStack, stopStack } from './stack.ts';
import { findMissing, readStatus, renderTable } from './status.ts';

const root = process.cwd();
const smoke = process.argv.includes('--smoke');

/** Seconds until everything must have landed: start-up, a full minute until the schedule ticks, a scrape. */
const smokeSeconds = 300;

let leaving = false;
let up = false;
/** Whether .stack is ours; a second start must not take away the first one's. */
let owned = false;

async function main(): Promise<number> {
  refuseSecond();
  owned = true;
  await removeStackDir(root);
  const config = await buildConfig(root);
  writeLine(`${configFileName()}: ${config.probes.length} probes`);
  const needed = ['redis-server', 'prometheus', 'pushgateway', 'redis_exporter'] as const;
  await findPrograms(needed, { report: writeLine });
  const stack = await startStack({ root, config, report: writeLine });
  up = true;
  printUrls(stack);
  try {
    return smoke ? await waitUntilLanded(stack) : await showTable(stack);
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

function printUrls({ web, prometheus, pushgateway, grafana }: Stack): void {
  writeLine(`
Grafana      ${grafana ? `${grafana.url}/d/fargaze-overview` : howToGetGrafana}
Prometheus   ${prometheus.url}/graph?g0.expr=fargaze%3Aprobe_success%3Afresh
Pushgateway  ${pushgateway.url}
Web app      ${web.url}
ECS          ${prometheus.url}/graph?g0.expr=ecs_service_running_tasks (simulated)
CloudWatch   ${prometheus.url}/graph?g0.expr=aws_ecs_cpuutilization_average&g0.tab=0 (simulated)
Endpoints    ${stackDir}/endpoints.json
`);
}

async function waitUntilLanded(stack: Stack): Promise<number> {
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
  writeLine(`\n${renderTable(await readStatus(stack.prometheus.url, stack.probes))}\n`);
  if (missing.length === 0) return 0;
  writeLine(`not landed: ${missing.join(', ')}\n${stack.functions.output()}`);
  return 1;
}

/** Redraws on a terminal; elsewhere prints the table when a state changes. */
async function showTable(stack: Stack): Promise<number> {
  const live = process.stdout.isTTY === true;
  let drawn = 0;
  let states = '';
  while (!leaving) {
    throwIfEnded(stack);
    const rows = await readStatus(stack.prometheus.url, stack.probes);
    const now = JSON.stringify(rows.map(({ state, failure }) => [state, failure]));
    if (live || now !== states) {
      const table = `${renderTable(rows)}\n${live ? 'Ctrl-C stops everything' : ''}`;
      if (live && drawn > 0) process.stdout.write(`\u001b[${drawn}A\u001b[J`);
      process.stdout.write(`${table}\n`);
      drawn = table.split('\n').length;
    }
    states = now;
    await sleep(1000);
  }
  return 0;
}

/** Parts may be stopped on purpose, to see what the probes say; without these two nothing can be seen. */
function throwIfEnded({ functions, prometheus }: Stack): void {
  for (const part of [functions, prometheus.process]) {
    if (part.ended() !== undefined) {
      throw new Error(`${part.name} ended (${part.ended()})\n${part.output()}`);
    }
  }
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
