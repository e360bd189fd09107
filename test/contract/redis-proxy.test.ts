// The Redis probe through proxies: a real twemproxy, and servers that answer as others do to what they do not know.
import { connect, type Socket } from 'node:net';
import { probeRedis } from '../../functions/redis-probe/probe.ts';
import { type Server, startRedis } from '../../local/programs/servers.ts';
import { detail, redisModule, runProbe, verdict } from '../support/probing.ts';
import { startRawServer } from '../support/raw-server.ts';
import { sendTo } from '../support/redis-admin.ts';
import { startTwemproxy } from '../support/redis-topologies.ts';

describe('twemproxy', () => {
  let redis: Server;
  let proxy: Server;
  beforeAll(async () => {
    redis = await startRedis();
    proxy = await startTwemproxy(redis.port);
  });
  afterAll(async () => {
    await proxy.stop();
    await redis.stop();
  });

  it('closes on what it does not know, and is up all the same', async () => {
    const probed = await runProbe(probeRedis, redisModule({}), proxy.url);
    expect([verdict(probed), detail(probed)]).toEqual(['ok', '']);
    for (const check of ['hello', 'role', 'info', 'latency', 'slowlog']) {
      expect(probed.samples[`probe_redis_check_supported{check="${check}"}`]).toBe(0);
    }
    expect(await sendTo(redis.url, (send) => send('DBSIZE'))).toBe(0);
  });

  it('is asked for nothing that it does not know with topology: proxy, with a database in the URL too', async () => {
    const module = redisModule({ topology: 'proxy' });
    const probed = await runProbe(probeRedis, module, `${proxy.url}/3`);
    expect([verdict(probed), detail(probed)]).toEqual(['ok', '']);
    expect(probed.trace.filter((line) => line.startsWith('connected'))).toHaveLength(1);
  });

  it.each([
    {
      redis: { pubsub: true },
      says: 'pubsub/closed SUBSCRIBE: connection closed by the server, as proxies answer what they do not know: want pubsub: false',
    },
    {
      path: '/1',
      says: 'auth/closed SELECT: connection closed by the server, as proxies answer what they do not know: want topology: proxy, or an address without a database',
    },
    {
      redis: { topology: 'sentinel' },
      says: 'sentinel/closed SENTINEL MASTERS: connection closed by the server, as proxies answer what they do not know: want a sentinel, or topology: auto',
    },
    {
      redis: { topology: 'cluster' },
      says: 'cluster/unsupported CLUSTER SLOTS is not answered, want topology: auto',
    },
  ])('that is asked for what it does not know says what is wanted: $says', async (row) => {
    const { path = '', redis: options = {}, says } = row;
    const probed = await runProbe(probeRedis, redisModule(options), `${proxy.url}${path}`);
    expect(`${verdict(probed)} ${detail(probed)}`).toBe(says);
  });

  it('whose server refuses writes is down with the cause', async () => {
    await sendTo(redis.url, (send) => send('CONFIG', 'SET', 'min-replicas-to-write', '1'));
    const probed = await runProbe(probeRedis, redisModule({ topology: 'proxy' }), proxy.url);
    await sendTo(redis.url, (send) => send('CONFIG', 'SET', 'min-replicas-to-write', '0'));
    expect(verdict(probed)).toBe('write/noreplicas');
  });

  it('without its server is down', async () => {
    const lonely = await startTwemproxy(1);
    const probed = await runProbe(probeRedis, redisModule({ topology: 'proxy' }), lonely.url);
    await lonely.stop();
    expect(probed.outcome.ok).toBe(false);
    expect(probed.outcome).toMatchObject({ phase: 'write' });
  });
});

/** Answers each command by its name; `close` ends the connection. Keeps a key. */
function behave(answers: Readonly<Record<string, string | 'close'>>) {
  const values = new Map<string, string>();
  return (socket: Socket) => {
    socket.on('data', (chunk: Buffer) => {
      const [name = '', key = '', value = ''] = chunk
        .toString('latin1')
        .split('\r\n')
        .filter((part) => part !== '' && !/^[*$]\d+$/.test(part));
      const answer = answers[name] ?? answers['*'];
      if (name === 'PING') socket.write('+PONG\r\n');
      else if (answer === 'close') socket.end();
      else if (answer !== undefined) socket.write(answer);
      else if (name === 'SET') {
        values.set(key, value);
        socket.write('+OK\r\n');
      } else if (name === 'GET') {
        const found = values.get(key);
        socket.write(found === undefined ? '$-1\r\n' : `$${found.length}\r\n${found}\r\n`);
      } else if (name === 'DEL') socket.write(`:${values.delete(key) ? 1 : 0}\r\n`);
      else socket.write('-ERR unknown command\r\n');
    });
  };
}

it.each([
  {
    name: 'Envoy that wants a password first',
    answers: { HELLO: '-NOAUTH Authentication required.\r\n', AUTH: '+OK\r\n' },
  },
  {
    name: 'Envoy that knows no HELLO',
    answers: { '*': "-unsupported command 'HELLO'\r\n", AUTH: '+OK\r\n' },
    only: ['HELLO', 'ROLE', 'INFO', 'LATENCY', 'SLOWLOG'],
  },
  {
    name: 'cluster-proxy',
    answers: { HELLO: '-ERR unsupported command `hello`\r\n', AUTH: '+OK\r\n' },
  },
  {
    name: 'Codis',
    answers: {
      HELLO: "-ERR handle request, command 'HELLO' is not allowed\r\n",
      AUTH: '+OK\r\n',
    },
  },
  { name: 'a proxy that closes', answers: { HELLO: 'close', ROLE: 'close', AUTH: '+OK\r\n' } },
])('$name is spoken to in RESP2 with the right password', async ({ answers, only }) => {
  const known = only
    ? { ...Object.fromEntries(only.map((name) => [name, answers['*' as keyof typeof answers]])) }
    : {};
  const { '*': _, ...named } = answers as Record<string, string>;
  process.env.TEST_RIGHT = 'right-one';
  const server = await startRawServer(behave({ ...known, ...named } as Record<string, string>));
  const url = `redis://127.0.0.1:${server.port}`;
  const probed = await runProbe(probeRedis, redisModule({ password: 'env:TEST_RIGHT' }), url);
  delete process.env.TEST_RIGHT;
  await server.close();
  expect([verdict(probed), detail(probed)]).toEqual(['ok', '']);
  expect(server.received()).toContain('AUTH\r\n$9\r\nright-one');
});

it('Valkey and Redis with HELLO renamed and a password are up', async () => {
  process.env.TEST_RIGHT = 'right-one';
  const args = ['--requirepass', 'right-one', '--rename-command', 'HELLO', 'NOBODY'];
  const server = await startRedis({ args });
  const right = await runProbe(probeRedis, redisModule({ password: 'env:TEST_RIGHT' }), server.url);
  const none = await runProbe(probeRedis, redisModule({}), server.url);
  delete process.env.TEST_RIGHT;
  await server.stop();
  expect([verdict(right), detail(right)]).toEqual(['ok', '']);
  expect(verdict(none)).toBe('auth/noauth');
});

/** What Envoy 1.40 answers to what it does not send to the server that has the key; `map` is what a server behind it says. */
const envoy = (map: string) => ({
  HELLO: '-NOPROTO unsupported protocol version\r\n',
  AUTH: '+OK\r\n',
  ROLE: '*2\r\n*3\r\n$6\r\nmaster\r\n:9\r\n*0\r\n*3\r\n$6\r\nmaster\r\n:9\r\n*0\r\n',
  INFO: '$18\r\nredis_mode:cluster\r\n',
  CLUSTER: map,
  LATENCY: "-ERR unknown command 'LATENCY'\r\n",
  SLOWLOG: ':0\r\n',
});

it('Envoy before a cluster is probed itself, and not the servers that the cluster names', async () => {
  process.env.TEST_RIGHT = 'right-one';
  const node = await startRawServer(() => undefined);
  const map = `*1\r\n*3\r\n:0\r\n:16383\r\n*2\r\n$9\r\n127.0.0.1\r\n:${node.port}\r\n`;
  const server = await startRawServer(behave(envoy(map)));
  const url = `redis://127.0.0.1:${server.port}`;
  const right = { password: 'env:TEST_RIGHT' };
  const probed = await runProbe(probeRedis, redisModule(right), url);
  const discover = redisModule({ ...right, replicas: 'discover' });
  const discovered = await runProbe(probeRedis, discover, url);
  delete process.env.TEST_RIGHT;
  const reached = node.connections();
  await server.close();
  await node.close();
  expect([verdict(probed), detail(probed), reached]).toEqual(['ok', '', 0]);
  expect(probed.samples['probe_redis_check_supported{check="role"}']).toBe(0);
  expect(`${verdict(discovered)} ${detail(discovered)}`).toBe(
    'role/unsupported replicas: discover needs ROLE, want a list',
  );
});

it('Envoy that is asked for messages and sentinels says what is wanted', async () => {
  const unknown = "-ERR unknown command 'SUBSCRIBE'\r\n";
  const server = await startRawServer(behave({ ...envoy('*0\r\n'), SUBSCRIBE: unknown }));
  const url = `redis://127.0.0.1:${server.port}`;
  const probed = await runProbe(probeRedis, redisModule({ pubsub: true }), url);
  await server.close();
  expect(`${verdict(probed)} ${detail(probed)}`).toBe(
    "pubsub/unknown_command SUBSCRIBE: ERR unknown command 'SUBSCRIBE': want pubsub: false",
  );
});

describe('a load balancer', () => {
  /** Passes everything on to the server at `port`, after a header of its own. */
  const forward = (port: number, header: string) => (socket: Socket) => {
    const upstream = connect(port, '127.0.0.1').on('error', () => undefined);
    upstream.write(header);
    socket.pipe(upstream).pipe(socket);
  };

  it.each([{}, { topology: 'proxy' }, { password: 'env:TEST_RIGHT' }])(
    'whose PROXY header the server takes for a command is down with that cause: %j',
    async (options) => {
      process.env.TEST_RIGHT = 'right-one';
      const redis = await startRedis();
      const header = 'PROXY TCP4 127.0.0.1 127.0.0.1 40000 6379\r\n';
      const balancer = await startRawServer(forward(redis.port, header));
      const url = `redis://127.0.0.1:${balancer.port}`;
      const probed = await runProbe(probeRedis, redisModule(options), url);
      delete process.env.TEST_RIGHT;
      await balancer.close();
      await redis.stop();
      expect(`${verdict(probed)} ${detail(probed)}`).toBe(
        'auth/protocol the server takes a header of the PROXY protocol for a command, want none sent to it',
      );
    },
  );

  it('that closes at once says what such a thing may be', async () => {
    const balancer = await startRawServer((socket) => void socket.end());
    const url = `redis://127.0.0.1:${balancer.port}`;
    const probed = await runProbe(probeRedis, redisModule({}), url);
    await balancer.close();
    expect(verdict(probed)).toMatch(/^auth\/(?:closed|reset)$/);
    expect(detail(probed)).toMatch(/, without a word, as load balancers do that have no server/);
  });
});
