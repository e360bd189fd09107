// Answers of AWS as the SDK takes them: the same server answers the SDK's client and our signed calls, and both must see the
// same error, call again for the same ones, and be throttled by the same ones.
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  CloudWatchClient,
  type CloudWatchClientConfig,
  ListMetricsCommand,
} from '@aws-sdk/client-cloudwatch';
import { createCloudWatchApi } from '../../functions/ecs-bridge/aws/cloudwatch-api.ts';
import { isThrottled } from '../../functions/ecs-bridge/aws/source-error.ts';
import { systemClock } from '../../layers/core/src/clock.ts';
import { startDeadline } from '../../layers/core/src/deadline.ts';
import type { SourceError } from '../../layers/core/src/errors.ts';

type Reply = { status: number; headers?: Record<string, string>; body: string };

const region = 'eu-west-1';
const credentials = async () => ({ accessKeyId: 'AKIAFAKE', secretAccessKey: 'not-a-secret' });
let server: Server;
let reply: Reply;
let paths: (string | undefined)[];
let endpoint: string;

beforeAll(async () => {
  server = createServer((request, response) => {
    paths.push(request.url);
    request.resume().on('end', () => {
      response.writeHead(reply.status, reply.headers).end(reply.body);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

beforeEach(() => {
  paths = [];
  process.env.AWS_ENDPOINT_URL = endpoint;
});

afterEach(() => {
  delete process.env.AWS_ENDPOINT_URL;
});

afterAll(() => {
  server.closeAllConnections();
  server.close();
});

type Seen = { readonly answer?: object; readonly error?: string; again: boolean; slower: boolean };

/** What the SDK makes of the reply; it calls once, and says how it would go on. */
async function bySdk(): Promise<Seen> {
  const seen = { again: false, slower: false };
  const token = { getRetryCount: () => 0, getRetryDelay: () => 0 };
  const retryStrategy: Extract<
    CloudWatchClientConfig['retryStrategy'],
    { recordSuccess: unknown }
  > = {
    acquireInitialRetryToken: async () => token,
    refreshRetryTokenForRetry: async (_, { errorType }) => {
      seen.slower = errorType === 'THROTTLING';
      seen.again = errorType !== 'CLIENT_ERROR';
      throw new Error('once is enough');
    },
    recordSuccess: () => undefined,
  };
  const client = new CloudWatchClient({ region, credentials, retryStrategy });
  try {
    const { $metadata, ...answer } = await client.send(new ListMetricsCommand({}));
    return { answer, ...seen };
  } catch (error) {
    const { message, name } = error as Error;
    // What it says where a service says nothing.
    return { error: name === 'Unknown' ? 'Error' : `${name}: ${message}`, ...seen };
  } finally {
    client.destroy();
  }
}

async function byUs(): Promise<Seen> {
  const deadline = startDeadline(10, systemClock);
  const clock = { ...systemClock };
  try {
    const api = createCloudWatchApi({ region, credentials, deadline, clock });
    return { answer: await api.listMetrics({}), again: false, slower: false };
  } catch (error) {
    const fault = error as SourceError;
    const text = fault.message
      .replace(/^ListMetrics: (?:permission cloudwatch:ListMetrics is missing: )?/, '')
      .replace(/^Error: status \d+$/, 'Error');
    return { error: text, again: fault.retryable, slower: isThrottled(fault) };
  } finally {
    deadline.close();
  }
}

const names = [
  'BandwidthLimitExceeded',
  'EC2ThrottledException',
  'LimitExceededException',
  'PriorRequestNotComplete',
  'ProvisionedThroughputExceededException',
  'RequestLimitExceeded',
  'RequestThrottled',
  'RequestThrottledException',
  'SlowDown',
  'ThrottledException',
  'Throttling',
  'ThrottlingException',
  'TooManyRequestsException',
  'TransactionInProgressException',
  'RequestTimeout',
  'RequestTimeoutException',
  'InternalFailure',
  'ServiceUnavailable',
  'ExpiredTokenException',
  'UnrecognizedClientException',
  'InvalidSignatureException',
  'AccessDenied',
  'InvalidNextToken',
  'ServerException',
];

it.each([400, 503])('errors by name with status %i', async (status) => {
  for (const name of names) {
    reply = { status, body: JSON.stringify({ __type: `com.amazonaws.a#${name}`, message: 'no' }) };
    expect([name, await byUs()]).toEqual([name, await bySdk()]);
  }
});

it('errors without a body, by their status', async () => {
  for (const status of [301, 400, 403, 404, 408, 413, 429, 500, 501, 502, 503, 504, 520]) {
    reply = { status, body: '' };
    expect([status, await byUs()]).toEqual([status, await bySdk()]);
  }
});

const type = 'ThrottlingException';
it.each<{ from: string; headers?: Record<string, string>; body: string }>([
  { from: 'code', body: `{"code":"${type}","message":"m"}` },
  { from: 'Code', body: `{"Code":"${type}","Message":"m"}` },
  {
    from: '__type with an address behind it',
    body: `{"__type":"${type}:http://a/#b","message":"m"}`,
  },
  { from: 'JSON after white space', body: ` \n{"__type":"${type}","message":"m"}` },
  {
    from: 'a header with a namespace and an address',
    headers: { 'x-amzn-errortype': `com.amazonaws#${type}:http://internal.example.com/coral/` },
    body: '{"message":"m"}',
  },
  {
    from: 'a header, rather than the body',
    headers: { 'x-amzn-errortype': type },
    body: '{"__type":"Other","message":"m"}',
  },
  {
    from: 'the header of a former query protocol, rather than both',
    headers: { 'x-amzn-query-error': `${type};Sender`, 'x-amzn-errortype': 'Another' },
    body: '{"__type":"a#Other","message":"m"}',
  },
])('the name of an error is in $from', async ({ body, headers = {} }) => {
  reply = { status: 400, headers, body };
  const seen = await byUs();
  expect(seen).toEqual(await bySdk());
  expect(seen).toEqual({ error: `${type}: m`, again: true, slower: true });
});

it('what is null is not there', async () => {
  const body = '{"Metrics":[{"Dimensions":null,"MetricName":"null"}],"NextToken":null}';
  reply = { status: 200, body };
  expect(await byUs()).toEqual(await bySdk());
  expect(await byUs()).toMatchObject({ answer: { Metrics: [{ MetricName: 'null' }] } });
});

it.each(['', '/', '/aws', '/aws/', '/a/b//'])(
  'an address that is set with the path "%s"',
  async (path) => {
    reply = { status: 200, body: '{}' };
    process.env.AWS_ENDPOINT_URL = `${endpoint}${path}`;
    await byUs();
    await bySdk();
    expect(paths[0]).toBe(paths[1]);
  },
);

describe('a clock that is wrong', () => {
  const inAnHour = () => ({ date: new Date(Date.now() + 3_600_000).toUTCString() });

  it.each(['InvalidSignatureException', 'RequestExpired', 'SignatureDoesNotMatch', 'AuthFailure'])(
    'is set by the date of %s',
    async (name) => {
      reply = {
        status: 403,
        headers: inAnHour(),
        body: JSON.stringify({ __type: name, message: 'm' }),
      };
      const seen = await byUs();
      expect(seen).toEqual(await bySdk());
      expect(seen.again).toBe(true);
    },
  );

  it('is not why a request without a date, or with the right one, is refused', async () => {
    const body = '{"__type":"InvalidSignatureException","message":"m"}';
    for (const date of ['soon', new Date().toUTCString()]) {
      reply = { status: 403, headers: { date }, body };
      expect((await byUs()).again).toBe(false);
      expect((await bySdk()).again).toBe(false);
    }
  });
});
