// A paced socket over a real one: every byte in order, small portions when they are slow, and the end after all that came before.
import { once } from 'node:events';
import { connect } from 'node:net';
import { pace } from '../../functions/web-probe/exchange/pace.ts';
import { type RawServer, startRawServer } from '../support/raw-server.ts';

const bytes = Buffer.from(Array.from({ length: 60_000 }, (_, at) => at % 251));
let server: RawServer;

afterEach(() => server.close());

/** What is read of a server that sends everything and then does `after`, when each portion takes `took` milliseconds. */
async function read(after: 'end' | 'reset', took: number) {
  server = await startRawServer((socket) => {
    socket.once('data', () => {
      socket.write(bytes, () => {
        if (after === 'end') socket.end();
        else socket.once('data', () => void socket.resetAndDestroy());
      });
    });
  });
  const socket = connect(server.port, '127.0.0.1');
  await once(socket, 'connect');
  let now = 0;
  const paced = pace(socket, () => now);
  const portions: Buffer[] = [];
  const order: string[] = [];
  paced.on('data', (portion: Buffer) => {
    portions.push(portion);
    if (portions.length === 1) paced.write('enough');
    now += took;
  });
  paced.write('go');
  await new Promise<void>((resolve) => {
    for (const event of ['end', 'error']) {
      paced.on(event, () => {
        order.push(event);
        resolve();
      });
    }
  });
  paced.destroy();
  return { portions, order, whole: Buffer.concat(portions) };
}

it('slow portions become smaller, down to a kilobyte', async () => {
  const { order, portions, whole } = await read('end', 20);
  expect(whole.equals(bytes)).toBe(true);
  expect(Math.max(...portions.slice(3).map(({ length }) => length))).toBeLessThanOrEqual(1024);
  expect(order).toEqual(['end']);
});

it('quick ones become larger', async () => {
  const { portions, whole } = await read('end', 0);
  expect(whole.equals(bytes)).toBe(true);
  expect(portions.length).toBeLessThan(10);
});

it('a reset is reported after what had been read before it', async () => {
  const { order, whole } = await read('reset', 20);
  expect(bytes.subarray(0, whole.length).equals(whole)).toBe(true);
  expect(order).toEqual(['error']);
});

it('what came in one with an error is read before it', async () => {
  server = await startRawServer(() => undefined);
  const socket = connect(server.port, '127.0.0.1');
  await once(socket, 'connect');
  const paced = pace(socket, () => 0);
  const read: string[] = [];
  const reading = (async () => {
    for await (const part of paced) read.push(String(part));
  })();
  socket.emit('data', Buffer.from('hello'));
  socket.destroy(new Error('gone'));
  await expect(reading).rejects.toThrow('gone');
  expect(read).toEqual(['hello']);
});
