// Services of every kind on the simulated cloud, as the ECS API answers for each: replicas and daemons, controllers other than ECS,
// strategies that shift traffic, and the EC2 instances below them.
import type { Sample } from '../../layers/core/src/sample.ts';
import type { FakeAws } from '../../local/fake-aws/fake-aws.ts';
import { cloudWatch, createBridge, eachWithFakeAws, sampleValue } from '../support/bridging.ts';

let fake: FakeAws;

eachWithFakeAws((started) => {
  fake = started;
  fake.model.addCluster({ name: 'prod' });
});

const read = async (): Promise<readonly Sample[]> => {
  const { samples, summary } = await createBridge(fake, cloudWatch([])).run();
  expect(summary.faults).toEqual([]);
  return samples;
};

const valuesOf = (samples: readonly Sample[], metric: string, labels: readonly string[]) =>
  Object.fromEntries(
    samples
      .filter((one) => one.metric === metric)
      .map((one) => [labels.map((name) => one.labels[name as never]).join(' '), one.value]),
  );

it.each(['CODE_DEPLOY', 'EXTERNAL'] as const)(
  '%s: task sets are the deployments, and say what runs',
  async (controller) => {
    const service = { cluster: 'prod', service: 'web' };
    const spec = { cluster: 'prod', name: 'web', desired: 3, controller };
    fake.model.addService({ ...spec, capacityProvider: 'FARGATE_SPOT' });
    fake.clock.advance(3600);
    fake.model.deploy({ ...service, image: 'example/new' });
    fake.clock.advance(15);
    const during = await read();
    expect(sampleValue(during, 'ecs_service_deployments')).toBe(2);
    expect(valuesOf(during, 'ecs_service_deployment_running_tasks', ['status'])).toEqual({
      PRIMARY: 0,
      ACTIVE: 3,
    });
    const state = { status: 'PRIMARY', state: 'IN_PROGRESS' };
    expect(sampleValue(during, 'ecs_service_deployment_rollout_state', state)).toBe(1);
    expect(sampleValue(during, 'ecs_service_deployment_failed_tasks')).toBeUndefined();
    fake.clock.advance(600);
    const after = await read();
    expect(valuesOf(after, 'ecs_service_deployment_running_tasks', ['status'])).toEqual({
      PRIMARY: 3,
    });
    const done = { status: 'PRIMARY', state: 'COMPLETED' };
    expect(sampleValue(after, 'ecs_service_deployment_rollout_state', done)).toBe(1);
    const info = {
      ...{ deployment_controller: controller, capacity_provider: 'FARGATE_SPOT' },
      ...{ task_definition: 'web', revision: '2', platform_version: '1.4.0' },
    };
    expect(sampleValue(after, 'ecs_service_info', info)).toBe(1);
    expect(valuesOf(after, 'ecs_service_tasks', ['service', 'last_status'])).toEqual({
      'web RUNNING': 3,
    });
    const images = valuesOf(after, 'ecs_service_image_info', ['image']);
    expect(images).toEqual({ 'example/new': 1 });
  },
);

it('a daemon service on instances: its counts, and what each instance has left', async () => {
  for (const id of ['i-1', 'i-2']) {
    fake.model.addInstance({ cluster: 'prod', ec2InstanceId: id, runningTasks: 1 });
  }
  fake.model.addInstance({
    cluster: 'prod',
    ec2InstanceId: 'i-3',
    status: 'DRAINING',
    agent: 'disconnected',
  });
  fake.model.addService({ cluster: 'prod', name: 'agent', desired: 2, scheduling: 'DAEMON' });
  fake.clock.advance(3600);
  const samples = await read();
  const info = { service: 'agent', scheduling_strategy: 'DAEMON' };
  expect(sampleValue(samples, 'ecs_service_info', info)).toBe(1);
  expect(valuesOf(samples, 'ecs_service_tasks', ['service', 'last_status'])).toEqual({
    'agent RUNNING': 2,
  });
  expect(valuesOf(samples, 'ecs_container_instances', ['status'])).toEqual({
    ACTIVE: 2,
    DRAINING: 1,
  });
  expect(
    valuesOf(samples, 'ecs_container_instance_agent_connected', ['container_instance']),
  ).toEqual({
    'i-1': 1,
    'i-2': 1,
    'i-3': 0,
  });
});

it.each(['BLUE_GREEN', 'CANARY', 'LINEAR'] as const)(
  '%s: stage and shares of traffic while it goes on, and none after',
  async (strategy) => {
    fake.model.addService({ cluster: 'prod', name: 'web', desired: 2, strategy });
    fake.clock.advance(3600);
    expect(valuesOf(await read(), 'ecs_service_deployment_stage', ['stage'])).toEqual({});
    fake.model.deploy({ cluster: 'prod', service: 'web', image: 'example/new' });
    const stages: string[] = [];
    for (let left = 12; left > 0; left--) {
      fake.clock.advance(5);
      const samples = await read();
      stages.push(...Object.keys(valuesOf(samples, 'ecs_service_deployment_stage', ['stage'])));
      const shares = valuesOf(samples, 'ecs_service_deployment_traffic_ratio', [
        'listener',
        'revision',
      ]);
      const { 'production source': source = 0, 'production target': target = 1 } = shares;
      expect(source + target).toBe(1);
    }
    expect(new Set(stages).size).toBeGreaterThan(2);
    fake.clock.advance(600);
    expect(valuesOf(await read(), 'ecs_service_deployment_stage', ['stage'])).toEqual({});
  },
);
