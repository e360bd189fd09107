// Signed calls of AWS's APIs without the SDK: what is asked, what is read, and errors in every form that services have.
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { CloudWatchClient, GetMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import { createCloudWatchApi } from '../../functions/ecs-bridge/aws/cloudwatch-api.ts';
import { Connections } from '../../functions/ecs-bridge/aws/connections.ts';
import { isThrottled } from '../../functions/ecs-bridge/aws/source-error.ts';
import { systemClock } from '../../layers/core/src/clock.ts';
import { type Deadline, startDeadline } from '../../layers/core/src/deadline.ts';
import { SourceError } from '../../layers/core/src/errors.ts';

type Reply = { status?: number; headers?: Record<string, string>; body: string };

let server: Server;
let deadline: Deadline;
let reply: Reply;
let asked: { headers: IncomingHttpHeaders; body: string; port: number | undefined }[];
const connections = new Connections();

beforeEach(async () => {
  asked = [];
  reply = { body: '{}' };
  server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const body = Buffer.concat(chunks).toString('utf8');
    asked.push({ headers: request.headers, body, port: request.socket.remotePort });
    response.writeHead(reply.status ?? 200, reply.headers).end(reply.body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  process.env.AWS_ENDPOINT_URL = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  deadline = startDeadline(60, systemClock);
});

afterEach(() => {
  delete process.env.AWS_ENDPOINT_URL;
  deadline.close();
  connections.close();
  server.closeAllConnections();
  server.close();
});

const credentials = async () => ({ accessKeyId: 'AKIAFAKE', secretAccessKey: 'not-a-secret' });

function api(region = 'eu-west-1') {
  return createCloudWatchApi({ region, credentials, deadline, clock: systemClock, connections });
}

const input = { MetricDataQueries: [], StartTime: 1_800_000_000, EndTime: 1_800_000_300 };

async function faultOf(given: Reply): Promise<SourceError> {
  reply = given;
  const fault = await api()
    .getMetricData(input)
    .catch((error: unknown) => error);
  if (!(fault instanceof SourceError)) throw new Error(`want a SourceError, got ${fault}`);
  return fault;
}

it('asks as the SDK does, over one connection', async () => {
  await api().getMetricData(input);
  await api().listMetrics({ Namespace: 'AWS/ECS' });
  const sdk = new CloudWatchClient({ region: 'eu-west-1', credentials });
  const StartTime = new Date(input.StartTime * 1000);
  const EndTime = new Date(input.EndTime * 1000);
  await sdk.send(new GetMetricDataCommand({ ...input, StartTime, EndTime }));
  sdk.destroy();
  const [own, second, theirs] = asked;
  expect(JSON.parse(own?.body ?? '')).toEqual(JSON.parse(theirs?.body ?? ''));
  for (const name of ['content-type', 'x-amz-target']) {
    expect(own?.headers[name]).toBe(theirs?.headers[name]);
  }
  const scope = /Credential=AKIAFAKE\/\d{8}\/eu-west-1\/monitoring\/aws4_request/;
  for (const one of asked) expect(one.headers.authorization).toMatch(scope);
  expect(second?.port).toBe(own?.port);
  expect(second?.headers['x-amz-target']).toMatch(/\.ListMetrics$/);
});

it('values are as the service wrote them: times in seconds, numbers that JSON lacks as text', async () => {
  reply = { body: '{"MetricDataResults":[{"Id":"a","Timestamps":[1.8E9],"Values":["NaN"]}]}' };
  const { MetricDataResults } = await api().getMetricData(input);
  expect(MetricDataResults).toEqual([{ Id: 'a', Timestamps: [1_800_000_000], Values: ['NaN'] }]);
});

it('half an answer may be asked for again', async () => {
  const fault = await faultOf({ body: '{"MetricDataResults":[' });
  expect(fault).toMatchObject({
    message: 'GetMetricData: an answer that is no JSON object',
    retryable: true,
  });
});

const type = 'com.amazonaws.cloudwatch#LimitExceededException';
it.each([
  {
    from: 'a type with its namespace, words with quotes',
    given: { status: 400, body: `{"__type":"${type}","message":"no \\"x\\""}` },
    want: 'GetMetricData: LimitExceededException: no "x"',
  },
  {
    from: 'a header',
    given: { status: 400, headers: { 'x-amzn-errortype': `${type}:http://a/` }, body: '' },
    want: 'GetMetricData: LimitExceededException: status 400',
  },
  {
    from: 'the header of a former query protocol',
    given: { status: 400, headers: { 'x-amzn-query-error': 'Throttling;Sender' }, body: '{}' },
    want: 'GetMetricData: Throttling: status 400',
  },
  {
    from: 'XML',
    given: {
      status: 403,
      body: '<E><Code>AccessDenied</Code><Message>not you</Message></E>',
    },
    want: 'GetMetricData: permission cloudwatch:GetMetricData is missing: AccessDenied: not you',
  },
  {
    from: 'a page of a proxy',
    given: { status: 502, body: '<html>bad gateway</html>' },
    want: 'GetMetricData: Error: status 502',
  },
  {
    from: 'JSON that is cut',
    given: { status: 500, body: '{"__type":"Inter' },
    want: 'GetMetricData: Error: status 500',
  },
])('an error by $from', async ({ given, want }) => {
  const fault = await faultOf(given);
  expect(fault.message).toBe(want);
  expect(fault.retryable).toBe(given.status >= 500 || isThrottled(fault));
  expect(isThrottled(fault)).toBe(/Throttling|LimitExceeded/.test(want));
});

it('a secret that an error repeats is hidden', async () => {
  const { message } = await faultOf({ status: 400, body: '{"message":"key not-a-secret"}' });
  expect(message).not.toContain('not-a-secret');
});

it('a name that is none of an error hides secrets too, and is one line', async () => {
  const __type = `a\nnot-a-secret${'x'.repeat(3000)}`;
  const { message } = await faultOf({ status: 400, body: JSON.stringify({ __type }) });
  expect(message).not.toMatch(/not-a-secret|\n/);
  expect(message.length).toBeLessThan(200);
});

it.each(['null', '[]', '5', '"x"', ''])(
  'an answer that is no object, %s, may be asked for again',
  async (body) => {
    expect(await faultOf({ body })).toMatchObject({
      message: 'GetMetricData: an answer that is no JSON object',
      retryable: true,
    });
  },
);

it('marks in the words of XML are read', async () => {
  const body = '<E><Code>Other</Code><Message>&lt;a&gt; &amp;amp; &quot;b&quot;</Message></E>';
  expect((await faultOf({ status: 400, body })).message).toBe(
    'GetMetricData: Other: <a> &amp; "b"',
  );
});

it('a page that names itself as the next one is not read for ever', async () => {
  reply = { body: '{"NextToken":"same"}' };
  const again = { ...input, NextToken: 'same' };
  expect((await api().getMetricData(input)).NextToken).toBe('same');
  await expect(api().getMetricData(again)).rejects.toMatchObject({
    message: 'GetMetricData: a page that names itself as the next one',
    retryable: false,
  });
});

it('without a region nothing is asked', async () => {
  const want = 'ListMetrics: AWS_REGION is unset, want the region to read';
  await expect(api('').listMetrics({})).rejects.toThrow(want);
  expect(asked).toEqual([]);
});
