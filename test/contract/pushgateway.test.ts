// The Pushgateway sink against the real Pushgateway: every label value arrives, every refusal is reported.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { systemClock } from '../../layers/core/src/clock.ts';
import { startDeadline } from '../../layers/core/src/deadline.ts';
import { type Pushgateway, pushGroup } from '../../layers/core/src/pushgateway/push.ts';
import { pushMetrics } from '../../layers/core/src/pushgateway/push-metrics.ts';
import { createPushgatewaySink } from '../../layers/core/src/pushgateway/sink.ts';
import { type Group, sample } from '../../layers/core/src/sample.ts';
import { type Server, startPushgateway } from '../../local/programs/servers.ts';
import { answersClashes } from '../support/clashing-push.ts';
import { answerWith, httpAnswer, startRawServer } from '../support/raw-server.ts';

let server: Server;
beforeEach(async () => {
  server = await startPushgateway();
});
afterEach(() => server.stop());

async function write(groups: readonly Group[], gateway: Partial<Pushgateway> = {}): Promise<void> {
  const deadline = startDeadline(60, systemClock);
  try {
    await createPushgatewaySink({ url: server.url, ...gateway }).write(
      { taken: 0, groups },
      deadline,
    );
  } finally {
    deadline.close();
  }
}

const group = (instance: string, value = 1, job = 'fargaze-web'): Group => ({
  grouping: { job, instance },
  samples: [sample('probe_success', {}, value)],
});

async function exposed(): Promise<string[]> {
  const text = await (await fetch(`${server.url}/metrics`)).text();
  return text.split('\n').filter((line) => /^probe_/.test(line));
}

it.each([
  'http://127.0.0.1:8000/healthy?x=1&y=/',
  'redis://127.0.0.1:6379',
  'plain',
  'with space + plus % percent',
  'ümlaut ☃ 😀',
  'quote " back \\ slash',
  'line\nfeed',
  '',
  '/',
  '.',
  '..',
  '@base64',
])('the instance %j arrives as it is', async (instance) => {
  await write([group(instance, 0.25)]);
  const escaped = instance.replace(/[\\"]/g, '\\$&').replaceAll('\n', '\\n');
  expect(await exposed()).toEqual([`probe_success{instance="${escaped}",job="fargaze-web"} 0.25`]);
});

it('a push replaces its group and leaves the others', async () => {
  const before: Group = {
    grouping: { job: 'j', instance: 'a' },
    samples: [
      sample('probe_success', {}, 0),
      sample('probe_failure_info', { phase: 'connect', reason: 'refused' }, 1),
    ],
  };
  await write([before, group('b', 1, 'j')]);
  await write([group('a', 1, 'j')]);
  expect(await exposed()).toEqual([
    'probe_success{instance="a",job="j"} 1',
    'probe_success{instance="b",job="j"} 1',
  ]);
});

describe('somebody else has pushed one of our metrics with another type', () => {
  const counter = 'probe_duration_seconds{a="b"} 7\n';
  const full = (instance: string): Group => ({
    grouping: { job: 'j', instance },
    samples: [sample('probe_success', {}, 1), sample('probe_duration_seconds', {}, 0.5)],
  });
  beforeEach(async () => {
    const body = `# TYPE probe_duration_seconds counter\n${counter}`;
    await fetch(`${server.url}/metrics/job/other`, { method: 'PUT', body });
  });

  it('costs that metric, which is named; everything else is stored', async () => {
    const failed = write([full('one'), full('two'), group('three', 1, 'j')]);
    const answered = await answersClashes();
    const want = answered ? { status: 400, retryable: false } : { retryable: true };
    await expect(failed).rejects.toMatchObject(want);
    if (!answered) return;
    await expect(failed).rejects.toThrow(
      /^pushgateway: metrics left out .*\n {2}probe_duration_seconds: status 400, want 200 or 202: .*inconsistent.*$/,
    );
    expect(await exposed()).toEqual([
      'probe_duration_seconds{a="b",instance="",job="other"} 7',
      'probe_success{instance="one",job="j"} 1',
      'probe_success{instance="three",job="j"} 1',
      'probe_success{instance="two",job="j"} 1',
    ]);
  });

  it('costs the group where it is its only time', async () => {
    const body =
      '# TYPE fargaze_probe_timestamp_seconds counter\nfargaze_probe_timestamp_seconds 1\n';
    await fetch(`${server.url}/metrics/job/clock`, { method: 'PUT', body });
    const bad: Group = {
      grouping: { job: 'j', instance: 'bad' },
      samples: [sample('fargaze_probe_timestamp_seconds', {}, 1)],
    };
    await expect(write([group('good', 1, 'j'), bad])).rejects.toThrow(
      (await answersClashes())
        ? /1 of 2 groups not delivered[\s\S]*j bad: status 400, want 200 or 202: .*inconsistent/
        : /1 of 2 groups not delivered[\s\S]*j bad: /,
    );
    expect(await exposed()).toContain('probe_success{instance="good",job="j"} 1');
  });
});

it.each([
  { status: '503 Service Unavailable', headers: ['Retry-After: 7'], afterSeconds: 7 },
  { status: '429 Too Many Requests', headers: ['Retry-After: 30'], afterSeconds: 30 },
  { status: '503 Service Unavailable', headers: [], afterSeconds: undefined },
  { status: '400 Bad Request', headers: ['Retry-After: 7'], afterSeconds: undefined },
  { status: '302 Found', headers: ['Location: /'], afterSeconds: undefined },
  { status: '206 Partial Content', headers: [], afterSeconds: undefined },
])(
  'a push that is answered with $status $headers has failed, and says when to come again',
  async (answer) => {
    const { afterSeconds, headers, status } = answer;
    const busy = await startRawServer(answerWith(httpAnswer(status, headers, 'busy')));
    const deadline = startDeadline(60, systemClock);
    const url = `http://127.0.0.1:${busy.port}`;
    const pushed = pushGroup({ url }, { grouping: { job: 'j' }, text: 'a 1\n' }, deadline);
    await expect(pushed).rejects.toMatchObject({
      status: Number(status.slice(0, 3)),
      afterSeconds,
    });
    deadline.close();
    await busy.close();
  },
);

it('sixty groups of some size arrive', async () => {
  const labels = (i: number) => ({
    probe: `p${i}`,
    module: 'm',
    function: 'f',
    vantage: 'v',
    region: 'r',
    version: 'x',
  });
  const groups = Array.from(
    { length: 60 },
    (_, i): Group => ({
      grouping: { job: 'j', instance: `https://host-${i}.example.test/` },
      samples: [
        sample('fargaze_probe_info', labels(i), 1),
        ...(['resolve', 'connect', 'tls', 'processing', 'transfer'] as const).map((phase) =>
          sample('probe_http_duration_seconds', { phase }, i),
        ),
      ],
    }),
  );
  await write(groups);
  expect(await exposed()).toHaveLength(300);
});

it('bodies above 8 KiB are compressed, smaller ones, such as those of a probe, are not', async () => {
  const bodies: { readonly head: string; readonly body: Buffer }[] = [];
  const receiver = await startRawServer((socket) => {
    let all = Buffer.alloc(0);
    socket.on('data', (chunk: Buffer) => {
      all = Buffer.concat([all, chunk]);
      const end = all.indexOf('\r\n\r\n');
      const head = all.toString('latin1', 0, end);
      const length = Number(/content-length: (\d+)/i.exec(head)?.[1]);
      if (all.length < end + 4 + length) return;
      bodies.push({ head, body: all.subarray(end + 4) });
      socket.end('HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n');
    });
  });
  const many = Array.from({ length: 300 }, (_, i) =>
    sample('fargaze_bridge_requests', { api: `a${i}` }, i),
  );
  const url = `http://127.0.0.1:${receiver.port}/base/`;
  await write([{ grouping: { job: 'j', instance: 'big' }, samples: many }], { url });
  await write([group('small')], { url });
  await receiver.close();
  const [big, small] = bodies;
  expect(big?.head).toMatch(/^PUT \/base\/metrics\/job\/j\/instance\/big HTTP\/1\.1/);
  expect(big?.head).toMatch(/content-encoding: gzip/i);
  expect(gunzipSync(big?.body ?? '').toString()).toContain(
    'fargaze_bridge_requests{api="a299"} 299\n',
  );
  expect(small?.head).not.toMatch(/content-encoding/i);
  expect(small?.body.toString()).toContain('# TYPE probe_success gauge\nprobe_success 1\n');
});

it('basic authentication by reference, and its absence', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'fargaze-pushgateway-'));
  const file = join(directory, 'web.yml');
  // bcrypt of the throwaway password "test", public in every sense.
  writeFileSync(
    file,
    'basic_auth_users:\n  u: $2b$12$hNf2lSsxfm0.i4a.1kVpSOVyBCfIB51VRjgBUyv6kdnyTlgWj81Ay\n',
  );
  const guarded = await startPushgateway({ args: [`--web.config.file=${file}`] }).catch(
    (error) => error,
  );
  process.env.TEST_PUSH_PASSWORD = 'test';
  process.env.TEST_PUSH_WRONG = 'not-it';
  try {
    const url = guarded.url as string;
    const auth = (password: `env:${string}`) => ({ url, auth: { username: 'u', password } });
    await write([group('a')], auth('env:TEST_PUSH_PASSWORD'));
    const wrong = write([group('a')], auth('env:TEST_PUSH_WRONG'));
    await expect(wrong).rejects.toMatchObject({ status: 401 });
    await wrong.catch((error) => expect(String(error)).not.toContain('not-it'));
    await expect(write([group('a')], { url })).rejects.toMatchObject({ status: 401 });
  } finally {
    delete process.env.TEST_PUSH_PASSWORD;
    delete process.env.TEST_PUSH_WRONG;
    await guarded.stop();
    rmSync(directory, { recursive: true });
  }
});

it('an address that is none is refused before anything is sent, without its credentials', () => {
  expect(() => createPushgatewaySink({ url: 'ftp://u:secret@h/' })).toThrow(
    /got "ftp:\/\/h\/", want an http or https URL/,
  );
});

it('pushMetrics pushes whatever a registry renders, under any grouping', async () => {
  const registry = { metrics: () => '# TYPE probe_jobs_done counter\nprobe_jobs_done 3\n' };
  await pushMetrics({
    url: server.url,
    registry,
    grouping: { job: 'mine', zone: 'a/b', shard: '' },
  });
  expect(await exposed()).toEqual([
    'probe_jobs_done{instance="",job="mine",shard="",zone="a/b"} 3',
  ]);
});
