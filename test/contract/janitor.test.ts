// The janitor against a real Pushgateway: what is ours and nobody renews goes, everything else stays.
import {
  createServer,
  type Server as HttpServer,
  type IncomingMessage,
  request,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import { parseConfigText } from '../../build/config-file.ts';
import { runDeliver } from '../../functions/deliver/deliver.ts';
import { runJanitor } from '../../functions/janitor/janitor.ts';
import { type Clock, systemClock } from '../../layers/core/src/clock.ts';
import { startDeadline } from '../../layers/core/src/deadline.ts';
import { markOwner } from '../../layers/core/src/pushgateway/owner.ts';
import { createPushgatewaySink } from '../../layers/core/src/pushgateway/sink.ts';
import { findSeries } from '../../layers/core/src/pushgateway/stored.ts';
import { toMessage } from '../../layers/core/src/queue/message.ts';
import { type Group, sample } from '../../layers/core/src/sample.ts';
import { type Server, startPushgateway } from '../../local/programs/servers.ts';
import { answerWith, httpAnswer, startRawServer } from '../support/raw-server.ts';
import { createSkippingClock } from '../support/skipping-clock.ts';

const minute = 60;
const hour = 60 * minute;
const config = parseConfigText(`
probes:
  - { name: web, module: http_2xx, target: 'http://configured/' }
  - { name: slow, module: http_2xx, target: 'http://slow/', interval: 6h }
`);

let server: Server;
beforeEach(async () => {
  server = await startPushgateway();
});
afterEach(() => server.stop());

const group = (instance: string, { job = 'fargaze-web', interval = 60 } = {}): Group => ({
  grouping: { job, instance },
  samples: [
    sample('probe_success', {}, 1),
    sample('probe_interval_seconds', {}, interval),
    sample('fargaze_probe_timestamp_seconds', {}, Date.now() / 1000),
    sample(
      'fargaze_probe_info',
      { probe: 'p', module: 'm', function: 'f', vantage: '', region: '', version: '' },
      1,
    ),
  ],
});

async function push(groups: readonly Group[], owner?: string): Promise<void> {
  const deadline = startDeadline(60, systemClock);
  const own =
    owner === undefined ? groups : groups.map((one) => markOwner(one, Date.now() / 1000, owner));
  await createPushgatewaySink({ url: server.url }).write(
    { taken: Date.now(), groups: own },
    deadline,
  );
  deadline.close();
}

/** What the Pushgateway's clock is ahead by: a proxy before it dates its answers. */
let ahead = 0;
/** Is given the method of each request. */
let seen: (method: string) => void;
/** Called once before the next request of this method reaches the Pushgateway. */
let before: { method: string; act: () => Promise<void> } | undefined;
let dated: HttpServer;
beforeEach(async () => {
  ahead = 0;
  before = undefined;
  seen = () => undefined;
  dated = createServer((incoming, outgoing) => void forward(incoming, outgoing));
  await new Promise<void>((resolve) => dated.listen(0, '127.0.0.1', resolve));
});
afterEach(() => dated.close());

async function forward(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
  if (before !== undefined && before.method === incoming.method) {
    const { act } = before;
    before = undefined;
    await act();
  }
  const { headers, method, url } = incoming;
  seen(method ?? '');
  const inner = request(`${server.url}${url}`, { method, headers }, (answer) => {
    const date = new Date(Date.now() + ahead * 1000).toUTCString();
    outgoing.writeHead(answer.statusCode ?? 500, { ...answer.headers, date });
    answer.pipe(outgoing);
  });
  incoming.pipe(inner);
}

const proxyUrl = () => `http://127.0.0.1:${(dated.address() as AddressInfo).port}`;

const scheduled = {
  ...{ source: 'aws.events', 'detail-type': 'Scheduled Event', detail: {} },
  time: '2026-01-01T00:00:00Z',
};

/** Runs the janitor when the Pushgateway's clock is `seconds` ahead; the function's own is 25 hours ahead, always. */
async function sweep(
  seconds: number,
  event: unknown = scheduled,
  owner = 'us',
  monotonic: Clock['monotonic'] = systemClock.monotonic,
) {
  ahead = seconds;
  const lines: Record<string, unknown>[] = [];
  const summary = await runJanitor(
    {
      config,
      pushgateway: { url: proxyUrl() },
      owner,
      clock: {
        ...systemClock,
        now: () => Date.now() + 25 * hour * 1000,
        monotonic,
      },
      log: (_, message, fields) => void lines.push({ message, ...fields }),
    },
    event,
    { getRemainingTimeInMillis: () => 20_000 },
  );
  return { summary, lines };
}

async function instances(): Promise<string[]> {
  const { data } = (await (await fetch(`${server.url}/api/v1/metrics`)).json()) as {
    readonly data: readonly { readonly labels: Readonly<Record<string, string>> }[];
  };
  return data
    .filter(({ labels }) => labels.job !== 'fargaze-janitor')
    .map(({ labels }) => labels.instance ?? `no instance: ${labels.job}`)
    .sort();
}

it('a group of ours that is no longer configured goes once it was seen stale twice, an hour apart', async () => {
  await push([group('http://configured/'), group('http://removed/?a=1&b=/')], 'us');
  const rest = { groups: 2, owned: 2, deleted: 0, dryRun: false };
  expect((await sweep(10 * minute)).summary).toEqual({ ...rest, stale: 0 });
  const first = await sweep(20 * minute);
  expect(first.summary).toEqual({ ...rest, stale: 1 });
  expect(first.lines[0]).toMatchObject({ message: 'group is stale', staleSeconds: 0 });
  expect((await sweep(70 * minute)).summary).toMatchObject({ stale: 1, deleted: 0 });
  const { lines, summary } = await sweep(80 * minute);
  expect(summary).toMatchObject({ stale: 1, deleted: 1 });
  expect(await instances()).toEqual(['http://configured/']);
  expect(lines[0]).toMatchObject({
    message: 'group deleted',
    instance: 'http://removed/?a=1&b=/',
    job: 'fargaze-web',
    reason: 'unconfigured',
    staleSeconds: expect.any(Number),
  });
  // Its own group has nothing to remember any more.
  expect((await sweep(140 * minute)).summary).toMatchObject({ groups: 1, stale: 0 });
});

it('what was pushed between two looks is stale for the first time again', async () => {
  await push([group('http://removed/')], 'us');
  expect((await sweep(20 * minute)).summary.stale).toBe(1);
  // It comes back; at the next look the Pushgateway's clock has jumped.
  await new Promise((resolve) => setTimeout(resolve, 1100));
  ahead = 0;
  const memory = 'fargaze_janitor_stale_since_timestamp_seconds';
  const text = await (await fetch(`${server.url}/metrics`)).text();
  const [kept] = findSeries(text, new Set([memory]));
  expect(kept?.labels).toMatchObject({
    job: 'fargaze-janitor',
    instance: 'us',
    stale_job: 'fargaze-web',
    stale_instance: 'http://removed/',
  });
  await remember((kept?.value ?? 0) - 20 * minute - 1);
  await push([group('http://removed/')], 'us');
  const { lines, summary } = await sweep(80 * minute);
  expect(summary).toMatchObject({ stale: 1, deleted: 0 });
  expect(lines[0]).toMatchObject({ message: 'group is stale', staleSeconds: 0 });
});

/** Puts what an earlier look has kept. */
async function remember(since: number): Promise<void> {
  const body = `# TYPE fargaze_janitor_stale_since_timestamp_seconds gauge
fargaze_janitor_stale_since_timestamp_seconds{stale_job="fargaze-web",stale_instance="http://removed/"} ${since}
`;
  await fetch(`${server.url}/metrics/job/fargaze-janitor/instance/us`, { method: 'PUT', body });
}

it('what another janitor remembers, or a time that is still to come, is no look of ours', async () => {
  await push([group('http://removed/')], 'us');
  const mark = `# TYPE fargaze_janitor_stale_since_timestamp_seconds gauge
fargaze_janitor_stale_since_timestamp_seconds{stale_job="fargaze-web",stale_instance="http://removed/"}`;
  const put = (owner: string, since: number) =>
    fetch(`${server.url}/metrics/job/fargaze-janitor/instance/${owner}`, {
      method: 'PUT',
      body: `${mark} ${since}\n`,
    });
  await put('them', Date.now() / 1000 + minute);
  expect((await sweep(80 * minute)).summary).toMatchObject({ stale: 1, deleted: 0 });
  // The Pushgateway's clock was far ahead at that look; nothing may wait until it is as late as that.
  await put('us', Date.now() / 1000 + 1000 * hour);
  const { lines } = await sweep(90 * minute);
  expect(lines[0]).toMatchObject({ message: 'group is stale', staleSeconds: 0 });
});

it('a delete belongs to a reading that is two seconds old at most, and to one group', async () => {
  await push([group('http://one/'), group('http://two/')], 'us');
  const body = '# TYPE other gauge\nother 1\n';
  const shards = `${server.url}/metrics/job/fargaze-web/instance@base64/${base64('http://two/')}/shard`;
  await sweep(20 * minute);
  // Of another time than what is stale; whatever order they are shown in, none may pass for it.
  for (let shard = 1; shard <= 8; shard += 1) {
    await fetch(`${shards}/${shard}`, { method: 'PUT', body });
  }
  const methods: string[] = [];
  let late = 0;
  seen = (method) => {
    methods.push(method);
    if (method === 'DELETE') late += 3;
  };
  // Its own time only: how long a busy machine takes does not count.
  const { summary } = await sweep(80 * minute, scheduled, 'us', () => late);
  expect(summary).toMatchObject({ stale: 2, deleted: 2 });
  // The last reading and delete are those of its own memory.
  expect(methods).toEqual(['GET', 'GET', 'DELETE', 'GET', 'DELETE', 'DELETE']);
  expect(await instances()).toEqual(new Array(8).fill('http://two/'));
});

const base64 = (text: string) => Buffer.from(text).toString('base64url');

it('what is pushed between the look and the delete stays', async () => {
  await push([group('http://removed/')], 'us');
  await remember(Date.now() / 1000 + 20 * minute);
  let looks = 0;
  const pushAgain = async () => {
    looks += 1;
    if (looks === 2) await push([group('http://removed/')], 'us');
    else before = { method: 'GET', act: pushAgain };
  };
  before = { method: 'GET', act: pushAgain };
  const { lines, summary } = await sweep(80 * minute);
  expect([looks, summary.deleted]).toEqual([2, 0]);
  expect(lines[0]).toMatchObject({ message: 'group was pushed meanwhile' });
  expect(await instances()).toEqual(['http://removed/']);
});

/** A promise that is resolved from outside. */
function createGate() {
  let resolve: () => void = () => undefined;
  const done = new Promise<void>((then) => {
    resolve = then;
  });
  return { done, resolve };
}

it('what deliver puts just before it is deleted is put again by deliver', async () => {
  await push([group('http://removed/')], 'us');
  await remember(Date.now() / 1000 + 20 * minute);
  let delivered: Promise<unknown> = Promise.resolve();
  const [put, swept] = [createGate(), createGate()];
  const clock = createSkippingClock();
  // It waits when it has put, and looks again once the delete is done, however long either takes.
  const sleep: Clock['sleep'] = async (seconds, signal) => {
    put.resolve();
    await swept.done;
    await clock.sleep(seconds, signal);
  };
  const message = toMessage({ taken: Date.now(), groups: [group('http://removed/')] });
  const deliverBefore = async () => {
    delivered = runDeliver(
      {
        receivers: { pushgateway: { url: server.url } },
        owner: 'us',
        log: () => undefined,
        clock: { ...clock, sleep },
      },
      { Records: [{ messageId: 'm', body: JSON.stringify(message) }] },
      { getRemainingTimeInMillis: () => 20_000 },
    );
    await put.done;
  };
  before = { method: 'DELETE', act: deliverBefore };
  expect((await sweep(80 * minute)).summary.deleted).toBe(1);
  expect(await instances()).not.toContain('http://removed/');
  swept.resolve();
  expect(await delivered).toEqual({ batchItemFailures: [] });
  expect(await instances()).toContain('http://removed/');
});

it('what nobody renews for a day goes, configured or not, unless it comes so rarely', async () => {
  await push(
    [
      group('http://configured/'),
      group('cluster', { job: 'fargaze-ecs' }),
      group('http://slow/', { interval: 6 * hour }),
    ],
    'us',
  );
  expect((await sweep(23 * hour)).summary.stale).toBe(0);
  expect((await sweep(25 * hour)).summary).toMatchObject({ stale: 2, deleted: 0 });
  expect((await sweep(26 * hour)).summary).toMatchObject({ stale: 2, deleted: 2 });
  expect(await instances()).toEqual(['http://slow/']);
  expect((await sweep(61 * hour)).summary.stale).toBe(1);
  expect((await sweep(62 * hour)).summary.deleted).toBe(1);
});

it("nobody else's group is touched, however old and however alike", async () => {
  await push([group('of another deployment')], 'them');
  await push([group('without an owner')]);
  const put = async (path: string, body: string) => {
    const answer = await fetch(`${server.url}/metrics/job/${path}`, { method: 'PUT', body });
    expect(answer.status).toBe(200);
  };
  const mark =
    '# TYPE fargaze_group_timestamp_seconds gauge\nfargaze_group_timestamp_seconds{owner="us"} 1\n';
  await put('fargaze-web', mark);
  await put('fargaze-web/instance/third-label/shard/1', mark);
  await put('backup/instance/somebody', 'backup_bytes 1\n');
  const before = await instances();
  await sweep(1000 * hour);
  const { summary } = await sweep(1001 * hour);
  // Two carry our mark without being of our shape.
  expect(summary).toEqual({ groups: 5, owned: 2, stale: 0, deleted: 0, dryRun: false });
  expect(await instances()).toEqual(before);
});

it.each([{}, null, { dryRun: true }])(
  'by hand (%j) nothing is deleted, and what would be is said',
  async (event) => {
    await push([group('http://removed/'), group('http://just-stale/')], 'us');
    await remember(Date.now() / 1000 + 20 * minute);
    const { lines, summary } = await sweep(80 * minute, event);
    expect(summary).toMatchObject({ stale: 2, deleted: 0, dryRun: true });
    const said = lines.slice(0, 2).map(({ instance, message }) => [instance, message]);
    expect(Object.fromEntries(said)).toEqual({
      'http://removed/': 'group would be deleted',
      'http://just-stale/': 'group is stale',
    });
    expect(await instances()).toEqual(['http://just-stale/', 'http://removed/']);
  },
);

it('by hand it deletes what it may when the event says so', async () => {
  await push([group('http://removed/')], 'us');
  await remember(Date.now() / 1000 + 20 * minute);
  expect((await sweep(80 * minute, { dryRun: false })).summary).toMatchObject({ deleted: 1 });
});

it('where a target cannot be known, nothing is deleted', async () => {
  const unknown = parseConfigText(
    "probes: [{ name: w, module: http_2xx, target: 'http://${FARGAZE_TEST_UNSET}/' }]",
  );
  await push([group('http://removed/')], 'us');
  const run = runJanitor(
    { config: unknown, pushgateway: { url: server.url }, owner: 'us', log: () => undefined },
    {},
    { getRemainingTimeInMillis: () => 20_000 },
  );
  await expect(run).rejects.toThrow('probe w: variable FARGAZE_TEST_UNSET of its target is unset');
  expect(await instances()).toEqual(['http://removed/']);
});

it.each(['[]', '<html>', '{"data":{}}'])(
  'an answer that is none (%s) is an error',
  async (body) => {
    const raw = await startRawServer(answerWith(httpAnswer('200 OK', [], body)));
    const run = runJanitor(
      {
        config,
        pushgateway: { url: `http://127.0.0.1:${raw.port}` },
        owner: 'us',
        log: () => undefined,
      },
      {},
      { getRemainingTimeInMillis: () => 20_000 },
    );
    await expect(run).rejects.toThrow('want {"data": […]}');
    await raw.close();
  },
);
