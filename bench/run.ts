// `npm run bench`: measures and writes docs/benchmarks.md. `npm run bench -- bridge encode` measures only these and keeps
// what the file says of the others. Each section is written once it is measured, so that a later one that fails takes none away.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import { UsageError } from '../cli/command/command.ts';
import { writeLine } from '../layers/core/src/log.ts';
import { runScript } from '../scripts/command-line.ts';
import { describeBridge } from './describe-bridge.ts';
import { describeCost } from './describe-cost.ts';
import { describeFleet } from './describe-fleet.ts';
import { describeProbe, describeProbeFleets } from './describe-probe.ts';
import { mergeSections } from './document.ts';
import { measureEncode } from './encode.ts';
import { bareHttp, type LoadResult, measureLoad, withNone, withWhole } from './load.ts';
import { describeRedis } from './redis.ts';
import { budgets, measureBundles } from './size.ts';

const file = 'docs/benchmarks.md';
const rounds = 25;
const encodeRounds = 5;

/** In the order of the document. */
const benches: Readonly<Record<string, () => Promise<string>>> = {
  size: describeSizes,
  load: describeLoad,
  redis: describeRedis,
  encode: describeEncode,
  bridge: describeBridge,
  fleet: describeFleet,
  probe: describeProbe,
  'probe-http': () => describeProbeFleets('http'),
  'probe-https': () => describeProbeFleets('https'),
  cost: describeCost,
};

const names = Object.keys(benches);

async function main(asked: readonly string[]): Promise<undefined> {
  const unknown = asked.filter((name) => !names.includes(name));
  if (unknown.length > 0)
    throw new UsageError(`got ${unknown.join(', ')}, want some of ${names.join(', ')}`);
  for (const [name, describe] of Object.entries(benches)) {
    if (asked.length > 0 && !asked.includes(name)) continue;
    const text = await describe();
    const load = loadavg()[1]?.toFixed(1);
    writeSection(name, `${text}\nMeasured at a load average of ${load} over five minutes.\n`);
  }
}

function writeSection(name: string, text: string): void {
  const old = existsSync(file) ? readFileSync(file, 'utf8') : '';
  const head = `# Benchmarks

Written by \`npm run bench\` on Node ${process.version}, ${cpus().length} cores. The machine is shared and noisy, and more load
than cores makes every figure worse: ratios and medians mean something, single times do not. Budgets of bytes are tests (\`test/unit/house-rules.test.ts\`).
`;
  const fresh = new Map([[name, text]]);
  writeFileSync(file, mergeSections({ head, old, fresh, order: names }));
  writeLine(text);
}

async function describeSizes(): Promise<string> {
  const most: Readonly<Record<string, number>> = budgets;
  const rows = (await measureBundles()).map(
    ({ name, bytes, gzipBytes }) => `| ${name} | ${bytes} | ${gzipBytes} | ${most[name] ?? ''} |`,
  );
  return `## size: minified bytes that ship

Functions are counted besides core, which the layer holds once for all of them, and without the compiled
configuration.

| bundle | bytes | gzip | budget |
| --- | ---: | ---: | ---: |
${rows.join('\n')}
`;
}

async function describeLoad(): Promise<string> {
  const results = await measureLoad(rounds);
  const rows = results.map(
    ({ name, userMs, wallMs, ratio }) =>
      `| ${name} | ${userMs.toFixed(1)} | ${wallMs.toFixed(1)} | ${ratio.toFixed(2)} |`,
  );
  return `## load: one cold run

A fresh process loads the bundle, probes one target on loopback, pushes the result to a real Pushgateway and ends;
${rounds} rounds, all kinds in turn. The ratio is user CPU against the empty process of the same round (median).

| process | user CPU ms | wall ms | ratio |
| --- | ---: | ---: | ---: |
${rows.join('\n')}

The aim is a ratio of 1.5. ${describePromClient(results)} Core
loads prom-client's registry and gauge only. TLS, DNS, HTTPS, compression and cryptography are loaded when something
needs them (\`test/contract/layer.test.ts\` holds that). Of the instructions that web-probe runs beyond an empty process
(valgrind, Node 20: 165 million, beside 520 million of the empty process itself) a quarter loads core with node:http, an eighth
loads the function, and more than half is the run: V8 compiles each function, of ours and of Node's HTTP client, when it is
called for the first time. To find core through its package's \`exports\` takes 4 %. A core with nothing in it but what web-probe
imports ran 2 to 5 % fewer instructions, and one in several files as many as before, because each more file is looked up
and opened; so it stays one file. A V8 compile cache is not used: Lambda's file system is
read-only but for /tmp, which is empty at a cold start, and V8 refuses a cache that another version or architecture made.
`;
}

function describePromClient(results: readonly LoadResult[]): string {
  const ratio = (name: string) => results.find((one) => one.name === name)?.ratio ?? Number.NaN;
  const names = ['web-probe', withWhole, withNone, bareHttp];
  const [own, whole, none, bare] = names.map((name) => ratio(name).toFixed(2));
  return `web-probe has ${own}, with the whole of prom-client ${whole},
without any of it ${none}; a program that does no more than one request and one push by node:http has ${bare}.`;
}

async function describeEncode(): Promise<string> {
  const results = await measureEncode(encodeRounds);
  const rows = results.map(
    ({ bodyBytes, coldRate, messageBytes, name, warmRate }) =>
      `| ${name} | ${Math.round(coldRate)} | ${Math.round(warmRate)} | ${messageBytes.toFixed(1)} | ${bodyBytes.toFixed(2)} |`,
  );
  return `## encode: bodies of remote-write requests

1,000 services with 8 metrics of 5 points each, in 4 requests. First: the first pass of a process, as at a cold start,
with what a library prepares once; warm: median of later passes; ${encodeRounds} processes of each in turn. All encoders of 1.0
make the same bytes, which the bench checks.

| encoder | samples/s first | samples/s warm | bytes/sample | compressed |
| --- | ---: | ---: | ---: | ---: |
${rows.join('\n')}
`;
}

void runScript({ text: `npm run bench -- [${names.join('|')}]…` }, main);
