// The janitor against a real Pushgateway: what is ours and nobody renews goes, everything else stays.
import { runJanitor } from '../../functions/janitor/janitor.ts';
import { systemClock } from '../../layers/core/src/clock.ts';
import { startDeadline } from '../../layers/core/src/deadline.ts';
import { markOwner } from '../../layers/core/src/pushgateway/owner.ts';
import { createPushgatewaySink } from '../../layers/core/src/pushgateway/sink.ts';
import { type Group, sample } from '../../layers/core/src/sample.ts';
import { type Server, startPushgateway } from '../../local/programs/servers.ts';
import { parseConfigText } from '../../scripts/config-file.ts';
import { answerWith, httpAnswer, startRawServer } from '../support/raw-server.ts';

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
  const deadline = startDeadline(5, systemClock);
  const own = owner === undefined ? groups : groups.map((one) => markOwner(one, Date.now(), owner));
  await createPushgatewaySink({ url: server.url }).write(
    { taken: Date.now(), groups: own },
    deadline,
  );
  deadline.close();
}

/** Runs the janitor `seconds` from now. */
async function sweep(seconds: number, event: unknown = {}, owner = 'us') {
  const lines: Record<string, unknown>[] = [];
  const summary = await runJanitor(
    {
      config,
      pushgateway: { url: server.url },
      owner,
      clock: { ...systemClock, now: () => Date.now() + seconds * 1000 },
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
  return data.map(({ labels }) => labels.instance ?? `no instance: ${labels.job}`).sort();
}

it('a group of ours that is no longer configured goes once it is silent; one that is configured stays', async () => {
  await push([group('http://configured/'), group('http://removed/?a=1&b=/')], 'us');
  expect((await sweep(10 * minute)).summary).toEqual({
    groups: 2,
    owned: 2,
    deleted: 0,
    dryRun: false,
  });
  const { lines, summary } = await sweep(hour);
  expect(summary).toEqual({ groups: 2, owned: 2, deleted: 1, dryRun: false });
  expect(await instances()).toEqual(['http://configured/']);
  expect(lines[0]).toMatchObject({
    message: 'group deleted',
    instance: 'http://removed/?a=1&b=/',
    job: 'fargaze-web',
    reason: 'unconfigured',
  });
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
  expect((await sweep(23 * hour)).summary.deleted).toBe(0);
  expect((await sweep(25 * hour)).summary.deleted).toBe(2);
  expect(await instances()).toEqual(['http://slow/']);
  expect((await sweep(61 * hour)).summary.deleted).toBe(1);
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
  const { summary } = await sweep(1000 * hour);
  // Two carry our mark without being of our shape.
  expect(summary).toEqual({ groups: 5, owned: 2, deleted: 0, dryRun: false });
  expect(await instances()).toEqual(before);
});

it('a dry run deletes nothing and says what would go', async () => {
  await push([group('http://removed/')], 'us');
  const { lines, summary } = await sweep(hour, { dryRun: true });
  expect(summary).toMatchObject({ deleted: 0, dryRun: true });
  expect(lines[0]).toMatchObject({
    message: 'group would be deleted',
    instance: 'http://removed/',
  });
  expect(await instances()).toEqual(['http://removed/']);
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
