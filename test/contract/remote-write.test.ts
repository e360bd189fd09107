// Remote write against receivers that refuse, fail and stall. Real ones: remote-write-prometheus.test.ts.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import * as snappyjs from 'snappyjs';
import { systemClock } from '../../layers/core/src/clock.ts';
import { startDeadline } from '../../layers/core/src/deadline.ts';
import { createRemoteWriteSink } from '../../layers/core/src/remote-write/sink.ts';
import { sample } from '../../layers/core/src/sample.ts';
import { createFakeClock } from '../support/fake-clock.ts';
import { now, series, write } from '../support/remote-writing.ts';

type Behaviour = (request: IncomingMessage, response: ServerResponse, body: Buffer) => void;

describe('a receiver that', () => {
  let stop: () => Promise<void> = async () => undefined;
  const seen: { readonly headers: IncomingMessage['headers']; readonly body: Buffer }[] = [];

  async function receive(behave: Behaviour): Promise<string> {
    seen.length = 0;
    const server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const body = Buffer.concat(chunks);
        seen.push({ headers: request.headers, body });
        behave(request, response, body);
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    stop = async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    };
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}/api/v1/write`;
  }

  afterEach(() => stop());

  const one = [series('m', [{ at: now, value: 1 }])];
  const answer =
    (status: number, headers = {}, body = ''): Behaviour =>
    (_, response) =>
      void response.writeHead(status, headers).end(body);

  /** The behaviours one after the other; the last one for ever. */
  const inTurn = (...behaviours: readonly Behaviour[]): Behaviour => {
    let next = 0;
    return (...args) => behaviours[Math.min(next++, behaviours.length - 1)]?.(...args);
  };

  it('fails twice and then accepts has everything, sent alike', async () => {
    const url = await receive(inTurn(answer(503), answer(500), answer(204)));
    expect(await write(url, one)).toEqual({ sent: 1, rejected: {}, requests: 3 });
    expect(new Set(seen.map(({ body }) => body.toString('hex'))).size).toBe(1);
  });

  it('refuses whatever it is sent is not asked about each sample', async () => {
    const url = await receive(answer(400, {}, 'invalid label'));
    const points = Array.from({ length: 1000 }, (_, at) => ({ at: now + at, value: at }));
    await expect(write(url, [series('m', points)])).rejects.toMatchObject({
      message: expect.stringContaining('status 400, want 2xx: invalid label'),
      retryable: false,
    });
    expect(seen.length).toBeLessThan(150);
  });

  it('takes several requests is connected to once', async () => {
    const ports = new Set<number | undefined>();
    const url = await receive(({ socket: { remotePort } }, response) => {
      ports.add(remotePort);
      response.writeHead(204).end();
    });
    const points = Array.from({ length: 25_000 }, (_, index) => ({ at: now + index, value: 1 }));
    expect(await write(url, [series('m', points)])).toMatchObject({ sent: 25_000, requests: 3 });
    expect(ports.size).toBe(1);
  });

  it('closes the connection after each answer is connected to anew', async () => {
    const url = await receive((_, response) => {
      response.writeHead(204, { Connection: 'close' }).end();
    });
    const points = Array.from({ length: 25_000 }, (_, index) => ({ at: now + index, value: 1 }));
    expect(await write(url, [series('m', points)])).toMatchObject({ sent: 25_000, requests: 3 });
  });

  it('asks to wait is waited for', async () => {
    const url = await receive(inTurn(answer(429, { 'Retry-After': '1' }), answer(204)));
    const clock = createFakeClock(Date.now());
    expect(await write(url, one, { clock })).toMatchObject({ sent: 1, requests: 2 });
    expect(clock.slept).toEqual([1]);
  });

  it('asks to wait longer than there is time is given up at once', async () => {
    const url = await receive(answer(429, { 'Retry-After': '60' }, 'slow down'));
    await expect(write(url, one)).rejects.toMatchObject({ status: 429, retryable: true });
    expect(seen).toHaveLength(1);
  });

  it.each([401, 403, 404, 413, 422])('answers %d is not asked again', async (status) => {
    const url = await receive(answer(status, {}, 'no\nway'));
    await expect(write(url, one)).rejects.toMatchObject({
      status,
      retryable: false,
      message: `remote write: status ${status}, want 2xx: no way`,
    });
    expect(seen).toHaveLength(1);
  });

  it('keeps failing is given up at the deadline', async () => {
    const url = await receive(answer(500, {}, 'broken'));
    await expect(write(url, one, { seconds: 3 })).rejects.toMatchObject({
      status: 500,
      retryable: true,
    });
    expect(seen.length).toBeGreaterThan(1);
  });

  it('is silent is given up at the deadline', async () => {
    const url = await receive(() => undefined);
    await expect(write(url, one, { seconds: 0.4 })).rejects.toMatchObject({ retryable: true });
  });

  it('takes version 2 and says so is sent version 2', async () => {
    const url = await receive(answer(204, { 'X-Prometheus-Remote-Write-Samples-Written': '1' }));
    expect(await write(url, one, { version: 2 })).toMatchObject({ sent: 1, requests: 1 });
    expect(seen[0]?.headers).toMatchObject({
      'content-type': 'application/x-protobuf;proto=io.prometheus.write.v2.Request',
      'x-prometheus-remote-write-version': '2.0.0',
      'content-encoding': 'snappy',
    });
    expect(
      Buffer.from(snappyjs.uncompress(seen[0]?.body ?? Buffer.alloc(0))).toString('latin1'),
    ).toContain('help of m');
  });

  it('refuses part of version 2 keeps the rest, without halving', async () => {
    const url = await receive(
      answer(400, { 'X-Prometheus-Remote-Write-Samples-Written': '1' }, 'out of order sample'),
    );
    const two = [...one, series('n', [{ at: now, value: 2 }])];
    expect(await write(url, two, { version: 2 })).toEqual({
      sent: 1,
      rejected: { out_of_order: 1 },
      requests: 1,
    });
  });

  it.each([
    { name: 'answers 415', first: answer(415) },
    { name: 'accepts without a word on what it wrote', first: answer(204) },
  ])('$name to version 2 is sent version 1', async ({ first }) => {
    const url = await receive(inTurn(first, answer(204)));
    expect(await write(url, one, { version: 2 })).toMatchObject({ sent: 1, requests: 2 });
    expect(seen.map(({ headers }) => headers['x-prometheus-remote-write-version'])).toEqual([
      '2.0.0',
      '0.1.0',
    ]);
  });

  it('refuses everything is distinguished from one that refuses one sample: every reason is counted', async () => {
    const url = await receive(answer(400, {}, 'label name is not valid'));
    const four = Array.from({ length: 4 }, (_, i) => series(`m${i}`, [{ at: now, value: i }]));
    expect(await write(url, four)).toEqual({ sent: 0, rejected: { invalid: 4 }, requests: 7 });
  });

  it('wants credentials gets them, and no error shows them', async () => {
    process.env.TEST_TOKEN = 'hush-hush';
    process.env.TEST_PASSWORD = 'open:sesame';
    const url = await receive(answer(401, {}, 'who?'));
    const keys = { accessKeyId: 'AKID', secretAccessKey: 'hush-hush', sessionToken: 'session' };
    for (const [auth, want] of [
      [{ kind: 'bearer', token: 'env:TEST_TOKEN' }, /^Bearer hush-hush$/],
      [
        { kind: 'basic', basic: { username: 'u', password: 'env:TEST_PASSWORD' } },
        /^Basic dTpvcGVuOnNlc2FtZQ==$/,
      ],
      [
        {
          kind: 'sigv4',
          service: 'aps',
          region: 'eu-west-1',
          credentials: () => keys,
          clock: systemClock,
        },
        /^AWS4-HMAC-SHA256 Credential=AKID\/\d{8}\/eu-west-1\/aps\/aws4_request, SignedHeaders=content-encoding;content-type;host;user-agent;x-amz-date;x-amz-security-token;x-prometheus-remote-write-version, Signature=[0-9a-f]{64}$/,
      ],
    ] as const) {
      const error = await write(url, one, { auth }).catch((thrown: unknown) => thrown);
      expect(seen.at(-1)?.headers.authorization).toMatch(want);
      expect(String(error)).not.toMatch(/hush|sesame/);
    }
    delete process.env.TEST_TOKEN;
    delete process.env.TEST_PASSWORD;
  });

  it('refuses samples of a sink makes the write an error after the rest was stored', async () => {
    const url = await receive(
      inTurn(answer(400, {}, 'out of bounds'), answer(400, {}, 'out of bounds'), answer(204)),
    );
    const sink = createRemoteWriteSink({ url: new URL(url), version: 1 });
    const groups = [
      {
        grouping: { job: 'j', instance: 'i' },
        samples: [sample('probe_success', {}, 1), sample('probe_duration_seconds', {}, 1)],
      },
    ];
    const deadline = startDeadline(60, systemClock);
    await expect(sink.write({ taken: now, groups }, deadline)).rejects.toThrow(
      'samples that the receiver will never take: 1 too_old',
    );
    deadline.close();
  });
});
