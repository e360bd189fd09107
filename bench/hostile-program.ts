// The hostile server as a process of its own, or (with its port) probes of one seed after the other that print what they cost.

import { parseConfigText } from '../build/config-file.ts';
import { probeWeb } from '../functions/web-probe/probe.ts';
import { systemClock } from '../layers/core/src/clock.ts';
import type { HttpModule } from '../layers/core/src/config/modules.ts';
import { startDeadline } from '../layers/core/src/deadline.ts';
import { writeLine } from '../layers/core/src/log.ts';
import { hostileOptions, startHostileServer } from './hostile-server.ts';

/** What many seeds cost. */
export type HostileResult = {
  readonly seeds: number;
  /** Probes that threw instead of ending with a verdict. */
  readonly crashes: number;
  /** Milliseconds after its timeout at which the latest probe ended. */
  readonly overrunMs: number;
  /** Most memory above that after the first probe. */
  readonly megabytes: number;
};

const timeout = 0.3;

async function main([role, port, seeds]: readonly string[]): Promise<void> {
  if (role === 'serve') {
    writeLine(JSON.stringify({ port: (await startHostileServer()).port }));
  } else if (role === 'probe') {
    writeLine(JSON.stringify(await probeSeeds(Number(port), Number(seeds))));
  }
}

async function probeSeeds(port: number, seeds: number): Promise<HostileResult> {
  // The configuration is made when functions are built: it counts in neither figure.
  const modules = Array.from({ length: seeds }, (_, index) => moduleOf(index + 1));
  let [crashes, overrunMs, most] = [0, 0, 0];
  await probe(port, 1, moduleOf(1));
  const before = process.memoryUsage().rss;
  const watch = setInterval(() => {
    most = Math.max(most, process.memoryUsage().rss);
  }, 20);
  for (const [index, module] of modules.entries()) {
    const begun = performance.now();
    await probe(port, index + 1, module).catch((error: unknown) => {
      writeLine(`seed ${index + 1}: ${String(error)}`);
      crashes += 1;
    });
    const overrun = performance.now() - begun - timeout * 1000;
    overrunMs = Math.max(overrunMs, overrun);
  }
  clearInterval(watch);
  return { seeds, crashes, overrunMs, megabytes: (most - before) / 2 ** 20 };
}

function moduleOf(seed: number): HttpModule {
  const http = JSON.stringify(hostileOptions(seed));
  const text = `modules: { m: { prober: http, timeout: 300ms, http: ${http} } }`;
  return parseConfigText(text).modules.m as HttpModule;
}

async function probe(port: number, seed: number, module: HttpModule): Promise<void> {
  const address = `http://127.0.0.1:${port}/${seed}`;
  const deadline = startDeadline(timeout, systemClock);
  try {
    const target = { name: 'hostile', address, instance: address, module };
    await probeWeb(target, { deadline, clock: systemClock, trace: () => undefined });
  } finally {
    deadline.close();
  }
}

void main(process.argv.slice(2));
