// Right in the end: whatever happens on the way, what is stored at last is what CloudWatch shows at last. Points come late and
// are revised for nine minutes; functions start cold, are killed between two writes or run twice at once; the receiver fails.
// FARGAZE_SEEDS=500 runs as many histories; the suite runs a few.
import { readEnv } from '../../layers/core/src/env.ts';
import { type FakeAws, startFakeAws } from '../../local/fake-aws/fake-aws.ts';
import {
  cloudWatch,
  cpuOfServices,
  createBridge,
  environment,
  job,
  metric,
  type TestBridge,
} from '../support/bridging.ts';
import { createRandom } from '../support/random.ts';
import { createReceiver, type Receiver, type ReceiverOptions } from '../support/receiver.ts';

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

const errors = metric('Errors', { statistics: ['Sum'], nilToZero: true, period: 300, length: 300 });
const requests = metric('Invocations', { statistics: ['Sum'] });
const config = cloudWatch([cpuOfServices, job('AWS/Lambda', { metrics: [errors, requests] })]);

function addCloud(): void {
  fake.clock.set(start - 600);
  fake.model.addCluster({ name: 'prod' });
  fake.model.addService({ cluster: 'prod', name: 'web', desired: 2 });
  fake.model.addService({ cluster: 'prod', name: 'fine', desired: 1, resolution: 20 });
  fake.model.addResource({
    kind: 'other',
    service: 'lambda',
    name: 'function:shop',
    tags: { a: 'b' },
  });
  const dimensions = { FunctionName: 'shop' };
  const declared = { namespace: 'AWS/Lambda', dimensions };
  fake.model.addMetric({ ...declared, name: 'Errors', everySeconds: 900 });
  fake.model.addMetric({ ...declared, name: 'Invocations' });
  fake.clock.set(start);
}

/** A receiver that takes `writes` more writes and then is down, as when the function is killed there. */
function killAfter(receiver: Receiver, writes: number): Receiver {
  let left = writes;
  return {
    ...receiver,
    write: async (...args) => {
      if (left <= 0) receiver.setState('down');
      left -= 1;
      return receiver.write(...args);
    },
  };
}

type History = { readonly seed: number; readonly outOfOrder: ReceiverOptions['outOfOrder'] };

/** Forty minutes in which everything may happen, and forty in which nothing does. */
async function live({ outOfOrder, seed }: History): Promise<Receiver> {
  const random = createRandom(seed);
  const receiver = createReceiver({ outOfOrder });
  let bridge = createBridge(fake, config, receiver);
  const tryRun = async (one: TestBridge) => {
    await one.run().catch((error: unknown) => {
      if (!/receiver is down/.test(String(error))) throw error;
    });
    receiver.setState('up');
  };
  for (let minute = 0; minute < 80; minute += 5) {
    fake.clock.advance(290 + Math.floor(20 * random()));
    const event = minute < 40 ? random() : 1;
    if (event < 0.15) receiver.setState('down');
    if (event >= 0.15 && event < 0.35) {
      await tryRun(createBridge(fake, config, killAfter(receiver, Math.floor(6 * random()))));
      continue;
    }
    if (event >= 0.35 && event < 0.5) bridge = createBridge(fake, config, receiver);
    if (event >= 0.5 && event < 0.6) await tryRun(createBridge(fake, config, receiver));
    await tryRun(bridge);
  }
  return receiver;
}

/** Points of the CloudWatch series in [from, until) by series. */
function pointsOf({ series }: Receiver, from: number, until: number) {
  return new Map(
    [...series]
      .filter(([key]) => /^aws_(?:ecs_cpu|lambda_(?:errors|invocations))/.test(key))
      .map(([key, points]): [string, unknown] => [
        key,
        [...points]
          .filter(([at]) => at >= from * 1000 && at < until * 1000)
          .sort(([a], [b]) => a - b),
      ])
      .sort(([a], [b]) => (String(a) < String(b) ? -1 : 1)),
  );
}

const late = {
  lagSeconds: 60,
  settleSeconds: 540,
  revisions: 'on',
  stragglers: { oneIn: 5, seconds: 480 },
} as const;

it.each(
  seeds.flatMap((seed) => [
    { seed, outOfOrder: 'taken' as const },
    { seed, outOfOrder: 'refused' as const },
  ]),
)('history $seed, late points $outOfOrder', async (history) => {
  addCloud();
  fake.setVisibility(late);
  const receiver = await live(history);
  const until = fake.clock.now() - 25 * 60;
  fake.setVisibility({ ...late, revisions: 'off', stragglers: undefined });
  const truth = createReceiver();
  await createBridge(fake, config, truth).run();
  const stored = pointsOf(receiver, start, until);
  expect(stored.size).toBe(4);
  expect(stored).toEqual(pointsOf(truth, start, until));
});
