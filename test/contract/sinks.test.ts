// One suite for every sink that speaks HTTP: accepted or an error that says why, within the deadline, always.
import { systemClock } from '../../layers/core/src/clock.ts';
import { startDeadline } from '../../layers/core/src/deadline.ts';
import { DeliveryError } from '../../layers/core/src/errors.ts';
import { createPushgatewaySink } from '../../layers/core/src/pushgateway/sink.ts';
import { type Batch, sample } from '../../layers/core/src/sample.ts';
import type { Sink } from '../../layers/core/src/sink/sink.ts';
import { freePort } from '../../local/programs/ports.ts';
import { answerWith, httpAnswer, type RawServer, startRawServer } from '../support/raw-server.ts';

const sinks: readonly { name: string; create: (url: string) => Sink }[] = [
  { name: 'pushgateway', create: (url) => createPushgatewaySink({ url }) },
];

const batch: Batch = {
  taken: 0,
  groups: [{ grouping: { job: 'j', instance: 'i' }, samples: [sample('probe_success', {}, 1)] }],
};

const servers: RawServer[] = [];

async function serve(...args: Parameters<typeof startRawServer>): Promise<RawServer> {
  const server = await startRawServer(...args);
  servers.push(server);
  return server;
}

/** The error of a write, or undefined. */
async function write(sink: Sink, seconds = 20) {
  const deadline = startDeadline(seconds, systemClock);
  let error: unknown;
  try {
    await sink.write(batch, deadline);
  } catch (thrown) {
    error = thrown;
  } finally {
    deadline.close();
  }
  return { error };
}

afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()));
});

describe.each(sinks)('$name', ({ create }) => {
  const sinkFor = ({ port }: RawServer) => create(`http://127.0.0.1:${port}`);

  it.each(['200 OK', '202 Accepted'])('takes %s for an acceptance', async (status) => {
    const server = await serve(answerWith(httpAnswer(status)));
    expect((await write(sinkFor(server))).error).toBeUndefined();
    expect(server.connections()).toBe(1);
  });

  it.each([
    { status: '400 Bad Request', retryable: false },
    { status: '401 Unauthorized', retryable: false },
    { status: '404 Not Found', retryable: false },
    { status: '429 Too Many Requests', retryable: true },
    { status: '500 Internal Server Error', retryable: true },
    { status: '503 Service Unavailable', retryable: true },
  ])(
    '$status is an error with the words of the answer; retryable: $retryable',
    async ({ status, retryable }) => {
      const server = await serve(answerWith(httpAnswer(status, [], 'because\n\u0007 of this')));
      const { error } = await write(sinkFor(server));
      expect(error).toBeInstanceOf(DeliveryError);
      expect(error).toMatchObject({ status: Number(status.slice(0, 3)), retryable });
      expect(String(error)).toContain('because of this');
      expect(server.connections()).toBe(1);
    },
  );

  it.each(['301 Moved Permanently', '307 Temporary Redirect'])(
    '%s is an error that names the place, and is not followed',
    async (status) => {
      const server = await serve(
        answerWith(httpAnswer(status, ['Location: https://u:p@other.example.test/x'])),
      );
      const { error } = await write(sinkFor(server));
      expect(error).toMatchObject({ retryable: false });
      expect(String(error)).toContain('a redirect to https://other.example.test/x');
      expect(server.connections()).toBe(1);
    },
  );

  it.each([
    { name: 'silent', behave: () => undefined },
    {
      name: 'silent after the head',
      behave: answerWith('HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n', () => undefined),
    },
    {
      name: 'dripping for ever',
      behave: answerWith('HTTP/1.1 200 OK\r\n\r\n', (socket) => {
        const timer = setInterval(() => socket.write('.'), 20);
        socket.on('close', () => clearInterval(timer));
      }),
    },
  ])('a receiver that is $name is given up at the deadline', async ({ behave }) => {
    const server = await serve(behave);
    const { error } = await write(sinkFor(server), 0.5);
    expect(error).toMatchObject({ retryable: true });
    expect(String(error)).toContain('timeout');
  });

  it.each([
    {
      name: 'cut off',
      behave: answerWith('HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nhalf'),
      connections: 1,
    },
    {
      name: 'cut off by a reset',
      behave: answerWith(
        'HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nhalf',
        (s) => void setTimeout(() => s.resetAndDestroy(), 30),
      ),
      connections: 1,
    },
    { name: 'garbage', behave: answerWith('what?\r\n\r\n'), connections: 1 },
    {
      name: 'always a reset',
      behave: answerWith('', (s) => void s.resetAndDestroy()),
      connections: 2,
    },
  ])('an answer that is $name is an error', async ({ behave, connections }) => {
    const server = await serve(behave);
    const { error } = await write(sinkFor(server));
    expect(error).toBeInstanceOf(DeliveryError);
    expect(error).toMatchObject({ retryable: true });
    expect(server.connections()).toBe(connections);
  });

  it('one reset before an answer is tried again once', async () => {
    let first = true;
    const accept = answerWith(httpAnswer('200 OK'));
    const server = await serve((socket) => {
      if (first) socket.once('data', () => socket.resetAndDestroy());
      else accept(socket);
      first = false;
    });
    expect((await write(sinkFor(server))).error).toBeUndefined();
    expect(server.connections()).toBe(2);
  });

  it('a huge answer is read to its end and not kept', async () => {
    const body = 'x'.repeat(3_000_000);
    const server = await serve(answerWith(httpAnswer('500 X', [], body)));
    const { error } = await write(sinkFor(server), 5);
    expect(String(error).length).toBeLessThan(2000);
  });

  it('nobody listening is an error', async () => {
    const { error } = await write(create(`http://127.0.0.1:${await freePort()}`));
    expect(error).toMatchObject({ retryable: true });
    expect(String(error)).toContain('refused');
  });

  it('a deadline that has passed sends nothing', async () => {
    const server = await serve(answerWith(httpAnswer('200 OK')));
    const { error } = await write(sinkFor(server), 0);
    expect(error).toBeInstanceOf(DeliveryError);
    expect(server.connections()).toBe(0);
  });
});
