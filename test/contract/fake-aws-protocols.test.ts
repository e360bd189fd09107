import { gzipSync } from 'node:zlib';
import {
  CloudWatchClient,
  GetMetricDataCommand,
  GetMetricStatisticsCommand,
  ListMetricsCommand,
} from '@aws-sdk/client-cloudwatch';
import { AwsQueryProtocol, AwsSmithyRpcV2CborProtocol } from '@aws-sdk/core/protocols';
import { clientConfig, cloudWatchClient, signedHeaders } from '../../local/fake-aws/clients.ts';
import { type FakeAws, startFakeAws } from '../../local/fake-aws/fake-aws.ts';

const now = 1_800_000_000;
const minute = Math.floor(now / 60) * 60;
const date = (seconds: number) => new Date(seconds * 1000);
let fake: FakeAws;

beforeEach(async () => {
  fake = await startFakeAws();
  fake.clock.set(now);
  fake.model.addCluster({ name: 'prod' });
  fake.model.addService({ cluster: 'prod', name: 'web & more' });
});

afterEach(() => fake.close());

const Metric = {
  Namespace: 'AWS/ECS',
  MetricName: 'CPUUtilization',
  Dimensions: [
    { Name: 'ServiceName', Value: 'web & more' },
    { Name: 'ClusterName', Value: 'prod' },
  ],
};
const data = new GetMetricDataCommand({
  MetricDataQueries: [
    { Id: 'a', MetricStat: { Metric, Period: 60, Stat: 'Average' } },
    { Id: 'b', Expression: 'a * 2', Label: 'double <a>' },
  ],
  StartTime: date(minute - 600),
  EndTime: date(minute - 300),
  ScanBy: 'TimestampAscending',
});
const statistics = new GetMetricStatisticsCommand({
  ...Metric,
  StartTime: date(minute - 600),
  EndTime: date(minute - 300),
  Period: 300,
  Statistics: ['Average', 'SampleCount'],
  ExtendedStatistics: ['p90'],
});

async function ask(client: CloudWatchClient) {
  const answers = {
    data: (await client.send(data)).MetricDataResults,
    metrics: (await client.send(new ListMetricsCommand({ Namespace: 'AWS/ECS' }))).Metrics,
    points: (await client.send(statistics)).Datapoints,
  };
  const refusal = await client
    .send(new GetMetricDataCommand({ ...data.input, EndTime: date(minute - 900) }))
    .catch((error: Error) => error);
  client.destroy();
  return { answers, refusal };
}

describe('CloudWatch', () => {
  it.each([
    { name: 'the query protocol', protocol: AwsQueryProtocol },
    { name: 'CBOR', protocol: AwsSmithyRpcV2CborProtocol },
  ])('says the same in $name as in JSON', async ({ protocol }) => {
    const json = await ask(cloudWatchClient(fake));
    const other = await ask(new CloudWatchClient({ ...clientConfig(fake), protocol }));
    expect(json.answers.data?.[0]?.Values).toHaveLength(5);
    expect(json.answers.points?.[0]?.ExtendedStatistics?.p90).toBeGreaterThan(0);
    expect(other.answers).toEqual(json.answers);
    expect(other.refusal).toMatchObject({
      message: 'The parameter StartTime must be less than the parameter EndTime.',
    });
    expect((other.refusal as Error).name).toBe((json.refusal as Error).name);
  });

  it('throttles in every protocol so that the SDK retries', async () => {
    for (const protocol of [AwsQueryProtocol, AwsSmithyRpcV2CborProtocol]) {
      const client = new CloudWatchClient({
        ...clientConfig({ ...fake, maxAttempts: 2 }),
        protocol,
      });
      fake.faults.add({ api: 'ListMetrics', kind: 'throttle', times: 1 });
      expect((await client.send(new ListMetricsCommand({}))).Metrics).toHaveLength(4);
      client.destroy();
    }
  });
});

function post(init: { headers: Record<string, string>; body: string | Buffer; path?: string }) {
  const { headers, body, path = '/' } = init;
  return fetch(`${fake.url}${path}`, { method: 'POST', headers, body });
}

const form = 'application/x-www-form-urlencoded; charset=utf-8';
const listMetrics = 'GraniteServiceVersion20100801.ListMetrics';

describe('a request', () => {
  it('in the query protocol gets the XML that CloudWatch writes', async () => {
    const answer = await post({
      headers: { ...signedHeaders({ ...fake, scope: 'monitoring' }), 'content-type': form },
      body: 'Action=ListMetrics&Version=2010-08-01&MetricName=CPUUtilization&Dimensions.member.1.Name=ServiceName',
    });
    expect(answer.headers.get('content-type')).toBe('text/xml');
    expect(await answer.text()).toBe(
      '<ListMetricsResponse xmlns="http://monitoring.amazonaws.com/doc/2010-08-01/"><ListMetricsResult>' +
        '<Metrics><member><Namespace>AWS/ECS</Namespace><MetricName>CPUUtilization</MetricName><Dimensions>' +
        '<member><Name>ClusterName</Name><Value>prod</Value></member>' +
        '<member><Name>ServiceName</Name><Value>web &amp; more</Value></member>' +
        '</Dimensions></member></Metrics></ListMetricsResult>' +
        '<ResponseMetadata><RequestId>00000000-0000-4000-8000-000000000001</RequestId></ResponseMetadata>' +
        '</ListMetricsResponse>',
    );
  });

  it('that is compressed is read', async () => {
    const answer = await post({
      headers: {
        ...signedHeaders({ ...fake, scope: 'monitoring' }),
        'content-type': 'application/x-amz-json-1.0',
        'content-encoding': 'gzip',
        'x-amz-target': listMetrics,
      },
      body: gzipSync('{"MetricName":"CPUUtilization"}'),
    });
    expect(await answer.json()).toMatchObject({ Metrics: [{}, {}] });
  });

  const json = { 'content-type': 'application/x-amz-json-1.0', 'x-amz-target': listMetrics };

  it.each([
    {
      name: 'without a signature',
      headers: {},
      body: '{}',
      status: 403,
      code: 'MissingAuthenticationTokenException',
    },
    {
      name: 'with another kind of authorization',
      headers: { authorization: 'Bearer x' },
      body: '{}',
      status: 403,
      code: 'IncompleteSignatureException',
    },
    {
      name: 'signed for another service',
      headers: 'ecs',
      body: '{}',
      status: 403,
      code: 'InvalidSignatureException',
    },
    {
      name: 'that is not JSON',
      headers: 'monitoring',
      body: '{',
      status: 400,
      code: 'SerializationException',
    },
    {
      name: 'that is a list',
      headers: 'monitoring',
      body: '[]',
      status: 400,
      code: 'SerializationException',
    },
    {
      name: 'with a number for a name',
      headers: 'monitoring',
      body: '{"Namespace":1}',
      status: 400,
      code: 'SerializationException',
    },
  ])('$name is refused with $code', async ({ headers, body, status, code }) => {
    const signed =
      typeof headers === 'string' ? signedHeaders({ ...fake, scope: headers }) : headers;
    const answer = await post({ headers: { ...json, ...signed }, body });
    expect([answer.status, await answer.json()]).toMatchObject([status, { __type: code }]);
  });

  it('without a signature is refused in XML as well', async () => {
    const answer = await post({
      headers: { 'content-type': form },
      body: 'Action=GetCallerIdentity',
    });
    expect(answer.status).toBe(403);
    expect(await answer.text()).toContain('<Code>MissingAuthenticationToken</Code>');
  });

  it.each([
    {
      name: 'operation',
      target: 'GraniteServiceVersion20100801.PutDashboard',
      scope: 'monitoring',
    },
    { name: 'service', target: 'DynamoDB_20120810.ListTables', scope: 'dynamodb' },
  ])('for an unknown $name is refused as unknown', async ({ target, scope }) => {
    const answer = await post({
      headers: { ...json, ...signedHeaders({ ...fake, scope }), 'x-amz-target': target },
      body: '{}',
    });
    expect([answer.status, await answer.json()]).toMatchObject([
      400,
      { __type: 'UnknownOperationException' },
    ]);
  });

  it('in CBOR is answered under the name of the protocol, errors too', async () => {
    const ask = (body: Buffer) =>
      post({
        path: '/service/GraniteServiceVersion20100801/operation/ListMetrics',
        headers: {
          ...signedHeaders({ ...fake, scope: 'monitoring' }),
          'content-type': 'application/cbor',
          'smithy-protocol': 'rpc-v2-cbor',
        },
        body,
      });
    // An empty map, and a list, which is no structure.
    const answers = [await ask(Buffer.from([0xa0])), await ask(Buffer.from([0x80]))];
    expect(
      answers.map(({ status, headers }) => [
        status,
        headers.get('smithy-protocol'),
        headers.get('content-type'),
      ]),
    ).toEqual([
      [200, 'rpc-v2-cbor', 'application/cbor'],
      [400, 'rpc-v2-cbor', 'application/cbor'],
    ]);
  });
});
