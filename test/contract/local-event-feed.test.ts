// The way of an event in the local system: the simulated cloud of `npm start`, the feed that stands for EventBridge and the queue,
// the deliver function where the feed calls it, and a real Prometheus.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server as HttpServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { runDeliver } from '../../functions/deliver/deliver.ts';
import type { Clock } from '../../layers/core/src/clock.ts';
import { addDemo, demoCluster } from '../../local/fake-aws/demo.ts';
import { type FakeAws, startFakeAws } from '../../local/fake-aws/fake-aws.ts';
import { type PrometheusServer, startPrometheus } from '../../local/programs/servers.ts';
import { feedEvents } from '../../local/system/ecs-events.ts';
import { createFakeClock } from '../support/fake-clock.ts';

let fake: FakeAws;
let prometheus: PrometheusServer;
let functions: HttpServer;
let directory: string;
/** How many calls of deliver fail before it works. */
let failing = 0;
const called: string[] = [];
/** Five minutes after a deployment of the demo, and three before the next mishap. */
const start = (Math.floor(Date.now() / 900_000) - 1) * 900 + 300;

/** What serverless offline does with a call of the function. */
async function invoke(body: string): Promise<{ status: number; answer: unknown }> {
  if (failing > 0) {
    failing -= 1;
    return { status: 502, answer: { errorMessage: 'no function yet' } };
  }
  const receivers = {
    remoteWrite: { url: new URL(`${prometheus.url}/api/v1/write`), version: 1 },
  } as const;
  const clock = createFakeClock(fake.clock.now() * 1000);
  const answer = await runDeliver(
    { receivers, owner: 'local', clock, log: () => undefined },
    JSON.parse(body),
    { getRemainingTimeInMillis: () => 30_000 },
  );
  return { status: 200, answer };
}

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'fargaze-'));
  const configFile = join(directory, 'prometheus.yml');
  writeFileSync(configFile, 'storage: { tsdb: { out_of_order_time_window: 4h } }');
  functions = createServer(async (request, response) => {
    called.push(request.url ?? '');
    const { answer, status } = await invoke(await text(request));
    response.writeHead(status).end(JSON.stringify(answer));
  });
  await new Promise<void>((resolve) => functions.listen(0, '127.0.0.1', resolve));
  [fake, prometheus] = await Promise.all([
    startFakeAws(),
    startPrometheus({ configFile, args: ['--web.enable-remote-write-receiver'] }),
  ]);
  fake.clock.set(start);
  addDemo(fake.model);
});
afterAll(async () => {
  functions.close();
  await Promise.all([fake.close(), prometheus.stop()]);
  rmSync(directory, { recursive: true });
});

/** A clock whose sleeper wakes when the test looks again; `looked` ends when the feed has looked and sleeps. */
function createLooks() {
  const naps: { readonly wake: () => void }[] = [];
  let noted = () => {};
  const clock: Clock = {
    now: () => fake.clock.now() * 1000,
    monotonic: () => 0,
    sleep: (_, signal) =>
      new Promise((wake, reject) => {
        signal?.addEventListener('abort', () => reject(signal.reason));
        naps.push({ wake });
        noted();
      }),
  };
  const looked = async () => {
    while (naps.length === 0) {
      await new Promise<void>((resolve) => {
        noted = resolve;
      });
    }
  };
  const lookAgain = () => {
    naps.pop()?.wake();
    return looked();
  };
  return { clock, looked, lookAgain };
}

/** How many events of each metric are stored. */
async function stored(): Promise<Record<string, number>> {
  const at = fake.clock.now() + 60;
  const counts = await Promise.all(
    ['task_stop', 'container_exit', 'service'].map(async (kind) => {
      const metric = `ecs_event_${kind}`;
      const events = `count_over_time(${metric}{cluster="${demoCluster}"}[3h] @ ${at})`;
      return (await prometheus.query(`sum(${events})`)).map(({ value }) => [metric, value]);
    }),
  );
  return Object.fromEntries(counts.flat());
}

/** What the cloud has sent since `from`. */
function sent(from: number): Record<string, number> {
  const events = fake.model.busEvents({ from, to: fake.clock.now() });
  const stops = events.filter((event) => event['detail-type'] === 'ECS Task State Change');
  const containers = stops.flatMap(({ detail }) => (detail.containers ?? []) as object[]);
  return {
    ecs_event_task_stop: stops.length,
    ecs_event_container_exit: containers.length,
    ecs_event_service: events.length - stops.length,
  };
}

it('the last hour comes first, then what happens; what fails is handed over again; each event once', async () => {
  const { port } = functions.address() as AddressInfo;
  const { clock, lookAgain, looked } = createLooks();
  // Both a batch and an event, twice.
  failing = 4;
  const feed = feedEvents({ aws: fake.url, functions: `http://127.0.0.1:${port}`, clock });
  try {
    await looked();
    expect(await stored()).toEqual({});
    await lookAgain();
    expect(await stored()).toEqual({});
    await lookAgain();
    const hour = sent(start - 3600);
    // Four deployments of the worker in the hour, and four mishaps.
    expect(hour.ecs_event_task_stop).toBeGreaterThanOrEqual(8);
    expect(await stored()).toEqual(hour);

    const oom = { web: { exitCode: 137, reason: 'OutOfMemoryError: Container killed' } };
    fake.model.stopTask({ cluster: demoCluster, service: 'web', exits: oom });
    fake.clock.advance(60);
    await lookAgain();
    await lookAgain();
    const after = sent(start - 3600);
    expect(after.ecs_event_task_stop).toBe((hour.ecs_event_task_stop ?? 0) + 1);
    expect(await stored()).toEqual(after);
    const at = fake.clock.now();
    const killed = `ecs_event_container_exit{service="web",reason="oom_killed"}`;
    expect(await prometheus.query(`sum(count_over_time(${killed}[2m] @ ${at}))`)).toMatchObject([
      { value: 1 },
    ]);
    // A minute without an event: deliver is not silent.
    fake.clock.advance(60);
    await lookAgain();
    const quiet = fake.clock.now();
    expect(await stored()).toEqual(after);
    expect(await prometheus.query(`fargaze_deliver_timestamp_seconds @ ${quiet}`)).toMatchObject([
      { value: quiet },
    ]);
  } finally {
    await feed.stop();
  }
  // The name under which a deployment has the function.
  const name = 'fargaze-dev-deliver';
  expect(new Set(called)).toEqual(new Set([`/2015-03-31/functions/${name}/invocations`]));
  expect(readFileSync('test/fixtures/template.golden.json', 'utf8')).toContain(`"${name}"`);
}, 30_000);
