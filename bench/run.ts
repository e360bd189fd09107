// `npm run bench`: measures everything and writes docs/benchmarks.md.
import { writeFileSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import { writeLine } from '../layers/core/src/log.ts';
import { bareHttp, type LoadResult, measureLoad, withNone, withWhole } from './load.ts';
import { measureBundles } from './size.ts';

const rounds = 25;

async function main(): Promise<void> {
  const sections = [await describeSizes(), await describeLoad()];
  const text = `# Benchmarks

Written by \`npm run bench\` on Node ${process.version}, ${cpus().length} cores, load average ${loadavg()[0]?.toFixed(1)} (more than the
cores makes every figure worse). The machine is shared and noisy: ratios and medians mean something, single times do not. Budgets of bytes are tests (\`test/unit/house-rules.test.ts\`).

${sections.join('\n')}`;
  writeFileSync('docs/benchmarks.md', text);
  writeLine(text);
}

async function describeSizes(): Promise<string> {
  const rows = (await measureBundles()).map(
    ({ name, bytes, gzipBytes }) =>
      `| ${name} | ${bytes} | ${gzipBytes} | ${budgets[name] ?? ''} |`,
  );
  return `## size: minified bytes that ship

Functions are counted besides core, which the layer holds once for all of them, and without the compiled
configuration.

| bundle | bytes | gzip | budget |
| --- | ---: | ---: | ---: |
${rows.join('\n')}
`;
}

const budgets: Readonly<Record<string, string>> = {
  'web-probe': '12288',
  'redis-probe': '12288',
  'ecs-bridge': '634880',
  core: '112640',
};

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
loads prom-client's registry and gauge alone. TLS, DNS, HTTPS, compression and cryptography are loaded when something
needs them (\`test/contract/layer.test.ts\` holds that). A V8 compile cache is not used: Lambda's file system is
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

void main();
