// What Lambda would bill for web-probe: the packaged function in a process that has the share of a core of 512 MB, cold and warm.
// The first invocation is counted from the start of the process, since initialization is billed too.
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { environmentWith } from '../build/environment.ts';
import { writeFunctions } from './functions.ts';
import type { Setting } from './probe-setting.ts';
import type { Share } from './share.ts';
import { median } from './statistics.ts';

const run = promisify(execFile);

/** Milliseconds, whole ones as Lambda bills them, and what of them the processor worked. */
export type Billed = { readonly billedMs: number; readonly cpuMs: number };

/** Medians of processes and invocations, with the least and the most that was billed. */
export type BilledResult = {
  readonly targets: number;
  readonly cold: Billed & { readonly from: number; readonly to: number };
  readonly warm: Billed & { readonly from: number; readonly to: number };
  readonly peakMegabytes: number;
};

/** What to measure. */
export type BilledPlan = {
  readonly node: string;
  readonly targets: number;
  readonly processes: number;
  /** Warm invocations of each. */
  readonly invocations: number;
};

/** Milliseconds until a target answers. */
export const targetLatencyMs = 50;

const program = (invocations: number) => `
const used = () => { const { user, system } = process.cpuUsage(); return (user + system) / 1000; };
const { handler } = require('./web-probe.cjs');
const invoke = async () => {
  const begun = performance.now();
  const summary = await handler({ schedule: '1m' }, { getRemainingTimeInMillis: () => 55000 - (performance.now() - begun) });
  if (summary.ok !== summary.targets || summary.skipped.length > 0) throw new Error(JSON.stringify(summary).slice(0, 2000));
};
(async () => {
  await invoke();
  const cold = { billedMs: Math.ceil(performance.now()), cpuMs: used() };
  const warm = [];
  for (let n = 0; n < ${invocations}; n += 1) {
    await new Promise((resolve) => setTimeout(resolve, 50));
    const [begun, before] = [performance.now(), used()];
    await invoke();
    warm.push({ billedMs: Math.ceil(performance.now() - begun), cpuMs: used() - before });
  }
  const { maxRSS } = process.resourceUsage();
  require('node:fs').writeFileSync(process.argv[2], JSON.stringify({ cold, warm, peakMegabytes: maxRSS / 1024 }));
})();`;

type Measured = {
  readonly cold: Billed;
  readonly warm: readonly Billed[];
  readonly peakMegabytes: number;
};

/** Measures one plan; targets answer over TLS after {@link targetLatencyMs}. */
export async function measureBilled(
  plan: BilledPlan,
  share: Share,
  { directory: home, ports }: Setting,
): Promise<BilledResult> {
  const { invocations, node, processes, targets } = plan;
  const directory = await mkdtemp(join(home, 'billed-'));
  const list = Array.from(
    { length: targets },
    (_, n) => `      - https://127.0.0.1:${ports.https}/${targetLatencyMs}/0/${n}`,
  );
  const module = `modules:\n  local: { prober: http, http: { tls_config: { insecure_skip_verify: true } } }`;
  await writeFunctions({
    directory,
    functions: ['web-probe'],
    config: `${module}\nprobes:\n  - module: local\n    name: t\n    targets:\n${list.join('\n')}\n`,
  });
  await writeFile(join(directory, 'run.cjs'), program(invocations));
  const answer = join(directory, 'answer.json');
  const all: Measured[] = [];
  for (let n = 0; n < processes; n += 1) {
    await run('sh', ['-c', share.command(`'${node}' run.cjs '${answer}'`)], {
      cwd: directory,
      env: environmentWith({ FARGAZE_SINK: 'return' }),
    });
    all.push(JSON.parse(await readFile(answer, 'utf8')) as Measured);
  }
  return {
    targets,
    cold: summarize(all.map(({ cold }) => cold)),
    warm: summarize(all.flatMap(({ warm }) => warm)),
    peakMegabytes: Math.max(...all.map(({ peakMegabytes }) => peakMegabytes)),
  };
}

function summarize(values: readonly Billed[]): BilledResult['cold'] {
  const billed = values.map(({ billedMs }) => billedMs);
  return {
    billedMs: median(billed),
    cpuMs: median(values.map(({ cpuMs }) => cpuMs)),
    from: Math.min(...billed),
    to: Math.max(...billed),
  };
}
