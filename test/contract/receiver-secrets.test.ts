// A receiver that repeats what it was sent, in every form that servers use: no error of this project holds a credential.

import { type Clock, systemClock } from '../../layers/core/src/clock.ts';
import { type Deadline, DeadlineExceeded, startDeadline } from '../../layers/core/src/deadline.ts';
import type { Auth } from '../../layers/core/src/http/auth.ts';
import { createPushgatewaySink } from '../../layers/core/src/pushgateway/sink.ts';
import { createQueueSink } from '../../layers/core/src/queue/sink.ts';
import { RemoteWriteClient } from '../../layers/core/src/remote-write/client.ts';
import { queryInstant } from '../../layers/core/src/remote-write/query.ts';
import { sample } from '../../layers/core/src/sample.ts';
import { createFakeClock } from '../support/fake-clock.ts';
import { httpAnswer, type RawServer, startRawServer } from '../support/raw-server.ts';

const password = 'Open "Sesame"/+=&1';
const token = 'tok.en-9+/=';
const keys = { accessKeyId: 'AKID', secretAccessKey: 'sign-with-me', sessionToken: 'session/+=1' };
let server: RawServer | undefined;

beforeEach(() => {
  process.env.RECEIVER_PASSWORD = password;
  process.env.RECEIVER_TOKEN = token;
});
afterEach(async () => {
  await server?.close();
  server = undefined;
  delete process.env.RECEIVER_PASSWORD;
  delete process.env.RECEIVER_TOKEN;
});

/** Everything that the request said of its sender: as it was, decoded, and as JSON, form and HTML have it. */
function repeat(head: string): string {
  const value = /^authorization: (.*)$/im.exec(head)?.[1] ?? '';
  const decoded = Buffer.from(value.replace(/^Basic /, ''), 'base64').toString('utf8');
  const [, secret = decoded] = decoded.split(':');
  const forms = [value, decoded, secret, encodeURIComponent(secret), JSON.stringify(secret)];
  return [head, ...forms, new URLSearchParams({ p: secret }).toString()].join('\n');
}

async function startEcho(status: string): Promise<RawServer> {
  server = await startRawServer((socket) => {
    let head = '';
    socket.on('data', (chunk: Buffer) => {
      head += chunk.toString('latin1');
      if (head.includes('\r\n\r\n')) socket.end(httpAnswer(status, [], repeat(head)));
    });
  });
  return server;
}

const auths: Readonly<Record<string, Auth>> = {
  basic: { kind: 'basic', basic: { username: 'u', password: 'env:RECEIVER_PASSWORD' } },
  bearer: { kind: 'bearer', token: 'env:RECEIVER_TOKEN' },
  signature: {
    kind: 'sigv4',
    service: 'aps',
    region: 'eu-west-1',
    credentials: () => keys,
    clock: systemClock,
  },
};
const inAddress = `u:${encodeURIComponent(password)}@`;
const batch = {
  taken: Date.now(),
  groups: [{ grouping: { job: 'j', instance: 'i' }, samples: [sample('probe_success', {}, 1)] }],
};

type Ask = (port: number, deadline: Deadline, clock: Clock) => Promise<unknown>;

const writeTo =
  (auth: Auth | undefined, user = ''): Ask =>
  (port, deadline, clock) =>
    new RemoteWriteClient({
      url: new URL(`http://${user}127.0.0.1:${port}/api/v1/write`),
      version: 1,
      clock,
      ...(auth !== undefined && { auth }),
    }).write([{ labels: { __name__: 'm' }, points: [{ at: Date.now(), value: 1 }] }], deadline);
const queryAt =
  (auth: Auth | undefined, user = ''): Ask =>
  (port, deadline) =>
    queryInstant(
      {
        url: new URL(`http://${user}127.0.0.1:${port}/api/v1/write`),
        ...(auth !== undefined && { auth }),
      },
      { expression: 'up', at: Date.now() },
      deadline,
    );
const pushTo =
  (user: string, settings: object = {}): Ask =>
  (port, deadline) =>
    createPushgatewaySink({
      url: `http://${user}127.0.0.1:${port}`,
      ...settings,
    }).write(batch, deadline);
const sendTo: Ask = (port, deadline, clock) =>
  createQueueSink({
    url: new URL('http://sqs.eu-west-1.example/1/q'),
    endpoint: new URL(`http://127.0.0.1:${port}/`),
    region: 'eu-west-1',
    credentials: () => keys,
    clock,
  }).write(batch, deadline);

const asked: readonly { readonly name: string; readonly ask: Ask }[] = [
  {
    name: 'a push with a password',
    ask: pushTo('', { auth: { username: 'u', password: 'env:RECEIVER_PASSWORD' } }),
  },
  { name: 'a push with a password in its address', ask: pushTo(inAddress) },
  ...Object.entries(auths).map(([kind, auth]) => ({
    name: `a write, ${kind}`,
    ask: writeTo(auth),
  })),
  { name: 'a write with a password in its address', ask: writeTo(undefined, inAddress) },
  ...Object.entries(auths).map(([kind, auth]) => ({
    name: `a query, ${kind}`,
    ask: queryAt(auth),
  })),
  { name: 'a query with a password in its address', ask: queryAt(undefined, inAddress) },
  { name: 'a message to the queue', ask: sendTo },
];

const secrets = [
  password,
  encodeURIComponent(password),
  JSON.stringify(password).slice(1, -1),
  Buffer.from(`u:${password}`).toString('base64'),
  token,
  keys.secretAccessKey,
  keys.sessionToken,
];

describe.each(['403 Forbidden', '500 Oops', '302 Found'])('answered with %s', (status) => {
  it.each(asked)('$name shows none of its credentials, on one line', async ({ ask }) => {
    const { port, received } = await startEcho(status);
    const clock = createFakeClock(Date.now());
    const deadline = startDeadline(20, clock);
    const error = await ask(port, deadline, clock).catch((thrown: unknown) => thrown);
    deadline.close();
    // They were sent, so that they could be repeated.
    expect(received()).toMatch(/^authorization: /im);
    expect(error).toBeInstanceOf(Error);
    const { message } = error as Error;
    for (const secret of secrets) expect(message).not.toContain(secret);
    expect(message).not.toMatch(/Signature=(?!redacted)[0-9a-f]/);
    expect(message.split('\n').length).toBeLessThanOrEqual(2);
  });
});

it('whom we give up is sent a reset: what has not left yet must not arrive afterwards', async () => {
  let ended = '';
  let arrive: () => void = () => undefined;
  const arrived = new Promise<void>((resolve) => {
    arrive = resolve;
  });
  server = await startRawServer((socket) => {
    socket.once('data', arrive);
    socket.on('error', (error: NodeJS.ErrnoException) => {
      ended = error.code ?? '';
    });
    socket.on('end', () => {
      ended ||= 'end';
    });
  });
  const given = new AbortController();
  const deadline = startDeadline(60, systemClock, given.signal);
  const pushed = pushTo('')(server.port, deadline, systemClock);
  await Promise.race([pushed, arrived]);
  given.abort(new DeadlineExceeded(0.1));
  await expect(pushed).rejects.toThrow('timeout');
  deadline.close();
  while (ended === '') await new Promise((resolve) => setImmediate(resolve));
  expect(ended).toBe('ECONNRESET');
});

it('what is pushed directly carries the mark of its owner', async () => {
  const { port, received } = await startEcho('200 OK');
  process.env.FARGAZE_OWNER = 'fargaze-test-owner';
  const deadline = startDeadline(60, systemClock);
  await pushTo('')(port, deadline, systemClock);
  deadline.close();
  delete process.env.FARGAZE_OWNER;
  expect(received()).toMatch(/^fargaze_group_timestamp_seconds\{owner="fargaze-test-owner"\} /m);
});
