// Connections to AWS that break: which failures are tried again, on which connection, and what is left open.
import { createCallTally } from '../../functions/ecs-bridge/aws/call-tally.ts';
import { createEcsApi, type EcsApi } from '../../functions/ecs-bridge/aws/ecs-api.ts';
import { openScope } from '../../functions/ecs-bridge/aws/open-scope.ts';
import { Sessions } from '../../functions/ecs-bridge/aws/sessions.ts';
import { toSourceError } from '../../functions/ecs-bridge/aws/source-error.ts';
import { getTaggedResources } from '../../functions/ecs-bridge/aws/tagging.ts';
import type { Clock } from '../../layers/core/src/clock.ts';
import { type Deadline, startDeadline } from '../../layers/core/src/deadline.ts';
import { issueCertificate } from '../support/certificates.ts';
import { createFakeClock } from '../support/fake-clock.ts';
import { answerWith, httpAnswer, type RawServer, startRawServer } from '../support/raw-server.ts';

const credentials = async () => ({ accessKeyId: 'AKIAFAKE', secretAccessKey: 'not-a-secret' });
const answer = httpAnswer('200 OK', [], '{"clusterArns":["a"]}');
const closing: (() => unknown)[] = [];

afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
  delete process.env.AWS_ENDPOINT_URL;
});

async function serve(...args: Parameters<typeof startRawServer>): Promise<RawServer> {
  const server = await startRawServer(...args);
  closing.push(() => server.close());
  const scheme = args[1] === undefined ? 'http' : 'https';
  process.env.AWS_ENDPOINT_URL = `${scheme}://127.0.0.1:${server.port}`;
  return server;
}

function open(clock: Clock = createFakeClock()): { api: EcsApi; deadline: Deadline } {
  const deadline = startDeadline(60, clock);
  const api = createEcsApi({ region: 'eu-west-1', credentials, clock }, deadline);
  closing.push(
    () => api.close(),
    () => deadline.close(),
  );
  return { api, deadline };
}

it.each([
  { what: 'is reset before the answer', bytes: '' },
  { what: 'is reset in the head', bytes: answer.slice(0, 20) },
  { what: 'is reset in the body', bytes: answer.slice(0, -5) },
  { what: 'ends in the body', bytes: answer.slice(0, -5), end: true },
  { what: 'answers what is no HTTP', bytes: 'SSH-2.0-OpenSSH\r\n\r\n' },
])('a connection that $what is tried again', async ({ bytes, end = false }) => {
  let broken = 0;
  await serve((socket) => {
    const fail = broken < 3;
    broken += 1;
    const after = () => void (end ? socket.end() : socket.resetAndDestroy());
    answerWith(fail ? bytes : answer, fail ? after : undefined)(socket);
  });
  expect(await open().api.listClusters()).toEqual(['a']);
  expect(broken).toBe(4);
});

it.each([
  { after: '7', seconds: 7 },
  { after: 'Tue, 14 Nov 2023 22:13:31 GMT', seconds: 11 },
])('Retry-After: $after is kept', async ({ after, seconds }) => {
  let asked = 0;
  await serve((socket) => {
    asked += 1;
    const busy = httpAnswer('503 Busy', [`Retry-After: ${after}`, 'Connection: close']);
    answerWith(asked === 1 ? busy : answer)(socket);
  });
  const clock = createFakeClock();
  expect(await open(clock).api.listClusters()).toEqual(['a']);
  expect(clock.slept).toEqual([seconds]);
});

it('connections that the server ended while they were idle cost no call', async () => {
  // Each connection answers once, and is reset by the next request, as by a load balancer that has forgotten it.
  const server = await serve((socket) => {
    let asked = 0;
    socket.on('data', () => {
      asked += 1;
      if (asked === 1) socket.write(answer);
      else socket.resetAndDestroy();
    });
  });
  const { api } = open();
  for (let round = 0; round < 3; round++) {
    const lists = await Promise.all(Array.from({ length: 8 }, () => api.listClusters()));
    expect(lists).toEqual(Array(8).fill(['a']));
  }
  expect(server.connections()).toBeGreaterThan(16);
});

it('a connection that hears nothing leaves time for another one', async () => {
  const hung: unknown[] = [];
  await serve((socket) => {
    hung.push(socket);
    if (hung.length > 1) answerWith(answer)(socket);
  });
  const { api, deadline } = open();
  // Time by itself would pass too slowly: the first attempt is ended by its own deadline, which this one shortens.
  const slice = deadline.slice;
  const lengths: number[] = [];
  Object.assign(deadline, {
    slice: (seconds: number) => {
      lengths.push(seconds);
      return slice(lengths.length === 1 ? 0.05 : seconds);
    },
  });
  expect(await api.listClusters()).toEqual(['a']);
  expect(hung.length).toBe(2);
  expect(lengths).toEqual([20, 20]);
});

it('a certificate that is not trusted is not asked for again; the message says what helps', async () => {
  const { cert, key } = issueCertificate({ commonName: 'a', ip: ['127.0.0.1'] });
  const server = await serve(answerWith(answer), { cert, key });
  await expect(open().api.listClusters()).rejects.toMatchObject({
    message: expect.stringMatching(/^ListClusters: Error: .*NODE_EXTRA_CA_CERTS/),
    retryable: false,
  });
  expect(server.connections()).toBe(0);
});

it('a host of which no address answers has words', () => {
  const errors = ['::1', '127.0.0.1'].map((host) => new Error(`connect ECONNREFUSED ${host}:443`));
  const { message, retryable } = toSourceError('ecs', 'ListClusters', new AggregateError(errors));
  expect(message).toBe('ListClusters: AggregateError: connect ECONNREFUSED ::1:443');
  expect(retryable).toBe(true);
});

it.each([
  { list: (api: EcsApi) => api.listClusters(), operation: 'ListClusters' },
  { list: (api: EcsApi) => api.listTasks('prod', 'RUNNING'), operation: 'ListTasks' },
])('a page of $operation that names itself as the next one ends the list', async (given) => {
  const { list, operation } = given;
  let asked = 0;
  const page = httpAnswer('200 OK', [], '{"nextToken":"same"}');
  await serve((socket) => {
    socket.on('data', () => {
      asked += 1;
      socket.write(page);
    });
  });
  await expect(list(open().api)).rejects.toMatchObject({
    message: `${operation}: a page that names itself as the next one`,
    retryable: false,
  });
  expect(asked).toBe(2);
});

it('so does one of GetResources', async () => {
  const pages = [{ PaginationToken: 'same' }, { PaginationToken: 'same' }];
  await serve((socket) => {
    socket.on('data', () => socket.write(httpAnswer('200 OK', [], JSON.stringify(pages.shift()))));
  });
  const { deadline } = open();
  const caller = { region: 'eu-west-1', credentials, deadline, clock: createFakeClock() };
  const wish = { types: ['rds:db'], keys: [] };
  await expect(getTaggedResources(caller, wish, (make) => make())).rejects.toThrow(
    'GetResources: a page that names itself as the next one',
  );
});

it('whatever an answer repeats of a request, no message shows a secret of it', async () => {
  const session = 'session+token/of==the-role';
  const secret = 'secret/key+of-the-role';
  const signed = async () => ({
    ...(await credentials()),
    secretAccessKey: secret,
    sessionToken: session,
  });
  const ways: ((said: string) => string)[] = [
    (said) => httpAnswer('400 No', [], JSON.stringify({ __type: said, message: 'm' })),
    (said) => httpAnswer('400 No', [], JSON.stringify({ code: 'A', message: said })),
    (said) => httpAnswer('400 No', [], `<E><Code>${said}</Code><Message>${said}</Message></E>`),
    (said) => httpAnswer('400 No', [`x-amzn-errortype: a#${said}:b`], '{}'),
    (said) => httpAnswer('400 No', [`x-amzn-query-error: ${said};Sender`], '{}'),
    (said) => httpAnswer(`400 ${said}`, [`location: http://a/?${said}`], ''),
    (said) => httpAnswer('200 OK', [], `{"clusterArns":["a"],${said}`),
    (said) => `HTTP/1.1 200 OK\r\n${said}: a b\r\n\tc\r\n${said}\r\n\r\n`,
  ];
  let way = ways[0];
  await serve((socket) => {
    socket.on('data', (chunk) => {
      const text = chunk.toString();
      const [, signature = ''] = /Signature=(\w+)/.exec(text) ?? [];
      socket.end(way?.(`${session} ${secret} ${encodeURIComponent(session)} ${signature}`) ?? '');
    });
  });
  const clock = createFakeClock();
  const deadline = startDeadline(60, clock);
  const api = createEcsApi({ region: 'eu-west-1', credentials: signed, clock }, deadline);
  closing.push(
    () => deadline.close(),
    () => api.close(),
  );
  for (way of ways) {
    const fault: Error = await api.listClusters().then(
      () => new Error('an answer'),
      (error) => error,
    );
    const shown = `${fault.message} ${fault.stack}`;
    expect(shown).toMatch(/^ListClusters: /);
    expect(shown).not.toMatch(/session.token|secret.key|Signature=|[0-9a-f]{64}/);
  }
});

it('nothing is left open', async () => {
  const server = await serve((socket) => void socket.on('data', () => socket.write(answer)));
  const { api, deadline } = open();
  await Promise.all(Array.from({ length: 40 }, () => api.listClusters()));
  expect(server.connections()).toBe(8);
  api.close();
  deadline.close();
  // Ends by the time limit of a test where one stays open.
  while (server.open() > 0) await new Promise((resolve) => setImmediate(resolve));
});

it('a role that AWS rejects, as one that was made anew, is assumed again in the same run', async () => {
  const clock = createFakeClock();
  const keys: (string | undefined)[] = [];
  let given = 0;
  await serve((socket) => {
    socket.on('data', (chunk) => {
      const text = chunk.toString();
      if (text.includes('Action=AssumeRole')) {
        given += 1;
        const ends = new Date(clock.now() + 3_600_000).toISOString();
        const parts = `<AccessKeyId>KEY${given}</AccessKeyId><SecretAccessKey>not-a-secret</SecretAccessKey><SessionToken>token-of-the-role</SessionToken>`;
        socket.write(httpAnswer('200 OK', [], `<A>${parts}<Expiration>${ends}</Expiration></A>`));
        return;
      }
      const [, key] = /Credential=(\w+)/.exec(text) ?? [];
      keys.push(key);
      const known = key === 'KEY2';
      const body = known ? '{"clusterArns":["a"]}' : '{"__type":"UnrecognizedClientException"}';
      socket.write(httpAnswer(known ? '200 OK' : '400 Bad Request', [], body));
    });
  });
  const deadline = startDeadline(3600, clock);
  const sessions = new Sessions();
  const role = { roleArn: 'arn:aws:iam::444455556666:role/reader' };
  const options = { sessions, clock, deadline, tally: createCallTally(), stsRegion: undefined };
  process.env.AWS_ACCESS_KEY_ID = 'OWN';
  process.env.AWS_SECRET_ACCESS_KEY = 'not-a-secret';
  const scope = await openScope({ region: 'eu-west-1', role }, options);
  closing.push(
    () => scope.close(),
    () => deadline.close(),
  );
  await expect(scope.ecs().listClusters()).rejects.toThrow('UnrecognizedClientException');
  clock.pass(300);
  expect(await scope.ecs().listClusters()).toEqual(['a']);
  expect(keys).toEqual(['KEY1', 'KEY1', 'KEY2']);
  delete process.env.AWS_ACCESS_KEY_ID;
  delete process.env.AWS_SECRET_ACCESS_KEY;
});
