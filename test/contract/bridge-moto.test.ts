// The bridge against moto, an AWS written by others: the SDK's wiring, ECS's lists, ListMetrics and basic statistics. What moto
// cannot do (pages, partial answers, percentiles, metric math) is left to the fake.
import { CloudWatchClient, PutMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import {
  CreateClusterCommand,
  CreateServiceCommand,
  ECSClient,
  RegisterTaskDefinitionCommand,
} from '@aws-sdk/client-ecs';
import { runBridge } from '../../functions/ecs-bridge/bridge.ts';
import { cloudWatch, environment, job, metric, region } from '../support/bridging.ts';
import { startMoto } from '../support/moto.ts';
import { createReceiver } from '../support/receiver.ts';

const minute = 60_000;
/** Half an hour before the machine's time, so that all of it is final. */
const begin = Math.floor(Date.now() / minute) * minute - 30 * minute;

it('reads what was put into another simulation of AWS: services, listed metrics, values and times', async () => {
  const moto = await startMoto();
  Object.assign(process.env, environment, { AWS_ENDPOINT_URL: moto.url });
  const options = {
    region,
    endpoint: moto.url,
    credentials: { accessKeyId: 'AKIAFAKE111122223333', secretAccessKey: 'not-a-secret' },
  };
  const ecs = new ECSClient(options);
  const cloudwatch = new CloudWatchClient(options);
  try {
    await ecs.send(new CreateClusterCommand({ clusterName: 'prod' }));
    const containerDefinitions = [{ name: 'web', image: 'example/web:1', memory: 128 }];
    await ecs.send(new RegisterTaskDefinitionCommand({ family: 'web', containerDefinitions }));
    await ecs.send(
      new CreateServiceCommand({
        ...{ cluster: 'prod', serviceName: 'web', taskDefinition: 'web', desiredCount: 2 },
      }),
    );
    const values = [3, 1, 4, 1, 5, 9, 2, 6, 5, 3];
    await cloudwatch.send(
      new PutMetricDataCommand({
        Namespace: 'Shop',
        MetricData: values.map((Value, index) => ({
          MetricName: 'Depth',
          Dimensions: [{ Name: 'Queue', Value: 'orders' }],
          Timestamp: new Date(begin + index * minute),
          Value,
        })),
      }),
    );
    const receiver = createReceiver();
    const summary = await runBridge(
      {
        config: {
          ecs: { clusters: ['*'], services: ['*'], tags: [], exportedTags: [] },
          cloudwatch: cloudWatch([
            job('Shop', {
              kind: 'customNamespace',
              name: 'shop',
              metrics: [metric('Depth', { statistics: ['Sum', 'Maximum'] })],
            }),
          ]),
        },
        writer: receiver,
        sink: { name: 'memory', series: 'refused', write: async () => undefined },
        log: () => undefined,
      },
      {},
      { getRemainingTimeInMillis: () => 60_000 },
    );
    expect(summary).toMatchObject({ clusters: 1, services: 1, faults: [] });
    const data = [...receiver.series].filter(([key]) => key.startsWith('aws_shop_depth_'));
    expect(data.map(([key]) => key.replace(/account_id="\d+",/, ''))).toEqual([
      `aws_shop_depth_sum{dimension_Queue="orders",name="shop",region="${region}"}`,
      `aws_shop_depth_maximum{dimension_Queue="orders",name="shop",region="${region}"}`,
    ]);
    const wanted = values.map((value, index) => [begin + index * minute, value]);
    for (const [, points] of data) expect([...points]).toEqual(wanted);
  } finally {
    ecs.destroy();
    cloudwatch.destroy();
    for (const name of [...Object.keys(environment), 'AWS_ENDPOINT_URL']) delete process.env[name];
    await moto.stop();
  }
}, 240_000);
