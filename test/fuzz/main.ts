// The command behind `npm run fuzz`: a million inputs by default. Arguments: how many, and the number that they are made from.
import { writeLine } from '../../layers/core/src/log.ts';
import { fuzz } from './run.ts';

const [inputs = 1_000_000, seed = Date.now() % 1_000_000] = process.argv.slice(2).map(Number);

async function main(): Promise<void> {
  writeLine(`fuzz: ${inputs} inputs from seed ${seed}`);
  const report = await fuzz(inputs, seed);
  for (const [name, { inputs: count, slowest }] of Object.entries(report.parsers)) {
    writeLine(
      `${name.padEnd(14)} ${String(count).padStart(8)} inputs, slowest ${slowest.toFixed(1)} ms`,
    );
  }
  for (const { input, parser, what } of report.faults)
    writeLine(`FAULT ${parser}: ${what}\n  ${input}`);
  const megabytes = (report.grown / 1e6).toFixed(0);
  writeLine(
    `${report.inputs} inputs, ${report.faults.length} faults, memory grown by ${megabytes} MB`,
  );
  process.exitCode = report.faults.length === 0 ? 0 : 1;
}

void main();
