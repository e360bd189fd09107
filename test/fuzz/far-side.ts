// Answers of servers, over a real socket: a server on loopback that sends exactly the bytes of an input, and closes.
import { probeRedis } from '../../functions/redis-probe/probe.ts';
import { probeWeb } from '../../functions/web-probe/probe.ts';
import { systemClock } from '../../layers/core/src/clock.ts';
import { type Deadline, startDeadline } from '../../layers/core/src/deadline.ts';
import { readGroups } from '../../layers/core/src/pushgateway/groups.ts';
import { queryInstant } from '../../layers/core/src/remote-write/query.ts';
import { httpModule, redisModule, runProbe } from '../support/probing.ts';
import { type RawServer, startRawServer } from '../support/raw-server.ts';

let server: Promise<RawServer> | undefined;
let answer: Buffer = Buffer.alloc(0);

async function portOf(bytes: Buffer): Promise<number> {
  answer = bytes;
  server ??= startRawServer((socket) => {
    socket.once('data', () => socket.end(answer));
  });
  return (await server).port;
}

/** Ends the server, if there is one. */
export async function closeFarSide(): Promise<void> {
  await (await server)?.close();
  server = undefined;
}

async function inTime<T>(ask: (deadline: Deadline) => Promise<T>): Promise<T> {
  const deadline = startDeadline(2, systemClock);
  try {
    return await ask(deadline);
  } finally {
    deadline.close();
  }
}

const ok = (body: Buffer) =>
  Buffer.concat([Buffer.from(`HTTP/1.1 200 OK\r\nContent-Length: ${body.length}\r\n\r\n`), body]);

/** A Pushgateway's groups. */
export async function readStored(bytes: Buffer): Promise<void> {
  const port = await portOf(ok(bytes));
  await inTime((deadline) => readGroups({ url: `http://127.0.0.1:${port}` }, deadline));
}

/** A receiver's answer to a query. */
export async function readQuery(bytes: Buffer): Promise<void> {
  const url = new URL(`http://127.0.0.1:${await portOf(ok(bytes))}/api/v1/write`);
  await inTime((deadline) => queryInstant({ url }, { expression: 'up', at: 0 }, deadline));
}

const web = httpModule(
  {
    fail_if_body_matches_regexp: ['nowhere'],
    fail_if_header_not_matches: [{ header: 'X-A', regexp: 'b' }],
  },
  '2s',
);

/** An answer of a web target. */
export async function probeAnswer(bytes: Buffer): Promise<void> {
  await runProbe(probeWeb, web, `http://127.0.0.1:${await portOf(bytes)}/`);
}

const redis = redisModule({}, '2s');

/** An answer of a Redis. */
export async function probeReply(bytes: Buffer): Promise<void> {
  await runProbe(probeRedis, redis, `redis://127.0.0.1:${await portOf(bytes)}`);
}
