// Right in the end: whatever happens on the way, what is stored at last is what CloudWatch shows at last.
// FARGAZE_SEEDS=500 runs as many histories; the suite runs a few.
import { readEnv } from '../../layers/core/src/env.ts';
import { type FakeAws, startFakeAws } from '../../local/fake-aws/fake-aws.ts';
import { environment } from '../support/bridging.ts';
import { createReceiver } from '../support/receiver.ts';
import { addCloud, differences, live, pointsOf, truth } from '../support/right-in-the-end.ts';

const start = 1_800_000_000;
/**
 * Those that were wrong once are always among them: a zero that waited until a newer point had overtaken it, a point that was
 * read once more before it was final, and a newest point whose value the receiver had refused.
 */
const seeds = [
  ...new Set([...Array.from({ length: Number(readEnv('FARGAZE_SEEDS') ?? 6) }).keys(), 7, 81, 89]),
];

let fake: FakeAws;
beforeEach(async () => {
  fake = await startFakeAws();
  Object.assign(process.env, environment, { AWS_ENDPOINT_URL: fake.url });
});
afterEach(async () => {
  for (const name of [...Object.keys(environment), 'AWS_ENDPOINT_URL']) delete process.env[name];
  await fake.close();
});

it.each(
  seeds.flatMap((seed) => [
    { seed, outOfOrder: 'taken' as const },
    { seed, outOfOrder: 'refused' as const },
    { seed, outOfOrder: 'kept' as const },
  ]),
)('history $seed, late points $outOfOrder', async ({ outOfOrder, seed }) => {
  addCloud(fake, start);
  const receiver = createReceiver({ outOfOrder });
  await live(fake, receiver, { seed });
  const span = { from: start, until: fake.clock.now() - 25 * 60 };
  const wanted = await truth(fake, span);
  const stored = pointsOf(receiver.series, span);
  expect(stored.size).toBe(4);
  expect(differences(stored, wanted)).toEqual([]);
});
