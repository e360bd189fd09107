// Servers of HTTP/2 that refuse, wait or break off: what they said is what the probe says, and a request that a server has not
// processed is sent again.
import type { Socket } from 'node:net';
import { probeByModule } from '../../functions/web-probe/probers.ts';
import { systemClock } from '../../layers/core/src/clock.ts';
import type { WebModule } from '../../layers/core/src/config/modules.ts';
import { type Deadline, DeadlineExceeded } from '../../layers/core/src/deadline.ts';
import { certificates } from '../support/peer/web-servers.ts';
import { compileModule, detail, httpModule, runProbe, verdict } from '../support/probing.ts';
import { startRawServer } from '../support/raw-server.ts';

const { ca, leaf } = certificates;
const tls = { tls_config: { ca: ca.cert } };

function frame(type: number, flags: number, payload: Buffer, stream = 0): Buffer {
  const head = Buffer.alloc(9);
  head.writeUIntBE(payload.length, 0, 3);
  head[3] = type;
  head[4] = flags;
  head.writeUInt32BE(stream, 5);
  return Buffer.concat([head, payload]);
}

function field(name: string, value: string): Buffer {
  const texts = [name, value].flatMap((text) => [Buffer.from([text.length]), Buffer.from(text)]);
  return Buffer.concat([Buffer.from([0]), ...texts]);
}

const settings = frame(4, 0, Buffer.alloc(0));
const head = (...fields: readonly Buffer[]) =>
  frame(1, 4, Buffer.concat([field(':status', '200'), ...fields]), 1);
const part = (text: string) => frame(0, 0, Buffer.from(text), 1);
const last = (text: string) => frame(0, 1, Buffer.from(text), 1);
const reset = (code: number) => frame(3, 0, Buffer.from([0, 0, 0, code]), 1);
/** The head of a frame that confirms settings. */
const confirmed = Buffer.from([0, 0, 0, 4, 1]);
const goodbye = frame(7, 0, Buffer.alloc(8));
const answer = [head(), last('hello')];
const serving = [
  head(field('content-type', 'application/grpc')),
  frame(0, 0, Buffer.from([0, 0, 0, 0, 2, 8, 1]), 1),
  frame(1, 5, field('grpc-status', '0'), 1),
];

const grpcModule = () =>
  compileModule({ prober: 'grpc', timeout: '20s', grpc: { tls: true, ...tls } }) as WebModule;

type Answers = readonly (readonly Buffer[])[];

/** What a probe finds where the server answers its first connection by the first of `answers`, and so on. */
async function find(answers: Answers, { ends = false, grpc = false, path = '/' } = {}) {
  let asked = 0;
  const serve = (socket: Socket) =>
    void socket.once('data', () => {
      const bytes = Buffer.concat([settings, ...(answers[asked] ?? answers.at(-1) ?? [])]);
      asked += 1;
      if (ends) socket.end(bytes);
      else socket.write(bytes);
    });
  const server = await startRawServer(serve, { ...leaf, ALPNProtocols: ['h2'] });
  const module = grpc ? grpcModule() : httpModule(tls);
  const address = `127.0.0.1:${server.port}`;
  const probed = await runProbe(
    probeByModule,
    module,
    grpc ? address : `https://${address}${path}`,
  );
  const connections = server.connections();
  await server.close();
  return { probed, connections };
}

describe('a request that was not processed', () => {
  const refused = [
    { name: 'a refused stream', first: [reset(7)] },
    { name: 'a goodbye of courtesy', first: [goodbye] },
  ];

  it.each(refused)('after $name is sent again', async ({ first }) => {
    const http = await find([first, answer]);
    expect([verdict(http.probed), http.connections]).toEqual(['ok', 2]);
    const grpc = await find([first, first, serving], { grpc: true });
    expect([verdict(grpc.probed), grpc.connections]).toEqual(['ok', 3]);
  });

  it.each(refused)('after $name is sent three times, and no more', async ({ first }) => {
    const { connections, probed } = await find([first]);
    expect([verdict(probed), connections]).toEqual(['processing/reset', 3]);
    expect(detail(probed)).toMatch(/ \(asked 3 times\)$/);
  });

  it('counts the time of all', async () => {
    const { probed } = await find([[reset(7)], answer]);
    const once = await find([answer]);
    const lines = (found: typeof probed) => Object.keys(found.samples).sort();
    expect(lines(probed)).toEqual(lines(once.probed));
  });

  it.each([
    { name: 'another error', first: [reset(2)] },
    { name: 'an answer that had begun', first: [head(), reset(7)] },
  ])('$name is no reason to ask again', async ({ first }) => {
    const { connections } = await find([first, answer]);
    expect(connections).toBe(1);
  });
});

describe('what the server said', () => {
  it('stays when the connection ends behind it', async () => {
    const { probed } = await find([[reset(11)]], { ends: true });
    expect([verdict(probed), detail(probed)]).toEqual([
      'processing/reset',
      'the server broke off with ENHANCE_YOUR_CALM',
    ]);
  });

  it('of an answer that it resets at once is known', async () => {
    const { probed } = await find([[head(), part('hel'), reset(2)]]);
    const { probe_http_status_code: status, probe_http_uncompressed_body_length: length } =
      probed.samples;
    expect([verdict(probed), status, length]).toEqual(['transfer/reset', 200, 3]);
  });

  it.each([
    { name: 'with its last part', parts: [last('hello')] },
    { name: 'behind it', parts: [part('hello'), last('')] },
  ])('of a body that ends early, $name, is how much came', async ({ parts }) => {
    const { probed } = await find([[head(field('content-length', '100')), ...parts]]);
    expect([verdict(probed), detail(probed)]).toEqual([
      'transfer/protocol',
      'the body ended after 5 of 100 bytes',
    ]);
  });
});

describe('a server that does not answer', () => {
  const noStreams = frame(4, 0, Buffer.from([0, 3, 0, 0, 0, 0]));
  const ping = frame(6, 0, Buffer.alloc(8));

  it.each([
    {
      name: 'and allows no request',
      frames: [noStreams],
      says: 'the server allows no request (its SETTINGS_MAX_CONCURRENT_STREAMS is 0)',
    },
    { name: 'but for pings', frames: [ping, ping], says: 'frames that are no answer had come' },
  ])('$name is named so', async ({ frames, says }) => {
    const words = `deadline of 5s exceeded; ${says}`;
    for (const [prober, phase] of [
      ['http', 'processing'],
      ['grpc', 'check'],
    ] as const) {
      const { outcome } = await waitInVain(prober, frames);
      expect(outcome).toEqual({ ok: false, phase, reason: 'timeout', detail: words });
    }
  });
});

/** What a probe finds whose time is up once it has confirmed the server's settings. */
async function waitInVain(prober: 'http' | 'grpc', frames: readonly Buffer[]) {
  const controller = new AbortController();
  const deadline: Deadline = {
    signal: controller.signal,
    remaining: () => 5,
    slice: () => deadline,
    close: () => undefined,
  };
  const serve = (socket: Socket) => {
    socket.once('data', () => {
      socket.write(Buffer.concat([settings, ...frames]));
      socket.on('data', (bytes: Buffer) => {
        if (bytes.includes(confirmed)) controller.abort(new DeadlineExceeded(5));
      });
    });
  };
  const server = await startRawServer(serve, { ...leaf, ALPNProtocols: ['h2'] });
  const module = prober === 'grpc' ? grpcModule() : httpModule(tls);
  const address = `${prober === 'grpc' ? '' : 'https://'}127.0.0.1:${server.port}`;
  const target = { name: 'test', address, instance: address, module };
  const env = { deadline, clock: systemClock, trace: () => undefined };
  const found = await probeByModule(target, env);
  await server.close();
  return found;
}

it('a request of 200 KB is sent', async () => {
  const { probed } = await find([answer], { path: `/?${'x'.repeat(200_000)}` });
  expect(verdict(probed)).toBe('ok');
});

it('what is first sent is one record, with the request: a server that refuses the client is still heard', async () => {
  let first: Buffer | undefined;
  const serve = (socket: Socket) =>
    void socket.once('data', (bytes: Buffer) => {
      first = bytes;
      socket.write(Buffer.concat([settings, ...answer]));
    });
  const server = await startRawServer(serve, { ...leaf, ALPNProtocols: ['h2'] });
  const probed = await runProbe(
    probeByModule,
    httpModule(tls) as WebModule,
    `https://127.0.0.1:${server.port}/`,
  );
  await server.close();
  const preface = 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n';
  expect(verdict(probed)).toBe('ok');
  expect(first?.toString('latin1')).toMatch(new RegExp(`^${preface.replace('*', '\\*')}`));
  expect(typesIn(first?.subarray(preface.length) ?? Buffer.alloc(0))).toContain(1);
});

/** Which kinds of frames these bytes hold. */
function typesIn(bytes: Buffer): number[] {
  const found: number[] = [];
  for (let at = 0; at + 9 <= bytes.length; at += 9 + bytes.readUIntBE(at, 3)) {
    found.push(bytes[at + 3] ?? -1);
  }
  return found;
}
