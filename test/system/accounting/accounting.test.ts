// The accounts of delivery: with a queue, killed invocations and failing receivers, what was produced is what is stored and what
// was counted as dropped. A short run; `node scripts/run.mjs test/system/accounting/main.ts` is the long one.
import { functions, targetsOfEach } from './producers.ts';
import { account } from './run.ts';

const minutes = 40;

it(`${minutes * functions * targetsOfEach} ticks: nothing is lost that is not counted, and no group goes back in time`, async () => {
  const { accounts, balance } = await account(minutes, 8);
  const { dropped, produced, stored, ...faults } = balance;
  expect(faults).toEqual({
    missing: [],
    droppedInWindow: [],
    invented: [],
    notNewest: [],
    uncounted: [],
    wronglyDead: [],
  });
  expect(produced).toBe(stored + dropped);
  expect(produced + accounts.produced.killed).toBe(minutes * functions * targetsOfEach);
  expect([accounts.left, accounts.wentBack]).toEqual([0, []]);
  // A world in which nothing goes wrong would prove nothing.
  const { died, faults: failed, kills } = accounts;
  for (const count of [kills, failed, died, accounts.produced.broken.size, dropped]) {
    expect(count).toBeGreaterThan(0);
  }
});
