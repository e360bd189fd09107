// The queue sink against a real SQS protocol (moto), and against queues that refuse, fail in part and stall.
import { createServer, type Server as HttpServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Clock, systemClock } from '../../layers/core/src/clock.ts';
import { startDeadline } from '../../layers/core/src/deadline.ts';
import { fromMessage } from '../../layers/core/src/queue/message.ts';
import { createQueueSink } from '../../layers/core/src/queue/sink.ts';
import { type SqsQueue, sendToQueue } from '../../layers/core/src/queue/sqs.ts';
import { type Batch, type Series, sample } from '../../layers/core/src/sample.ts';
import { freePort } from '../../local/programs/ports.ts';
import type { Server } from '../../local/programs/servers.ts';
import { createFakeClock } from '../support/fake-clock.ts';
import { startMoto } from '../support/moto.ts';
import { createQueue, receiveAll } from '../support/sqs.ts';

const batch: Batch = {
  taken: 1_700_000_000_000,
  groups: [{ grouping: { job: 'j', instance: 'i' }, samples: [sample('probe_success', {}, 1)] }],
};

const queueAt = (url: string, endpoint = url, clock: Clock = systemClock): SqsQueue => ({
  url: new URL(url),
  endpoint: new URL('/', endpoint),
  region: 'us-east-1',
  credentials: () => ({ accessKeyId: 'AKIAFAKE', secretAccessKey: 'fake', sessionToken: 'token' }),
  clock,
});

type To = { readonly url: string; readonly endpoint?: string; readonly clock?: Clock };

async function write({ clock = systemClock, endpoint, url }: To, what = batch, seconds = 60) {
  const sink = createQueueSink(queueAt(url, endpoint, clock));
  const deadline = startDeadline(seconds, clock);
  try {
    return await sink.write(what, deadline);
  } finally {
    deadline.close();
  }
}

describe('moto', () => {
  let moto: Server;
  beforeAll(async () => {
    moto = await startMoto();
  }, 300_000);
  afterAll(() => moto.stop());

  it('a batch arrives as it was', async () => {
    const url = await createQueue(moto.url, 'one');
    await write({ url, endpoint: moto.url });
    const bodies = await receiveAll(moto.url, url, 1);
    expect(bodies.map((body) => fromMessage(JSON.parse(body)))).toEqual([batch]);
  });

  it('a batch that outgrows one message arrives in many, every point of it', async () => {
    const url = await createQueue(moto.url, 'many');
    const series: Series[] = Array.from({ length: 300 }, (_, i) => ({
      labels: { __name__: 'aws_ecs_cpuutilization_average', dimension_ServiceName: `s${i}` },
      points: Array.from({ length: 180 }, (_, at) => ({ at: at * 60_000, value: Math.random() })),
    }));
    await write({ url, endpoint: moto.url }, { ...batch, series }, 60);
    const bodies = await receiveAll(moto.url, url, 2);
    expect(bodies.length).toBeGreaterThan(2);
    const got = bodies.map((body) => fromMessage(JSON.parse(body)));
    const count = (all: readonly Batch[]) =>
      all.flatMap((one) => one.series ?? []).reduce((sum, { points }) => sum + points.length, 0);
    expect([count(got), got.flatMap(({ groups }) => groups).length]).toEqual([54_000, 1]);
  });

  it('a queue that does not exist is an error that says so, at once', async () => {
    const url = `${moto.url}/123456789012/none`;
    await expect(write({ url, endpoint: moto.url })).rejects.toMatchObject({
      message: expect.stringMatching(
        /^queue: 1 of 1 messages not taken: status 400: QueueDoesNotExist/,
      ),
      retryable: false,
    });
  });
});

describe('a queue of ours', () => {
  type Request = {
    readonly headers: NodeJS.Dict<string | string[]>;
    readonly body: Record<string, unknown>;
  };
  let server: HttpServer;
  let requests: Request[];
  let answer: (
    entries: readonly { Id: string }[],
    round: number,
  ) => { status?: number; body: object | string };

  beforeEach(async () => {
    requests = [];
    server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const body = JSON.parse(Buffer.concat(chunks).toString('utf8'));
        requests.push({ headers: request.headers, body });
        const reply = answer(body.Entries, requests.length);
        response.writeHead(reply.status ?? 200);
        response.end(typeof reply.body === 'string' ? reply.body : JSON.stringify(reply.body));
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  });
  afterEach(() => new Promise((resolve) => server.close(resolve)));

  const url = () => `http://127.0.0.1:${(server.address() as AddressInfo).port}/1/q`;
  /** Twelve groups that compress to messages of a hundred kilobytes each. */
  const long: Batch = {
    taken: 1,
    groups: Array.from({ length: 12 }, (_, i) => ({
      grouping: { job: 'j', instance: `i${i}` },
      samples: [
        sample(
          'probe_tls_cipher_info',
          { cipher: Array.from({ length: 9000 }, () => String(Math.random())).join('') },
          1,
        ),
      ],
    })),
  };
  const taken = (ids: readonly string[]) => ids.map((Id) => ({ Id, MessageId: `m${Id}` }));

  it('is asked as its protocol wants, in requests that it takes', async () => {
    answer = (entries) => ({ body: { Successful: taken(entries.map(({ Id }) => Id)) } });
    await write({ url: url() }, long);
    expect(requests.length).toBeGreaterThan(3);
    for (const { body, headers } of requests) {
      expect(headers['x-amz-target']).toBe('AmazonSQS.SendMessageBatch');
      expect(headers['content-type']).toBe('application/x-amz-json-1.0');
      expect(headers['x-amz-security-token']).toBe('token');
      expect(headers.authorization).toMatch(
        /^AWS4-HMAC-SHA256 Credential=AKIAFAKE\/\d{8}\/us-east-1\/sqs\//,
      );
      expect(body.QueueUrl).toBe(url());
      const bytes = (body.Entries as { MessageBody: string }[]).map(
        ({ MessageBody }) => MessageBody.length,
      );
      expect(bytes.reduce((sum, one) => sum + one, 0)).toBeLessThanOrEqual(256 * 1024);
    }
  });

  it('what it fails to take is sent again, and only that', async () => {
    answer = (entries, round) => {
      const ids = entries.map(({ Id }) => Id);
      if (round !== 1) return { body: { Successful: taken(ids) } };
      const [first, ...others] = ids;
      const Failed = [{ Id: first, SenderFault: false, Code: 'InternalError', Message: 'busy' }];
      return { body: { Successful: taken(others), Failed } };
    };
    const messages = Array.from({ length: 25 }, (_, i) => `message ${i}`);
    const deadline = startDeadline(60, systemClock);
    await sendToQueue(queueAt(url()), messages, deadline);
    deadline.close();
    const sent = requests.map(({ body }) =>
      (body.Entries as { MessageBody: string }[]).map(({ MessageBody }) => MessageBody),
    );
    expect(sent.map((bodies) => bodies.length)).toEqual([10, 1, 10, 5]);
    expect(sent[1]).toEqual(['message 0']);
    expect(new Set(sent.flat())).toEqual(new Set(messages));
  });

  it('a request holds as many messages as it may be long', async () => {
    answer = (entries) => ({ body: { Successful: taken(entries.map(({ Id }) => Id)) } });
    const deadline = startDeadline(60, systemClock);
    const third = 'x'.repeat(256 * 1024 - 2 * 100_000);
    const messages = ['x'.repeat(100_000), 'x'.repeat(100_000), third, 'x'];
    await sendToQueue(queueAt(url()), messages, deadline);
    deadline.close();
    const counts = requests.map(({ body }) => (body.Entries as unknown[]).length);
    expect(counts).toEqual([3, 1]);
  });

  it.each([
    {
      name: 'an entry that it will never take',
      reply: (ids: string[]) => ({
        body: {
          Successful: [],
          Failed: ids.map((Id) => ({
            Id,
            SenderFault: true,
            Code: 'InvalidMessageContents',
            Message: 'no\nway',
          })),
        },
      }),
      want: 'queue: 1 of 1 messages not taken: InvalidMessageContents: no way',
      retryable: false,
      tries: 1,
    },
    {
      name: 'credentials that it refuses',
      reply: () => ({
        status: 403,
        body: { __type: 'com.amazon.coral.service#AccessDeniedException', Message: 'not you' },
      }),
      want: 'status 403: AccessDeniedException: not you',
      retryable: false,
      tries: 1,
    },
    {
      name: 'throttling until the deadline',
      reply: () => ({ status: 400, body: { __type: 'com.amazonaws.sqs#RequestThrottled' } }),
      want: 'status 400: RequestThrottled',
      retryable: true,
      tries: 2,
    },
    {
      name: 'failing until the deadline',
      reply: () => ({ status: 503, body: 'sorry' }),
      want: 'status 503',
      retryable: true,
      tries: 2,
    },
    {
      name: 'an answer that names no message',
      reply: () => ({ body: {} }),
      want: 'the answer does not name it',
      retryable: true,
      tries: 2,
    },
    {
      name: 'an answer that is no JSON',
      reply: () => ({ body: '<html>' }),
      want: 'the answer does not name it',
      retryable: true,
      tries: 2,
    },
  ])('$name is an error that says so', async ({ reply, retryable, tries, want }) => {
    answer = (entries) => reply(entries.map(({ Id }) => Id));
    const clock = createFakeClock();
    await expect(write({ url: url(), clock }, batch, 10)).rejects.toMatchObject({
      name: 'DeliveryError',
      message: expect.stringContaining(want),
      retryable,
    });
    if (tries === 1) expect(requests).toHaveLength(1);
    else expect(requests.length).toBeGreaterThanOrEqual(tries);
  });

  it('nobody listening is an error within the deadline', async () => {
    const nobody = `http://127.0.0.1:${await freePort()}/1/q`;
    await expect(write({ url: nobody, clock: createFakeClock() })).rejects.toMatchObject({
      message: expect.stringContaining('refused'),
      retryable: true,
    });
  });

  it('a group that no message can hold is named after the others were sent', async () => {
    answer = (entries) => ({ body: { Successful: taken(entries.map(({ Id }) => Id)) } });
    const cipher = Array.from({ length: 40_000 }, () => String(Math.random())).join('');
    const huge = {
      grouping: { job: 'j', instance: 'huge' },
      samples: [sample('probe_tls_cipher_info', { cipher }, 1)],
    };
    await expect(
      write({ url: url() }, { ...batch, groups: [huge, ...batch.groups] }),
    ).rejects.toThrow('queue: longer than a message of 262144 bytes: the group j huge');
    expect(requests).toHaveLength(1);
  });
});
