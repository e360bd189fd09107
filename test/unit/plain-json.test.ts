// Answers of AWS's JSON protocols as they stand, and errors left to the SDK.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { CloudWatchClient, GetMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import { DescribeTasksCommand, ECSClient } from '@aws-sdk/client-ecs';
import { readPlainJson } from '../../functions/ecs-bridge/aws/plain-json.ts';

type Deserialize = (schema: unknown, context: unknown, response: unknown) => Promise<unknown>;

function client() {
  const removed: string[] = [];
  const deserializeResponse: Deserialize = async () => 'by the SDK';
  const protocol = { deserializeResponse };
  const middlewareStack = { remove: (name: string) => removed.push(name) > 0 };
  readPlainJson({ config: { protocol }, middlewareStack });
  const read = (statusCode: number, chunks: readonly string[]) => {
    const body = Readable.from(chunks.map((chunk) => Buffer.from(chunk, 'latin1')));
    const headers = { 'x-amzn-requestid': 'id' };
    return protocol.deserializeResponse({}, {}, { statusCode, headers, body });
  };
  return { read, removed };
}

it('is the object that was written, whole characters across chunks, with what the SDK wants to know', async () => {
  const { read, removed } = client();
  const $metadata = { httpStatusCode: 200, requestId: 'id' };
  const answer = await read(200, ['{"at":1.5,"name":"\u00c3', '\u00a9"}']);
  expect(answer).toEqual({ at: 1.5, name: '\u00e9', $metadata });
  expect(await read(200, [])).toEqual({ $metadata });
  expect(removed).toEqual(['loggerMiddleware']);
});

it('half an answer is an error', async () => {
  await expect(client().read(200, ['{"tasks":['])).rejects.toThrow(SyntaxError);
});

it('an error is read by the SDK', async () => {
  expect(await client().read(400, ['{"__type":"ThrottlingException"}'])).toBe('by the SDK');
});

it('a client without the part that is replaced is refused', () => {
  const middlewareStack = { remove: () => true };
  for (const protocol of [undefined, {}, { deserialize: () => undefined }]) {
    expect(() => readPlainJson({ config: { protocol }, middlewareStack })).toThrow(TypeError);
  }
});

describe('the clients of the SDK as installed', () => {
  // These fail when a new SDK reads answers elsewhere: then times would be dates, and the bridge would misread them.
  const answer = {
    tasks: [{ taskArn: 'a', createdAt: 1_800_000_000.5 }],
    MetricDataResults: [{ Id: 'a', Timestamps: [1_800_000_000], Values: [1, 'NaN'] }],
    extra: 'kept',
  };
  const server = createServer((_, response) => {
    response.setHeader('content-type', 'application/x-amz-json-1.1');
    response.end(JSON.stringify(answer));
  });
  const credentials = { accessKeyId: 'key', secretAccessKey: 'not-a-secret' };
  const options = () => {
    const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    return { region: 'eu-west-1', credentials, endpoint, maxAttempts: 1 };
  };

  beforeAll(() => new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve)));
  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });

  it('ECS answers with what was written', async () => {
    const ecs = new ECSClient(options());
    readPlainJson(ecs);
    const command = new DescribeTasksCommand({ cluster: 'c', tasks: ['a'] });
    expect(await ecs.send(command)).toMatchObject(answer);
    expect(ecs.middlewareStack.remove('loggerMiddleware')).toBe(false);
    ecs.destroy();
  });

  it('CloudWatch answers with what was written', async () => {
    const cloudWatch = new CloudWatchClient(options());
    readPlainJson(cloudWatch);
    const [StartTime, EndTime] = [new Date(0), new Date(60_000)];
    const command = new GetMetricDataCommand({ MetricDataQueries: [], StartTime, EndTime });
    expect(await cloudWatch.send(command)).toMatchObject(answer);
    cloudWatch.destroy();
  });

  it('without it they would answer with dates', async () => {
    const ecs = new ECSClient(options());
    const { tasks } = await ecs.send(new DescribeTasksCommand({ cluster: 'c', tasks: ['a'] }));
    expect(tasks?.[0]?.createdAt).toEqual(new Date(1_800_000_000_500));
    ecs.destroy();
  });
});
