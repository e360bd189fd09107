// Clusters whose nodes do not say where they are, as a node alone does that never learnt its own address, or whose slots
// are on the move: the probe asks on where it is, within bounds.
import type { Socket } from 'node:net';
import { probeRedis } from '../../functions/redis-probe/probe.ts';
import { RespError } from '../../functions/redis-probe/resp.ts';
import { parseRedirection, parseSlots } from '../../functions/redis-probe/slots.ts';
import { waitFor } from '../../local/programs/process.ts';
import { startRedis } from '../../local/programs/servers.ts';
import { detail, redisModule, runProbe, verdict } from '../support/probing.ts';
import { startRawServer } from '../support/raw-server.ts';
import { sendTo } from '../support/redis-admin.ts';
import { startCluster } from '../support/redis-topologies.ts';

const setting = 'cluster-preferred-endpoint-type';

/** By what nodes announce themselves, one after the other. Before Redis 7 by their address only, and there is no setting. */
async function eachEndpoint(urls: readonly string[], work: (type: string) => Promise<void>) {
  const [first = ''] = urls;
  const found = await sendTo(first, (send) => send('CONFIG', 'GET', setting));
  if (Object.keys(found as object).length === 0) return work('address');
  for (const type of ['ip', 'hostname', 'unknown-endpoint']) {
    for (const url of urls) await sendTo(url, (send) => send('CONFIG', 'SET', setting, type));
    await work(type);
  }
}

it('one node that never learnt its address is reached where it was asked', async () => {
  const node = await startRedis({ args: ['--cluster-enabled', 'yes'] });
  const slots = Array.from({ length: 16_384 }, (_, slot) => String(slot));
  await sendTo(node.url, (send) => send('CLUSTER', 'ADDSLOTS', ...slots));
  await waitFor({
    what: 'cluster of one node',
    seconds: 60,
    check: () =>
      sendTo(node.url, async (send) =>
        String(await send('CLUSTER', 'INFO')).includes('cluster_state:ok'),
      ),
  });
  await eachEndpoint([node.url], async (type) => {
    const probed = await runProbe(probeRedis, redisModule({}), node.url);
    expect([type, verdict(probed), detail(probed)]).toEqual([type, 'ok', '']);
    const shard = `probe_redis_shard_success{shard="0",node="127.0.0.1:${node.port}"}`;
    expect(probed.samples[shard]).toBe(1);
  });
  await node.stop();
});

it('nodes without the names by which they shall be known are reached by map and by MOVED', async () => {
  const cluster = await startCluster({ replicas: 0 });
  const [first] = cluster.nodes;
  process.env.TEST_MAPLESS = 'right-one';
  const user = { username: 'mapless', password: 'env:TEST_MAPLESS' };
  const urls = cluster.nodes.map(({ url }) => url);
  const rights = ['on', '>right-one', '~*', '+@all', '-cluster', '+cluster|info'];
  for (const url of urls) await sendTo(url, (send) => send('ACL', 'SETUSER', 'mapless', ...rights));
  await eachEndpoint(urls, async (type) => {
    for (const redis of [{}, user]) {
      const probed = await runProbe(probeRedis, redisModule(redis), first?.url ?? '');
      expect([type, verdict(probed), detail(probed)]).toEqual([type, 'ok', '']);
    }
  });
  delete process.env.TEST_MAPLESS;
  await cluster.stop();
});

it('a place that a node does not name is that of the map, or of who was asked', () => {
  const asked = { host: 'entry.example', port: 6379 };
  const node = (...parts: readonly (string | number | null)[]) => parts;
  const map = [
    [0, 8191, [null, 6379]],
    [
      8192,
      16_383,
      [...node('?', 6380, 'id'), ['ip', '10.0.0.2']],
      [...node('?', 6381, 'id'), ['ip', '']],
    ],
  ];
  expect(parseSlots(map, asked)).toMatchObject([
    { primary: { host: 'entry.example', port: 6379 }, replicas: [] },
    {
      primary: { host: '10.0.0.2', port: 6380 },
      replicas: [{ host: 'entry.example', port: 6381 }],
    },
  ]);
  const known = [
    { host: '10.0.0.2', port: 6380 },
    { host: '10.0.0.3', port: 6379 },
    { host: '10.0.0.4', port: 6379 },
  ];
  const lead = (words: string) => parseRedirection(new RespError(words), { place: asked, known });
  expect(lead('MOVED 1 ?:6380')).toEqual({ place: known[0], asking: false });
  expect(lead('ASK 1 :6380')).toEqual({ place: known[0], asking: true });
  expect(lead('MOVED 1 ?:6379')).toEqual({ place: asked, asking: false });
  expect(lead('MOVED 1 ::1:6379')?.place).toEqual({ host: '::1', port: 6379 });
  expect(lead('MOVED 1 h:70000')).toBeUndefined();
});

/** A node of a cluster, with one shard and one key, that says so many times that SET shall be tried again. */
function serveMoving(times: number) {
  let left = times;
  let value = '';
  return (socket: Socket) => {
    const map = `*1\r\n*3\r\n:0\r\n:16383\r\n*2\r\n$-1\r\n:${socket.localPort}\r\n`;
    socket.on('data', (chunk: Buffer) => {
      const words = chunk.toString('latin1').split('\r\n');
      const [name = '', second = '', text = ''] = [words[2], words[4], words[6]];
      if (name === 'SET') value = text;
      const answers: Readonly<Record<string, string>> = {
        HELLO: '%1\r\n+mode\r\n+cluster\r\n',
        PING: '+PONG\r\n',
        ROLE: '*3\r\n+master\r\n:0\r\n*0\r\n',
        CLUSTER: second === 'SLOTS' ? map : '-NOPERM no\r\n',
        SET: left > 0 ? '-TRYAGAIN Multiple keys request\r\n' : '+OK\r\n',
        GET: `$${value.length}\r\n${value}\r\n`,
        DEL: ':1\r\n',
      };
      socket.write(answers[name] ?? '-ERR unknown command\r\n');
      if (name === 'SET') left -= 1;
    });
  };
}

it.each([
  { times: 3, want: 'ok' },
  { times: 100, want: 'write/tryagain' },
])('a node that says TRYAGAIN $times times: $want', async ({ times, want }) => {
  const server = await startRawServer(serveMoving(times));
  const module = redisModule({ health: false });
  const probed = await runProbe(probeRedis, module, `redis://127.0.0.1:${server.port}`);
  await server.close();
  expect(verdict(probed)).toBe(want);
});
