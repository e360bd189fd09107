// The fault matrix: each row is played with the real handlers against real programs behind faulty sockets; what shows, what
// is lost and how it ends is what the row says. docs/faults.md is its table.
import { mapConcurrently } from '../../../layers/core/src/concurrency.ts';
import { buildFunctions } from './functions.ts';
import { matrix, type Row } from './matrix.ts';
import { playDeliver } from './play-deliver.ts';
import { playProcess } from './play-process.ts';
import type { Common, Seen } from './row.ts';
import { startWorld, type World } from './world.ts';

/** Rows that are in play at once: most wait for what hangs. */
const concurrency = 8;

let world: World;
let functions: Promise<string>;
const played = new Map<Row, Promise<Seen>>();

beforeAll(async () => {
  world = await startWorld();
  functions = buildFunctions(world.folder);
  functions.catch(() => undefined);
  const settle = new Map<Row, (seen: Promise<Seen>) => void>();
  for (const row of matrix) {
    const seen = new Promise<Seen>((resolve) => settle.set(row, resolve));
    // Whoever waits for the row sees the error.
    seen.catch(() => undefined);
    played.set(row, seen);
  }
  void mapConcurrently(matrix, concurrency, async (row) => {
    const seen = play(row, `row${matrix.indexOf(row)}`);
    settle.get(row)?.(seen);
    await seen.catch(() => undefined);
  });
});

afterAll(async () => {
  await Promise.allSettled(played.values());
  await world.stop();
});

async function play(row: Row, id: string): Promise<Seen> {
  if (row.kind === 'deliver') return playDeliver(row, id, world);
  return playProcess(row, id, { directory: await functions, world });
}

it.each(matrix.map((row) => ({ name: `${row.component}: ${row.fault}`, row })))(
  '$name',
  async ({ row }) => {
    const seen = await played.get(row);
    if (seen === undefined) throw new Error('was not played');
    const { lost, shows, words, wrong } = seen;
    const wanted = { shows: row.shows, lost: row.lost, wrong: [] };
    // What a process has said is needed to understand what it has done.
    const said = JSON.stringify(shows) === JSON.stringify(row.shows) ? [] : [words];
    expect({ shows, lost, wrong, said }).toEqual({ ...wanted, said: [] });
    expect(words).toContain(row.says ?? '');
  },
);

it('each row is told from the others, and says why something is lost where it is', () => {
  const rows: readonly Common[] = matrix;
  const names = rows.map(({ component, fault }) => `${component}: ${fault}`);
  expect(new Set(names).size).toBe(names.length);
  const unexplained = rows.filter(({ because, lost }) => lost > 0 !== (because !== undefined));
  expect(unexplained.map(({ fault }) => fault)).toEqual([]);
});
