// `node scripts/run.mjs test/system/accounting/main.ts [MINUTES] [SEED]`: the accounts of a long run, 500 minutes with 10,000
// ticks unless told otherwise. Ends with 1 when something is lost that was not counted, or a group went back in time.
import { writeLine } from '../../../layers/core/src/log.ts';
import { functions, targetsOfEach } from './producers.ts';
import { account } from './run.ts';

async function main(): Promise<void> {
  const [minutes = 500, seed = 1] = process.argv.slice(2).map(Number);
  const { accounts, balance } = await account(minutes, seed);
  const { dropped, produced, stored, ...faults } = balance;
  const { died, faults: failed, invocations, kills, left, wentBack } = accounts;
  const lines = [
    `${minutes * functions * targetsOfEach} ticks, ${accounts.produced.killed} of them killed before they had a result`,
    `${produced} results = ${stored} stored + ${dropped} counted as dropped, later than the receiver's window`,
    `${accounts.produced.broken.size} broken messages, each counted and a dead letter`,
    `${invocations} invocations: ${kills} killed, ${failed} with a receiver that fails; ${died} dead letters, redriven`,
  ];
  for (const line of lines) writeLine(line);
  const wrong = Object.entries({ ...faults, wentBack, left: Array(left).fill('message') });
  for (const [name, all] of wrong) {
    if (all.length > 0) writeLine(`WRONG ${name}: ${all.length}, e.g. ${all.slice(0, 3)}`);
  }
  process.exitCode =
    wrong.some(([, all]) => all.length > 0) || produced !== stored + dropped ? 1 : 0;
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
  process.exitCode = 1;
});
