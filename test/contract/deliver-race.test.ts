// Two deliverers at once, messages shuffled, delayed and repeated, a slow network and a real Pushgateway: in the end the
// newest result stands in every round, and nothing older stays.
import { runDeliver } from '../../functions/deliver/deliver.ts';
import { findSeries } from '../../layers/core/src/pushgateway/stored.ts';
import { toMessage } from '../../layers/core/src/queue/message.ts';
import { sample } from '../../layers/core/src/sample.ts';
import { type Server, startPushgateway } from '../../local/programs/servers.ts';
import { seeded, shuffled } from '../support/seeded.ts';
import { type SlowProxy, startSlowProxy } from '../support/slow-proxy.ts';

const rounds = 60;
/** Rounds differ in how many results they have; two at once are the closest race. */
const versionsOf = (round: number) => [2, 2, 2, 4][round % 4] ?? 2;
const mostVersions = 4;
const settling = { window: 1, margin: 0.5 };

const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

let pushgateway: Server;
let proxy: SlowProxy;
beforeAll(async () => {
  pushgateway = await startPushgateway();
  const random = seeded(1);
  // Most requests take a moment, some nearly as long as they may, a few longer.
  proxy = await startSlowProxy(pushgateway.url, () => 1300 * random() ** 2);
});
afterAll(async () => {
  await proxy.close();
  await pushgateway.stop();
});

const start = Math.floor(Date.now() / 60_000) * 60_000 - mostVersions * 60_000;

function record(instance: string, version: number) {
  const taken = start + version * 60_000;
  const samples = [
    sample('probe_duration_seconds', {}, version),
    sample('fargaze_probe_timestamp_seconds', {}, taken / 1000),
  ];
  const message = toMessage({ taken, groups: [{ grouping: { job: 'race', instance }, samples }] });
  return { messageId: `${instance}-${version}-${Math.random()}`, body: JSON.stringify(message) };
}

type SqsRecord = ReturnType<typeof record>;

/** As an event source does: one batch after the other; what fails comes again later. */
async function work(queue: SqsRecord[], random: () => number): Promise<void> {
  while (queue.length > 0) {
    const batch = queue.splice(0, random() < 0.3 ? 2 : 1);
    const { batchItemFailures } = await runDeliver(
      {
        receivers: { pushgateway: { url: proxy.url } },
        owner: 'race',
        settling,
        log: () => undefined,
      },
      { Records: batch },
      { getRemainingTimeInMillis: () => 40_000 },
    );
    const failed = new Set(batchItemFailures.map(({ itemIdentifier }) => itemIdentifier));
    queue.push(...batch.filter(({ messageId }) => failed.has(messageId)));
  }
}

async function playRound(round: number): Promise<void> {
  const random = seeded(round + 100);
  const versions = versionsOf(round);
  const all = Array.from({ length: versions }, (_, version) => version);
  const twice = all.filter(() => versions > 2 && random() < 0.2);
  const order = shuffled([...all, ...twice], random).map((version) =>
    record(`round-${round}`, version),
  );
  const first = order.filter((_, index) => index % 2 === 0);
  const second = order.filter((_, index) => index % 2 === 1);
  await Promise.all([work(first, random), sleep(random() * 400).then(() => work(second, random))]);
}

it(`the newest result wins in each of ${rounds} rounds`, async () => {
  await Promise.all(Array.from({ length: rounds }, (_, round) => playRound(round)));
  const text = await (await fetch(`${pushgateway.url}/metrics`)).text();
  const held = findSeries(text, new Set(['probe_duration_seconds'])).filter(
    ({ labels }) => labels.job === 'race',
  );
  expect(held).toHaveLength(rounds);
  const newest = (instance = '') => versionsOf(Number(instance.slice('round-'.length))) - 1;
  const stale = held.filter(({ labels, value }) => value !== newest(labels.instance));
  expect(stale.map(({ labels, value }) => `${labels.instance}: ${value}`)).toEqual([]);
  const times = findSeries(text, new Set(['fargaze_group_timestamp_seconds'])).filter(
    ({ labels }) => labels.owner === 'race' && labels.job === 'race',
  );
  const wrong = times.filter(
    ({ labels, value }) => value !== start / 1000 + newest(labels.instance) * 60,
  );
  expect([times.length, wrong]).toEqual([rounds, []]);
}, 300_000);
