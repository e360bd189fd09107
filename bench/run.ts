// `npm run bench`: measures everything and writes docs/benchmarks.md. Arguments pick benches: size, load.
import { writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { writeLine } from '../layers/core/src/log.ts';
import { measureLoad } from './load.ts';
import { measureBundles } from './size.ts';

const rounds = 15;

async function main(): Promise<void> {
  const sections = [await describeSizes(), await describeLoad()];
  const text = `# Benchmarks

Written by \`npm run bench\` on Node ${process.version}, ${cpus().length} cores. The machine is shared and noisy: ratios and
medians mean something, single times do not. Budgets of bytes are tests (\`test/unit/house-rules.test.ts\`).

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
`;
}

void main();
