// Servers that are no Redis, or no honest one: every answer ends the probe with its phase and reason.

import type { Socket } from 'node:net';
import { probeRedis } from '../../functions/redis-probe/probe.ts';
import { waitFor } from '../../local/programs/process.ts';
import { detail, redisModule, runProbe, verdict } from '../support/probing.ts';
import { startRawServer } from '../support/raw-server.ts';

const plain = redisModule({ health: false });
/** Long enough for a machine that is busy to come as far as the silence that is waited for. */
const impatient = redisModule({ health: false }, '2s');

/** Answers the n-th command with the n-th reply; then is silent. */
function replies(...answers: readonly string[]) {
  return (socket: Socket) => {
    let next = 0;
    socket.on('data', () => {
      const answer = answers[next++];
      if (answer !== undefined) socket.write(answer);
    });
  };
}

/** Answers by the names of commands; some depend on the words of one. */
type Answers = Readonly<Record<string, string | ((words: readonly string[]) => string)>>;

/** Answers what is named so, and all else as a server does that keeps one key. */
function answerCanary(socket: Socket, answers: Answers) {
  let value = '';
  const usual: Readonly<Record<string, () => string>> = {
    HELLO: () => hello,
    PING: () => '+PONG\r\n',
    ROLE: () => master,
    SET: () => '+OK\r\n',
    GET: () => `$${value.length}\r\n${value}\r\n`,
    DEL: () => ':1\r\n',
    AUTH: () => '+OK\r\n',
  };
  socket.on('data', (chunk: Buffer) => {
    const words = chunk.toString('latin1').split('\r\n');
    const [name = '', text = ''] = [words[2], words[6]];
    if (name === 'SET') value = text;
    const own = answers[name];
    const given = typeof own === 'function' ? own(words) : own;
    const answer = given ?? usual[name]?.() ?? '-ERR unknown command\r\n';
    if (answer === 'end') socket.end();
    else if (answer === 'refuse') socket.end(unknown);
    else socket.write(answer);
  });
}

/** As long as the server's own words, which are more than a kilobyte. */
const protectedMode = `Redis is running in protected mode because protected mode is enabled and no password is set for the default user. ${'In this mode connections are only accepted from the loopback interface. '.repeat(14)}`;

const hello = '%1\r\n+server\r\n+redis\r\n';
const unknown = "-ERR unknown command 'X'\r\n";
const master = '*3\r\n$6\r\nmaster\r\n:10\r\n*1\r\n*3\r\n$1\r\nh\r\n$1\r\n1\r\n$1\r\n4\r\n';

it.each([
  {
    name: 'an HTTP server',
    serve: replies('HTTP/1.1 400 Bad Request\r\n\r\n'),
    want: 'auth/protocol',
  },
  { name: 'a TLS server', serve: replies('\x15\x03\x01\x00\x02\x02\x46'), want: 'auth/tls_wanted' },
  { name: 'a line without end', serve: replies(`+${'x'.repeat(20_000)}`), want: 'auth/protocol' },
  { name: 'a bulk of a gigabyte', serve: replies('$1073741824\r\n'), want: 'auth/size_limit' },
  { name: 'a list of a billion', serve: replies('*1000000000\r\n'), want: 'auth/size_limit' },
  { name: 'endless nesting', serve: replies('*1\r\n'.repeat(1000)), want: 'auth/protocol' },
  { name: 'a negative length', serve: replies('$-2\r\n'), want: 'auth/protocol' },
  {
    name: 'a bulk that is longer than it says',
    serve: replies('$1\r\nab\r\n'),
    want: 'auth/protocol',
  },
  { name: 'a streamed reply', serve: replies('$?\r\n;4\r\nabcd\r\n'), want: 'auth/protocol' },
  {
    name: 'a flood',
    serve: replies(`*4000\r\n$60000\r\n${'x'.repeat(200_000)}`),
    want: 'auth/protocol',
  },
  {
    name: 'protected mode in its full length, as Redis 7.0 sends it',
    serve: (s: Socket) => void s.end(`-DENIED ${protectedMode}\r\n`),
    want: 'auth/denied',
  },
  {
    name: 'an error of 2,000 characters',
    serve: replies(hello, `-MISCONF ${'x'.repeat(2000)}\r\n`),
    want: 'ping/misconf',
  },
  { name: 'line feeds only', serve: replies('\n\n\n'), want: 'auth/protocol' },
  { name: 'a reply that ends in a line feed', serve: replies('+OK\n'), want: 'auth/protocol' },
  { name: 'a byte 0', serve: replies('\0'), want: 'auth/protocol' },
  { name: 'BUSY', serve: replies(hello, '-BUSY Redis is busy\r\n'), want: 'ping/busy' },
  {
    name: 'Redis 5 with a password',
    serve: replies('-ERR unknown command `HELLO`\r\n', '-NOAUTH\r\n'),
    want: 'auth/noauth',
  },
  {
    name: 'a DEL that deletes nothing',
    serve: (s: Socket) => answerCanary(s, { DEL: ':0\r\n' }),
    want: 'delete/canary_mismatch',
  },
  {
    name: 'an end after SET',
    serve: (s: Socket) => answerCanary(s, { GET: 'end' }),
    want: 'read/closed',
  },
  {
    name: 'a MOVED that leads round in a circle',
    serve: (s: Socket) =>
      answerCanary(s, {
        HELLO: '%1\r\n+mode\r\n+cluster\r\n',
        CLUSTER: '-NOPERM no\r\n',
        SET: `-MOVED 1 :${s.localPort}\r\n`,
      }),
    want: 'write/redirects',
  },
  {
    name: 'a map of slots that is none',
    serve: (s: Socket) =>
      answerCanary(s, { HELLO: '%1\r\n+mode\r\n+cluster\r\n', CLUSTER: '*1\r\n:1\r\n' }),
    want: 'cluster/protocol',
  },
  {
    name: 'a node at an address that probes must not reach',
    serve: (s: Socket) =>
      answerCanary(s, {
        HELLO: '%1\r\n+mode\r\n+cluster\r\n',
        CLUSTER: '*1\r\n*3\r\n:0\r\n:16383\r\n*2\r\n$15\r\n169.254.169.254\r\n:80\r\n',
      }),
    want: 'guard/blocked',
  },
  { name: 'half a reply, then silence', serve: replies('%1\r\n+ser'), want: 'auth/timeout' },
  { name: 'an end at once', serve: (socket: Socket) => void socket.end(), want: 'auth/closed' },
  {
    name: 'a reset at the first command',
    serve: (s: Socket) => void s.once('data', () => s.resetAndDestroy()),
    want: 'auth/reset',
  },
  {
    name: 'LOADING',
    serve: replies('-LOADING Redis is loading the dataset in memory\r\n'),
    want: 'auth/loading',
  },
  {
    name: 'protected mode',
    serve: (s: Socket) => void s.end('-DENIED Redis is running in protected mode\r\n'),
    want: 'auth/denied',
  },
  {
    name: 'a PING answered with something else',
    serve: replies(hello, '+PANG\r\n'),
    want: 'ping/protocol',
  },
  {
    name: 'a PING that is refused',
    serve: replies(hello, '-MASTERDOWN Link with MASTER is down\r\n'),
    want: 'ping/masterdown',
  },
  {
    name: 'a role that nobody knows',
    serve: (s: Socket) => answerCanary(s, { ROLE: '*1\r\n+active-replica\r\n' }),
    want: 'ok',
  },
  {
    name: 'a SET that is not taken',
    serve: replies(hello, '+PONG\r\n', master, '_\r\n'),
    want: 'write/canary_mismatch',
  },
  {
    name: 'a GET that finds nothing',
    serve: replies(hello, '+PONG\r\n', master, '+OK\r\n', '$-1\r\n', ':1\r\n'),
    want: 'read/canary_mismatch',
  },
  {
    name: 'a GET that finds something else',
    serve: replies(hello, '+PONG\r\n', master, '+OK\r\n', '$1\r\nx\r\n', ':1\r\n'),
    want: 'read/canary_mismatch',
  },
  {
    name: 'silence at GET',
    serve: replies(hello, '+PONG\r\n', master, '+OK\r\n'),
    want: 'read/timeout',
  },
])('$name is $want', async ({ serve, want }) => {
  const server = await startRawServer(serve);
  const module = want.endsWith('/timeout') ? impatient : plain;
  const probed = await runProbe(probeRedis, module, `redis://127.0.0.1:${server.port}`);
  // Whatever became of it, the probe has let go of every connection.
  await waitFor({ what: 'no connection', seconds: 60, check: async () => server.open() === 0 });
  await server.close();
  expect(verdict(probed)).toBe(want);
});

it('a flood of push frames before the reply is dropped, whatever its size', async () => {
  const flood = `>2\r\n+invalidate\r\n$1000\r\n${'x'.repeat(1000)}\r\n`.repeat(200);
  const server = await startRawServer(replies(flood + hello, '+PONG\r\n', master));
  const module = redisModule({ canary: 'ping', health: false });
  const probed = await runProbe(probeRedis, module, `redis://127.0.0.1:${server.port}`);
  await server.close();
  expect(flood.length).toBeGreaterThan(200_000);
  expect(verdict(probed)).toBe('ok');
});

it.each(['|1\r\n:1\r\n:1\r\n', '>1\r\n:1\r\n', '>0\r\n'])(
  'a flood of %j is not read to its end: other probes want the time',
  async (frame) => {
    const server = await startRawServer(replies(frame.repeat(5000) + hello, '+PONG\r\n', master));
    const probed = await runProbe(probeRedis, plain, `redis://127.0.0.1:${server.port}`);
    await server.close();
    expect([verdict(probed), detail(probed)]).toEqual([
      'auth/size_limit',
      'HELLO: more than 4096 elements',
    ]);
  },
);

it('a server that does not know HELLO is spoken to in RESP2, with AUTH', async () => {
  process.env.TEST_SECRET = 'sesame';
  const server = await startRawServer(
    replies(unknown, '+OK\r\n', '+PONG\r\n', master, unknown, unknown),
  );
  const module = redisModule({ password: 'env:TEST_SECRET', canary: 'ping', health: false });
  const probed = await runProbe(probeRedis, module, `redis://127.0.0.1:${server.port}`);
  delete process.env.TEST_SECRET;
  await server.close();
  expect(verdict(probed)).toBe('ok');
  expect(server.received()).toContain('AUTH\r\n$6\r\nsesame');
  expect(probed.samples.probe_redis_replication_offset_lag_bytes).toBe(6);
});

it.each([
  {
    name: 'too many clients',
    says: '-ERR max number of clients reached',
    want: 'auth/max_clients',
  },
  {
    name: 'a start',
    says: '-LOADING Redis is loading the dataset in memory',
    want: 'auth/loading',
  },
])('an error before the server closes is the reason: $name', async ({ says, want }) => {
  const server = await startRawServer((socket) => void socket.end(`${says}\r\n`));
  const probed = await runProbe(probeRedis, plain, `redis://127.0.0.1:${server.port}`);
  await server.close();
  expect(verdict(probed)).toBe(want);
});

it.each([
  { words: 'ERR max number of clients reached', reason: 'max_clients' },
  { words: 'DENIED Redis is running in protected mode', reason: 'denied' },
])('a server that turns the second client away says why: $reason', async ({ reason, words }) => {
  let clients = 0;
  const server = await startRawServer((socket) => {
    clients += 1;
    if (clients === 1) answerCanary(socket, {});
    else socket.once('data', () => socket.end(`-${words}\r\n`));
  });
  const url = `redis://127.0.0.1:${server.port}`;
  const second = await runProbe(probeRedis, redisModule({ pubsub: true }), url);
  const proxied = await runProbe(probeRedis, redisModule({ topology: 'proxy' }), url);
  await server.close();
  expect(`${verdict(second)} ${detail(second)}`).toBe(
    `auth/${reason} a second connection, for SUBSCRIBE: PING: ${words}`,
  );
  expect(`${verdict(proxied)} ${detail(proxied)}`).toBe(`auth/${reason} PING: ${words}`);
});

it('a server that refuses HELLO by an error and closes is asked once more, in RESP2', async () => {
  process.env.TEST_SECRET = 'sesame';
  const server = await startRawServer((socket) => answerCanary(socket, { HELLO: 'refuse' }));
  const module = redisModule({ password: 'env:TEST_SECRET', canary: 'ping', health: false });
  const probed = await runProbe(probeRedis, module, `redis://127.0.0.1:${server.port}`);
  delete process.env.TEST_SECRET;
  await server.close();
  expect([verdict(probed), detail(probed)]).toEqual(['ok', '']);
  expect(server.connections()).toBe(2);
});

it('an INFO of more than is read is data that is missing, not a server that is down', async () => {
  const server = await startRawServer((socket) =>
    answerCanary(socket, { INFO: `$3000000\r\n${'x'.repeat(3_000_000)}\r\n` }),
  );
  const probed = await runProbe(probeRedis, redisModule({}), `redis://127.0.0.1:${server.port}`);
  await server.close();
  expect([verdict(probed), detail(probed)]).toEqual(['ok', '']);
  expect(probed.samples['probe_redis_check_supported{check="info"}']).toBe(0);
});

it('push frames and attributes between replies are passed over', async () => {
  const server = await startRawServer(
    replies(`>2\r\n+invalidate\r\n*0\r\n${hello}`, '|1\r\n+ttl\r\n:1\r\n+PONG\r\n', master),
  );
  const module = redisModule({ canary: 'ping', health: false });
  const probed = await runProbe(probeRedis, module, `redis://127.0.0.1:${server.port}`);
  await server.close();
  expect(verdict(probed)).toBe('ok');
});

it.each([
  'http://127.0.0.1:1',
  'redis://',
  'redis://h/x',
  'redis://h/-1',
  '127.0.0.1:6379',
  'redis://h?x=1',
  'redis://h/2/..',
  'redis://h/00',
])('%s is no Redis address', async (address) => {
  expect(verdict(await runProbe(probeRedis, plain, address))).toBe('guard/protocol');
});

it('a password in the place of a host is not shown', async () => {
  const probed = await runProbe(probeRedis, plain, 'redis://:S3cret');
  expect(detail(probed)).toMatch(/^got no host, want redis:/);
});

it('the port is the one that is named, also where another scheme has it for its own', async () => {
  const probed = await runProbe(probeRedis, plain, 'redis://127.0.0.1:21');
  expect(verdict(probed)).toBe('connect/refused');
  expect(probed.outcome).toMatchObject({ detail: expect.stringContaining(':21') });
});

it('a password whose percent-encoding is broken is taken as it is', async () => {
  const server = await startRawServer(replies('-WRONGPASS no\r\n'));
  const probed = await runProbe(probeRedis, plain, `redis://:100%25%zz@127.0.0.1:${server.port}`);
  await server.close();
  expect(verdict(probed)).toBe('auth/wrongpass');
});

it('a password of a few letters does not garble words', async () => {
  process.env.TEST_SECRET = 'r';
  const server = await startRawServer(replies('-WRONGPASS wrong for a user\r\n'));
  const module = redisModule({ password: 'env:TEST_SECRET', health: false });
  const probed = await runProbe(probeRedis, module, `redis://127.0.0.1:${server.port}`);
  delete process.env.TEST_SECRET;
  await server.close();
  expect(detail(probed)).toBe(
    'HELLO: WRONGPASS wrong for a user (the password is that of redis.password)',
  );
});

it.each([
  {
    password: 'password',
    says: 'ERR invalid password',
    want: 'wrongpass',
    more: ' (the password is that of redis.password)',
  },
  { password: 'clients', says: 'ERR max number of clients reached', want: 'max_clients' },
  { password: 'NOAUTH', says: 'NOAUTH Authentication required.', want: 'noauth' },
])('a password that is a word of an error leaves its reason: $says', async (row) => {
  process.env.TEST_SECRET = row.password;
  const server = await startRawServer(replies(`-${row.says}\r\n`, `-${row.says}\r\n`));
  const module = redisModule({ password: 'env:TEST_SECRET', health: false });
  const probed = await runProbe(probeRedis, module, `redis://127.0.0.1:${server.port}`);
  delete process.env.TEST_SECRET;
  await server.close();
  expect(verdict(probed)).toBe(`auth/${row.want}`);
  expect(detail(probed)).toBe(
    `${detail(probed).split(':')[0]}: ${row.says.replace(row.password, 'redacted')}${row.more ?? ''}`,
  );
});

it('a reply that nobody asked for is not taken for that of the next question', async () => {
  const server = await startRawServer(replies('%1\r\n+server\r\n+redis\r\n+PONG\r\n'));
  const module = redisModule({ canary: 'ping', health: false });
  const probed = await runProbe(probeRedis, module, `redis://127.0.0.1:${server.port}`);
  await server.close();
  expect(`${verdict(probed)} ${detail(probed)}`).toBe(
    'ping/protocol PING: a reply had arrived before it was asked',
  );
});

it('control characters in what a server says of itself are not repeated', async () => {
  const info = 'maxmemory_policy:\u001b[31mnone';
  const server = await startRawServer((socket) =>
    answerCanary(socket, { INFO: `$${info.length}\r\n${info}\r\n` }),
  );
  const module = redisModule({ expect_eviction_policy: ['noeviction'] });
  const probed = await runProbe(probeRedis, module, `redis://127.0.0.1:${server.port}`);
  await server.close();
  expect(detail(probed)).toBe('policy [31mnone, want noeviction');
});

describe('a server that repeats what it was sent', () => {
  const secret = 'correct-horse-battery-staple';

  it.each([
    { name: 'in an error', answers: [`-ERR no ${secret}\r\n`, `-ERR ${secret}\r\n`] },
    {
      name: 'where an error is cut off',
      answers: [`-ERR ${'x'.repeat(140)}${secret}\r\n`, `-ERR ${secret}\r\n`],
    },
    { name: 'where a strange reply is cut off', answers: [`(${'x'.repeat(24)}${secret}\r\n`] },
    { name: 'as a number', answers: [`:${secret}\r\n`] },
    {
      name: 'in answer to DEL',
      answers: [hello, '+PONG\r\n', master, '+OK\r\n', '$-1\r\n', `+${secret}\r\n`],
    },
    { name: 'in answer to ROLE', answers: [hello, '+PONG\r\n', `-LOADING ${secret}\r\n`] },
  ])('$name gives no part of the password away', async ({ answers }) => {
    process.env.TEST_SECRET = secret;
    const server = await startRawServer(replies(...answers));
    const module = redisModule(
      { password: 'env:TEST_SECRET', health: false },
      answers.length < 3 ? '10s' : '2s',
    );
    const probed = await runProbe(probeRedis, module, `redis://127.0.0.1:${server.port}`);
    delete process.env.TEST_SECRET;
    await server.close();
    expect(server.received()).toContain(secret);
    expect(JSON.stringify([probed.outcome, probed.trace])).not.toContain('correct');
  });
});

describe('what is said of an expectation that is not met', () => {
  const probe = async (answers: Answers, redis: object) => {
    const server = await startRawServer((socket) => answerCanary(socket, answers));
    const probed = await runProbe(
      probeRedis,
      redisModule(redis),
      `redis://127.0.0.1:${server.port}`,
    );
    await server.close();
    return probed;
  };
  const bulk = (text: string) => `$${text.length}\r\n${text}\r\n`;
  const aof = 'rdb_last_bgsave_status:ok\r\naof_enabled:1\r\naof_last_write_status:';

  it.each([
    [
      'used_memory:9001\r\nmaxmemory:10000',
      { expect_memory_max: 0.9 },
      '9001 of 10000 bytes (90.01 %) are used, want at most 90 %',
    ],
    [`${aof}err`, { expect_persistence: true }, 'the last append to disk failed'],
    [
      `${aof}ok\r\naof_last_bgrewrite_status:err`,
      { expect_persistence: true },
      'the last rewrite of the append-only file failed',
    ],
    ['', { expect_engine: 'redis' }, 'engine cannot be judged: INFO does not say'],
    ['x:1', { expect_engine: 'valkey' }, 'engine cannot be judged: INFO does not say'],
    [
      `used_memory:${'9'.repeat(400)}`,
      { expect_memory_max: 0.9 },
      'memory cannot be judged: INFO does not say',
    ],
  ])('INFO %j by %j: %s', async (info, redis, want) => {
    expect(detail(await probe({ INFO: bulk(info) }, redis))).toBe(want);
  });

  it.each([
    ['*1\r\n+slave\r\n', 'the link to its primary is in state unknown, want connected'],
    [
      `*5\r\n+slave\r\n${bulk('h'.repeat(5000))}:1\r\n+connecting\r\n:0\r\n`,
      'the link to its primary is in state connecting, want connected',
    ],
  ])('ROLE %j: %s', async (ROLE, want) => {
    expect(detail(await probe({ ROLE }, {}))).toBe(want);
  });

  it('numbers that are none have no series', async () => {
    const spike = `*1\r\n*4\r\n+fork\r\n:1\r\n,nan\r\n:3\r\n`;
    const { samples } = await probe({ SLOWLOG: ',inf\r\n', LATENCY: spike, INFO: bulk('') }, {});
    expect(Object.values(samples).filter((value) => !Number.isFinite(value))).toEqual([]);
  });
});

it('a role that nobody knows fails where one is expected', async () => {
  const server = await startRawServer((socket) => answerCanary(socket, { ROLE: '+king\r\n' }));
  const module = redisModule({ expect_role: 'master', health: false });
  const probed = await runProbe(probeRedis, module, `redis://127.0.0.1:${server.port}`);
  await server.close();
  expect([verdict(probed), detail(probed)]).toEqual([
    'role/unsupported',
    'role master is expected, and ROLE does not say it',
  ]);
  expect(probed.samples['probe_redis_check_supported{check="role"}']).toBe(0);
});

describe('a node of a cluster', () => {
  const node = (port: number) => `*2\r\n+127.0.0.1\r\n:${port}\r\n`;
  const probe = async (answers: Answers, redis: object = {}) => {
    const clustered = { HELLO: '%1\r\n+mode\r\n+cluster\r\n', ...answers };
    const server = await startRawServer((socket) => answerCanary(socket, clustered));
    const module = redisModule({ health: false, ...redis });
    const probed = await runProbe(probeRedis, module, `redis://127.0.0.1:${server.port}`);
    await server.close();
    return `${verdict(probed)} ${detail(probed)}`;
  };

  it('whose map has no port for a primary does not pass off a replica as one', async () => {
    const CLUSTER = (words: readonly string[]) =>
      words[4] === 'INFO'
        ? '+cluster_state:ok\r\n'
        : `*1\r\n*4\r\n:0\r\n:16383\r\n${node(0)}${node(6379)}`;
    expect(await probe({ CLUSTER })).toBe(
      'cluster/protocol CLUSTER SLOTS names no host and port for the primary of slot 0',
    );
  });

  it('that closes on CLUSTER is asked for one key, unless the map is wanted', async () => {
    expect(await probe({ CLUSTER: 'end' })).toBe('ok ');
    expect(await probe({ CLUSTER: 'end' }, { topology: 'cluster' })).toBe(
      'cluster/unsupported CLUSTER SLOTS is not answered, want topology: auto',
    );
  });

  it('whose map is forbidden cannot say how many replicas follow', async () => {
    const CLUSTER = '-NOPERM no\r\n';
    expect(await probe({ CLUSTER }, { expect_replicas_min: 1 })).toBe(
      'role/unsupported expect_replicas_min needs the map of the cluster, want +cluster|slots',
    );
  });

  it.each(['standalone', 'proxy'])('that is taken for %s says what to do', async (topology) => {
    expect(await probe({ SET: '-MOVED 1 h:6379\r\n' }, { topology })).toBe(
      'write/moved SET: MOVED 1 h:6379: it is a node of a cluster, want topology: auto',
    );
  });

  it.each([
    ['cluster_slots_ok:10923', 'state fail, want ok: 10923 of 16384 slots are in order'],
    [
      'cluster_slots_ok:16384',
      'state fail, want ok: all slots are in order, so it does not see most of the primaries, or has just started',
    ],
    ['', 'state fail, want ok'],
  ])('whose cluster is down says why: %j', async (slots, words) => {
    const info = `cluster_state:fail\r\n${slots}`;
    const CLUSTER = (sent: readonly string[]) =>
      sent[4] === 'INFO' ? `$${info.length}\r\n${info}\r\n` : '-NOPERM no\r\n';
    expect(await probe({ CLUSTER })).toBe(`cluster/clusterdown ${words}`);
  });

  it('without a state in CLUSTER INFO is judged by its slots', async () => {
    const CLUSTER = (words: readonly string[]) =>
      words[4] === 'INFO' ? '+\r\n' : '-NOPERM no\r\n';
    expect(await probe({ CLUSTER })).toBe('ok ');
  });
});

it.each(['WRONGPASS no', 'NOAUTH no', 'ERR max number of clients reached', 'DENIED no'])(
  '-%s to HELLO does not say that HELLO is not known',
  async (words) => {
    const server = await startRawServer(replies(`-${words}\r\n`));
    const probed = await runProbe(probeRedis, plain, `redis://127.0.0.1:${server.port}`);
    await server.close();
    expect(probed.outcome).toMatchObject({ ok: false, phase: 'auth' });
    expect(Object.keys(probed.samples).join()).not.toContain('check_supported');
  },
);

describe('of two primaries another sentinel', () => {
  const bulk = (text: string) => `$${text.length}\r\n${text}\r\n`;
  const list = (...words: readonly string[]) => `*${words.length}\r\n${words.map(bulk).join('')}`;
  const counts = async (first: string, second: string) => {
    const at = { first, second };
    const sentinel = (others: string, places: Readonly<Record<string, string>>) => ({
      HELLO: '%1\r\n+mode\r\n+sentinel\r\n',
      ROLE: '*2\r\n+sentinel\r\n*0\r\n',
      SENTINEL: ([, , , , command = '', , name = '']: readonly string[]) => {
        if (command === 'CKQUORUM') return '+OK\r\n';
        return command === 'SENTINELS' ? others : (places[name] ?? '*-1\r\n');
      },
    });
    const other = await startRawServer((socket) => answerCanary(socket, sentinel('*0\r\n', at)));
    const known = `*1\r\n${list('ip', '127.0.0.1', 'port', String(other.port))}`;
    const here = { first: list('127.0.0.1', '1'), second: list('127.0.0.1', '1') };
    const seed = await startRawServer((socket) => answerCanary(socket, sentinel(known, here)));
    const module = redisModule({ topology: 'sentinel', sentinel_masters: ['first', 'second'] });
    const { samples } = await runProbe(probeRedis, module, `redis://127.0.0.1:${seed.port}`);
    await Promise.all([other.close(), seed.close()]);
    return ['first', 'second'].map(
      (master) => samples[`probe_redis_sentinels{master="${master}",answered="yes"}`],
    );
  };
  const answer = list('127.0.0.1', '1');

  it.each([
    { name: 'knows both', first: answer, second: answer, want: [2, 2] },
    { name: 'knows only the second', first: '*-1\r\n', second: answer, want: [1, 2] },
    { name: 'breaks off at the second', first: answer, second: 'end', want: [2, 1] },
  ])('$name', async ({ first, second, want }) => {
    expect(await counts(first, second)).toEqual(want);
  });
});

/** What is not an error may repeat a password too. */
describe('a server that repeats a password in what it says of itself', () => {
  const slots = (host: string) =>
    `*1\r\n*3\r\n:0\r\n:16383\r\n*2\r\n$${host.length}\r\n${host}\r\n:1\r\n`;
  const clustered = '%1\r\n+mode\r\n+cluster\r\n';
  const bulk = (text: string) => `$${text.length}\r\n${text}\r\n`;
  const spike = (event: string) => `*1\r\n*4\r\n${bulk(event)}:1\r\n:2000\r\n:3000\r\n`;
  const probe = async (password: string, answers: Answers, redis: object = {}) => {
    process.env.TEST_SECRET = password;
    const server = await startRawServer((socket) => answerCanary(socket, answers));
    const expected = { expect_eviction_policy: ['noeviction'] };
    const module = redisModule(
      { password: 'env:TEST_SECRET', ...('health' in redis ? redis : expected) },
      'HELLO' in answers && answers.HELLO === '' ? '1s' : '20s',
    );
    const probed = await runProbe(probeRedis, module, `redis://127.0.0.1:${server.port}`);
    delete process.env.TEST_SECRET;
    await server.close();
    return probed;
  };

  it.each([
    { name: 'engine', answers: { INFO: bulk(`server_name:${'x'.repeat(30)}hunter2-hunter2`) } },
    { name: 'version', answers: { INFO: bulk('redis_version:hunter2-hunter2') } },
    { name: 'mode', answers: { INFO: bulk('redis_mode:hunter2-hunter2') } },
    { name: 'policy', answers: { INFO: bulk('maxmemory_policy:hunter2-hunter2') } },
    {
      name: 'event',
      answers: { LATENCY: spike(`${'x'.repeat(34)}hunter2-hunter2`) },
    },
    { name: 'node', answers: { HELLO: clustered, CLUSTER: slots('hunter2-hunter2.invalid') } },
    {
      name: 'state of the link',
      answers: {
        ROLE: `*5\r\n+slave\r\n+h\r\n:1\r\n${bulk('hunter2-hunter2')}:0\r\n`,
      },
    },
  ])('$name gives no part of it away', async ({ answers }) => {
    const probed = await probe('hunter2-hunter2', answers);
    const shown = JSON.stringify([probed.outcome, probed.trace, probed.samples]);
    expect(shown).not.toContain('hunter');
    expect(shown).toMatch(/redacted|xxxx/);
  });

  const watching = (name: string, host: string) => ({
    HELLO: '%1\r\n+mode\r\n+sentinel\r\n',
    ROLE: '*2\r\n+sentinel\r\n*0\r\n',
    SENTINEL: (words: readonly string[]) => {
      if (words[4] === 'MASTERS') return `*1\r\n%1\r\n${bulk('name')}${bulk(name)}`;
      if (words[4] === 'CKQUORUM') return '+OK\r\n';
      return words[4] === 'SENTINELS' ? '*0\r\n' : `*2\r\n${bulk(host)}${bulk('6379')}`;
    },
  });

  it.each([
    { name: 'name of a primary', answers: watching('hunter2-hunter2', '127.0.0.1') },
    { name: 'host of a primary', answers: watching('main', 'hunter2-hunter2.invalid') },
    { name: 'host that is none', answers: watching('main', `${'x y '.repeat(34)}hunter2-hunter2`) },
  ])('a sentinel by the $name neither', async ({ answers }) => {
    const probed = await probe('hunter2-hunter2', answers);
    const shown = JSON.stringify([probed.outcome, probed.trace, probed.samples]);
    expect(shown).not.toContain('hunter');
    expect(shown).toMatch(/redacted|x y x y/);
  });

  describe.each(['MOVED', 'ASK'])('%s', (word) => {
    const sent = (to: string) => ({
      ...{ HELLO: clustered, CLUSTER: '-NOPERM no\r\n' },
      ...{ SET: `-${word} 1 ${to}\r\n`, ASKING: '+OK\r\n' },
    });

    it('leads where it says, also where the password is part of that', async () => {
      const other = await startRawServer((socket) => answerCanary(socket, { ASKING: '+OK\r\n' }));
      for (const password of ['127.0.0.1', String(other.port), word, '7.0.0']) {
        const answers = {
          ...sent(`127.0.0.1:${other.port}`),
          GET: `-${word} 1 :${other.port}\r\n`,
        };
        const probed = await probe(password, answers, { health: false });
        expect([password, verdict(probed), detail(probed)]).toEqual([password, 'ok', '']);
      }
      await other.close();
    });

    it('gives no part of the password away', async () => {
      const probed = await probe('hunter2-hunter2', sent('hunter2-hunter2.invalid:1'), {
        health: false,
      });
      expect(detail(probed)).toBe('redacted.invalid does not exist');
      expect(JSON.stringify([probed.outcome, probed.trace, probed.samples])).not.toContain(
        'hunter',
      );
    });
  });

  it('a version is compared as the server said it', async () => {
    const version = bulk('redis_version:8.0.0-rc1-hunter2');
    const least = { health: true, expect_version_min: '8.0' };
    expect(verdict(await probe('8.0.0-rc1', { INFO: version }, least))).toBe('ok');
    const newer = await probe(
      '8.0.0-rc1',
      { INFO: version },
      { ...least, expect_version_min: '9.0' },
    );
    expect(detail(newer)).toBe('version redacted-hunter2, want 9.0 or newer');
  });

  it.each([
    ...['deadline', 'answer'].map((password) => ({
      ...{ password, answers: { HELLO: '', AUTH: '' }, redis: {} },
      want: 'HELLO: no answer (deadline of 1s exceeded)',
    })),
    ...['want', 'role', 'slave', 'master'].map((password) => ({
      ...{ password, answers: {}, redis: { expect_role: 'slave' } },
      want: 'role master, want slave',
    })),
    ...['replica', '127.0.0.1', 'answers', 'ECONNREFUSED'].map((password) => ({
      ...{ password, answers: {}, redis: { replicas: ['127.0.0.1:1'] } },
      want: 'replica 127.0.0.1:1: connect ECONNREFUSED 127.0.0.1:1',
    })),
    ...['closed', 'connection', 'server'].map((password) => ({
      ...{ password, answers: { GET: 'end' }, redis: {} },
      want: 'GET: connection closed by the server',
    })),
  ])('$password as a password leaves the words of the probe as they are: $want', async (row) => {
    const probed = await probe(row.password, row.answers, { health: false, ...row.redis });
    expect(detail(probed)).toBe(row.want);
    expect(JSON.stringify(probed)).not.toContain('redacted');
  });

  it('its usual words are kept where they are the password', async () => {
    const info = bulk(
      'server_name:redis\r\nredis_version:7.0.15\r\nredis_mode:standalone\r\nmaxmemory_policy:noeviction',
    );
    const { samples } = await probe('redis', { INFO: info, LATENCY: spike('fork') });
    expect(samples).toMatchObject({
      'probe_redis_info{engine="redis",version="7.0.15",mode="standalone"}': 1,
      'probe_redis_latency_event_seconds{event="fork"}': 2,
    });
    const node = await probe('6379', { HELLO: clustered, CLUSTER: slots('127.0.0.1') });
    expect(node.samples).toMatchObject({
      'probe_redis_shard_success{shard="0",node="127.0.0.1:1"}': 0,
    });
  });
});
