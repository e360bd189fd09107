// Our RESP client and @redis/client on the same server: same commands, same answers.
import { createConnection } from 'node:net';
import { createClient } from '@redis/client';
import { type Reply, RespError } from '../../functions/redis-probe/resp.ts';
import { openSession } from '../../functions/redis-probe/session.ts';
import { systemClock } from '../../layers/core/src/clock.ts';
import { startDeadline } from '../../layers/core/src/deadline.ts';
import { type Server, startRedis } from '../../local/programs/servers.ts';

let server: Server;
beforeAll(async () => {
  server = await startRedis();
});
afterAll(() => server.stop());

const script =
  'return {1, "two", {3, false}, {map={a=1}}, {double=1.5}, {set={x=true}}, 12345678901}';

const commands: readonly (readonly string[])[] = [
  ['PING'],
  ['PING', 'ümlaut 😀'],
  ['SET', 'k', ''],
  ['GET', 'k'],
  ['GET', 'missing'],
  ['SET', 'k', 'v', 'NX'],
  ['APPEND', 'big', 'x'.repeat(30_000)],
  ['GET', 'big'],
  ['INCR', 'n'],
  ['INCRBY', 'n', '9007199254740000'],
  ['RPUSH', 'l', 'a', 'b', 'c'],
  ['LRANGE', 'l', '0', '-1'],
  ['LPOP', 'l', '2'],
  ['HSET', 'h', 'f', 'v'],
  ['HGETALL', 'h'],
  ['SADD', 's', 'one'],
  ['SMEMBERS', 's'],
  ['ZADD', 'z', '1.5', 'm'],
  ['ZSCORE', 'z', 'm'],
  ['ROLE'],
  ['EVAL', script, '0'],
  ['NOSUCH', 'x'],
  ['GET'],
  ['INCR', 'h'],
  ['EVAL', 'return redis.error_reply("MY own words")', '0'],
];

/** Maps come as objects from one client and as pairs from the other; errors as their words. */
function normalise(value: unknown): unknown {
  if (
    value instanceof RespError ||
    (typeof value === 'object' && value !== null && 'message' in value)
  ) {
    return { error: (value as { readonly message: string }).message };
  }
  if (typeof value === 'bigint') return value.toString();
  if (typeof value === 'number') return String(value);
  if (value instanceof Map || value instanceof Set) return [...value].flat().map(normalise);
  if (Array.isArray(value)) return value.map(normalise);
  if (typeof value === 'object' && value !== null)
    return Object.entries(value).flat().map(normalise);
  return value;
}

it.each([2, 3])('in RESP%d', async (version) => {
  const theirs = createClient({ url: server.url, RESP: version as 2 | 3 });
  await theirs.connect();
  const socket = createConnection(server.port, '127.0.0.1');
  const deadline = startDeadline(20, systemClock);
  const ours = openSession(socket, {
    deadline: () => deadline,
    secrets: [],
    echoes: new Set<string>(),
  });
  if (version === 3) await ours.ask('auth', ['HELLO', '3']);
  try {
    for (const command of commands) {
      await theirs.sendCommand(['SCRIPT', 'FLUSH']);
      const expected: unknown = await theirs
        .sendCommand([...command])
        .catch((error: unknown) => error);
      await theirs.sendCommand(['FLUSHALL']);
      for (const earlier of commands.slice(0, commands.indexOf(command)))
        await ours.ask('ping', earlier);
      const reply: Reply = await ours.ask('ping', command);
      expect([command[0], normalise(reply)]).toEqual([command[0], normalise(expected)]);
      await theirs.sendCommand(['FLUSHALL']);
      for (const earlier of commands.slice(0, commands.indexOf(command) + 1)) {
        await theirs.sendCommand([...earlier]).catch(() => undefined);
      }
    }
  } finally {
    ours.close();
    deadline.close();
    theirs.destroy();
  }
});
