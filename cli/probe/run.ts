// `fargaze probe`: one look at some targets, from here and now.

import { type Seconds, systemClock } from '../../layers/core/src/clock.ts';
import { timeoutBounds } from '../../layers/core/src/config/compile/fields.ts';
import type { Config } from '../../layers/core/src/config/config.ts';
import type { Module } from '../../layers/core/src/config/modules.ts';
import { adHocJob } from '../../layers/core/src/config/probes.ts';
import { ConfigError } from '../../layers/core/src/errors.ts';
import { renderExposition } from '../../layers/core/src/exposition.ts';
import { isRedisAddress } from '../../layers/core/src/net/redis-address.ts';
import type { Selected } from '../../layers/core/src/probe/select.ts';
import { called } from '../command/called.ts';
import { type Call, textOf, UsageError } from '../command/command.ts';
import {
  builtIn,
  configPath,
  hasConfiguration,
  readConfiguration,
} from '../command/configuration.ts';
import { secondsOf } from '../command/numbers.ts';
import { observeAll, type ProbeResult } from './observe.ts';
import { renderReport } from './render.ts';
import { type Report, reportOf, reportUnread } from './report.ts';
import { findTargets } from './targets.ts';

/** Probes and prints. */
export async function run(call: Call): Promise<number> {
  const { io, positionals, values } = call;
  const all = values.all === true;
  const module = textOf(values, 'module');
  if (!all && positionals.length === 0) {
    throw new UsageError(
      'want a target',
      `e.g. ${called()} probe https://example.com, or ${called()} probe --all`,
    );
  }
  if (all && positionals.length > 0)
    throw new UsageError('--all is given beside targets, want one of them');
  if (all && module !== undefined)
    throw new UsageError('--all is given beside --module, but each probe names its own');
  if (values.json === true && values.metrics === true) {
    throw new UsageError('--json is given beside --metrics, want one of them');
  }
  const timeout = secondsOf(values, 'timeout', timeoutBounds);
  const config = all || module !== undefined ? readWhole(call) : readIfWhole(call);
  const found = findTargets({ arguments: positionals, all, module }, config);
  const selected = withTimeout(found.selected, timeout);
  const results = await observeAll(selected, progress(call, selected.length));
  refuseMalformed(results);
  const reports = [
    ...results.map((result) => reportOf(result, systemClock.now())),
    ...found.refused.map((one) => reportUnread(one, config)),
  ];
  if (values.metrics === true) {
    io.out((await renderMetrics(results)).trimEnd());
    for (const { fault } of found.refused) io.fail(fault);
  } else if (values.json === true) io.out(JSON.stringify({ targets: reports }, null, 2));
  else print(call, reports);
  return statusOf(reports);
}

/** An address that is none says nothing of a target: whoever typed it mends it. */
function refuseMalformed(results: readonly ProbeResult[]): void {
  for (const { observation, selected } of results) {
    const { outcome } = observation;
    if (selected.job !== adHocJob || outcome === undefined || outcome.ok) continue;
    if (outcome.phase === 'guard' && outcome.reason === 'protocol') {
      throw new UsageError(
        `${outcome.detail}${portFault(selected.target.address)}`,
        `see: ${called()} probe --help`,
      );
    }
  }
}

/** What is wrong with the port, where no server can have it; else an empty text. */
function portFault(address: string): string {
  // The reader of such addresses names the port itself.
  if (isRedisAddress(address)) return '';
  const [authority = ''] = address.replace(/^\w+:\/\//, '').split(/[/?#]/);
  const port = /^(?:[^@]*@)?(?:\[[^\]]*\]|[\w.-]+):(\d+)$/.exec(authority)?.[1];
  const isRight = port === undefined || (Number(port) >= 1 && Number(port) <= 65_535);
  return isRight ? '' : `; got port ${port}, want one from 1 to 65535`;
}

/** Without a file the built-in modules do. */
function readWhole({ io, values }: Call): Config {
  if (!hasConfiguration(values)) return builtIn();
  const { config, warnings } = readConfiguration(values);
  for (const warning of warnings) io.note(warning);
  return config;
}

/** With a broken file that nothing depends on, the built-in modules do too. */
function readIfWhole(call: Call): Config {
  const { io, positionals, values } = call;
  try {
    return readWhole(call);
  } catch (error) {
    const isOpen = positionals.every((text) => text.includes('://'));
    if (!isOpen || !(error instanceof ConfigError)) throw error;
    io.note(`${configPath(values).file} has mistakes and is left out (see: ${called()} check)`);
    return builtIn();
  }
}

function withTimeout(
  selected: readonly Selected<Module>[],
  timeout: Seconds | undefined,
): readonly Selected<Module>[] {
  if (timeout === undefined) return selected;
  return selected.map((one) => ({
    ...one,
    target: { ...one.target, module: { ...one.target.module, timeout } },
  }));
}

/** Only for many, and only where a terminal can take it back. */
function progress({ io }: Call, total: number): (count: number) => void {
  if (!io.canAsk || total < 10) return () => undefined;
  return (count) => io.prompts.write(count === total ? '\r\u001b[K' : `\r${count} of ${total} `);
}

function print({ io, values }: Call, reports: readonly Report[]): void {
  const detail = values.verbose === true ? 'log' : 'usual';
  for (const [index, report] of reports.entries()) {
    if (index > 0) io.out('');
    for (const line of renderReport(report, io, detail)) io.out(line);
  }
  if (reports.length < 2) return;
  const count = (up: Report['up']) => reports.filter((report) => report.up === up).length;
  io.note(`\n${count(true)} up, ${count(false)} down, ${count(null)} unknown`);
}

async function renderMetrics(results: readonly ProbeResult[]): Promise<string> {
  const samples = results.flatMap(({ observation, selected }) =>
    observation.samples.map((one) => ({
      ...one,
      labels: { job: selected.job, instance: selected.target.instance, ...one.labels },
    })),
  );
  return renderExposition(samples);
}

function statusOf(reports: readonly Report[]): number {
  if (reports.some(({ up }) => up === null)) return 2;
  return reports.some(({ up }) => up === false) ? 1 : 0;
}
