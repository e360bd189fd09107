// Samples of clusters and services that the simulated account does not show.
import type { EcsApi } from '../../functions/ecs-bridge/aws/ecs-api.ts';
import { Calls } from '../../functions/ecs-bridge/ecs/calls.ts';
import { clusterSamples } from '../../functions/ecs-bridge/ecs/ecs-samples.ts';
import { type Deployment, narrowService } from '../../functions/ecs-bridge/ecs/narrow.ts';
import { readStages } from '../../functions/ecs-bridge/ecs/stages.ts';
import { countStops } from '../../functions/ecs-bridge/ecs/task-samples.ts';
import { sampleValue } from '../support/bridging.ts';

describe('several deployments that drain at once', () => {
  const draining = (runningCount: number, createdAt: number): Deployment => ({
    status: 'DRAINING',
    runningCount,
    createdAt,
  });
  const samplesOf = (deployments: readonly Deployment[]) => {
    const notable = { steadyAt: undefined, troubles: new Map() };
    const service = { serviceName: 'web', deployments, notable };
    const cluster = { clusterName: 'prod', clusterArn: 'arn:aws:ecs:eu-west-1:1:cluster/prod' };
    const reading = { cluster, services: [service], tasks: [], stoppedTasks: [] };
    return clusterSamples(reading, {
      now: 0,
      config: { exportedTags: [], services: ['*'], tags: [] },
    });
  };

  it.each([
    { order: 'newest first', deployments: [draining(3, 300), draining(2, 200), draining(1, 100)] },
    { order: 'oldest first', deployments: [draining(1, 100), draining(2, 200), draining(3, 300)] },
  ])(
    'are one series of all their tasks, with the time of the newest, $order',
    ({ deployments }) => {
      const samples = samplesOf(deployments).filter(
        ({ metric }) => metric === 'ecs_service_deployment_running_tasks',
      );
      expect(samples).toHaveLength(1);
      expect(samples[0]?.value).toBe(6);
      expect(
        sampleValue(samplesOf(deployments), 'ecs_service_deployment_created_timestamp_seconds'),
      ).toBe(300);
      expect(sampleValue(samplesOf(deployments), 'ecs_service_deployments')).toBe(3);
    },
  );
});

it('the last stop is when a task had stopped, else when it began to', () => {
  const task = (times: object) => ({ containers: [], ...times });
  const stopped = task({ stoppingAt: 10, stoppedAt: 30 });
  const stops = (tasks: Parameters<typeof countStops>[0]) => countStops(tasks)[0];
  expect(stops([stopped, task({ stoppingAt: 20 })])).toMatchObject({ count: 2, last: 30 });
  expect(stops([stopped, task({ stoppingAt: 40 })])).toMatchObject({ count: 2, last: 40 });
  expect(stops([task({})])?.last).toBeUndefined();
});

describe('a deployment that shifts traffic', () => {
  const read = (answer: object[]) => {
    const service = narrowService({
      ...{
        serviceArn: 'a',
        serviceName: 'web',
        deploymentConfiguration: { strategy: 'BLUE_GREEN' },
      },
      ...{ currentServiceDeployment: 'd', deployments: [{ rolloutState: 'IN_PROGRESS' }] },
    });
    const api = { describeServiceDeployments: async () => answer } as unknown as EcsApi;
    return readStages(api, new Calls(), [service]);
  };

  it.each([
    { name: 'is not described', answer: [] },
    { name: 'has no stage, as before it begins', answer: [{ serviceArn: 'a', status: 'PENDING' }] },
  ])('that $name has none', async ({ answer }) => {
    expect([...(await read(answer))]).toEqual([]);
  });

  it('has only the shares that ECS gives, of several sources their sum', async () => {
    const answer = {
      ...{ serviceArn: 'a', lifecycleStage: 'BAKE_TIME' },
      sourceServiceRevisions: [
        { requestedProductionTrafficWeight: 10 },
        { requestedProductionTrafficWeight: 20.5 },
        {},
      ],
    };
    expect((await read([answer])).get('a')).toEqual({
      status: '',
      stage: 'BAKE_TIME',
      shares: [{ revision: 'source', listener: 'production', share: 0.305 }],
    });
  });
});

describe('a service whose deployments somebody else controls', () => {
  const raw = {
    ...{ serviceName: 'web', status: 'DRAINING', taskDefinition: undefined, deployments: [] },
    capacityProviderStrategy: [
      { capacityProvider: 'FARGATE' },
      { capacityProvider: 'FARGATE_SPOT' },
    ],
    taskSets: [
      {
        status: 'PRIMARY',
        taskDefinition: 'arn:aws:ecs:r:1:task-definition/web:7',
        computedDesiredCount: 4,
        runningCount: 3,
        pendingCount: 1,
        stabilityStatus: 'STABILIZING' as const,
        createdAt: 100,
      },
      {
        status: 'ACTIVE',
        computedDesiredCount: 2,
        runningCount: 2,
        pendingCount: 0,
        stabilityStatus: 'STEADY_STATE' as const,
        createdAt: 50,
      },
    ],
  };
  const cluster = { clusterName: 'prod', clusterArn: 'arn:aws:ecs:eu-west-1:1:cluster/prod' };
  const reading = { cluster, services: [narrowService(raw)], tasks: [], stoppedTasks: [] };
  const samples = clusterSamples(reading, {
    now: 0,
    config: { exportedTags: [], services: ['*'], tags: [] },
  });

  it('has its task sets as deployments', () => {
    const running = (status: string) =>
      sampleValue(samples, 'ecs_service_deployment_running_tasks', { status });
    expect([running('PRIMARY'), running('ACTIVE')]).toEqual([3, 2]);
    expect(sampleValue(samples, 'ecs_service_deployments')).toBe(2);
    const state = { status: 'PRIMARY', state: 'IN_PROGRESS' };
    expect(sampleValue(samples, 'ecs_service_deployment_rollout_state', state)).toBe(1);
  });

  it('is shown with its state, its task definition and every capacity provider', () => {
    const info = {
      task_definition: 'web',
      revision: '7',
      capacity_provider: 'FARGATE,FARGATE_SPOT',
      status: 'DRAINING',
    };
    expect(sampleValue(samples, 'ecs_service_info', info)).toBe(1);
  });
});

describe('kinds of service', () => {
  const arn = 'arn:aws:ecs:eu-west-1:1:cluster/prod';
  const samplesOf = (raw: Parameters<typeof narrowService>[0]) =>
    clusterSamples(
      {
        cluster: { clusterName: 'prod', clusterArn: arn },
        ...{ services: [narrowService(raw)], tasks: [], stoppedTasks: [] },
      },
      { now: 0, config: { exportedTags: [], services: ['*'], tags: [] } },
    );
  const deployment = (status: string, runningCount: number, createdAt: number) => ({
    ...{ status, runningCount, createdAt, desiredCount: runningCount, pendingCount: 0 },
    rolloutState: 'IN_PROGRESS' as const,
  });

  it('a native blue/green deployment shows both sides, and its strategy', () => {
    const samples = samplesOf({
      ...{ serviceName: 'web', status: 'ACTIVE', schedulingStrategy: 'REPLICA' },
      deploymentController: { type: 'ECS' },
      deploymentConfiguration: { strategy: 'BLUE_GREEN', bakeTimeInMinutes: 5 },
      deployments: [deployment('PRIMARY', 4, 200), deployment('ACTIVE', 5, 100)],
    });
    const running = (status: string) =>
      sampleValue(samples, 'ecs_service_deployment_running_tasks', { status });
    expect([running('PRIMARY'), running('ACTIVE')]).toEqual([4, 5]);
    const info = { deployment_controller: 'ECS', deployment_strategy: 'BLUE_GREEN' };
    expect(sampleValue(samples, 'ecs_service_info', info)).toBe(1);
  });

  it('two old deployments with 3 and 2 tasks are 5 tasks beside the new one', () => {
    const samples = samplesOf({
      serviceName: 'web',
      deployments: [
        ...[deployment('PRIMARY', 1, 300), deployment('ACTIVE', 3, 200)],
        deployment('ACTIVE', 2, 100),
      ],
    });
    const active = { status: 'ACTIVE' };
    expect(sampleValue(samples, 'ecs_service_deployment_running_tasks', active)).toBe(5);
    expect(sampleValue(samples, 'ecs_service_deployments')).toBe(3);
  });

  it('a daemon service of a foreign controller is called one', () => {
    const samples = samplesOf({
      ...{ serviceName: 'agent', schedulingStrategy: 'DAEMON', desiredCount: 7, runningCount: 6 },
      deploymentController: { type: 'EXTERNAL' },
    });
    const info = { scheduling_strategy: 'DAEMON', deployment_controller: 'EXTERNAL' };
    expect(sampleValue(samples, 'ecs_service_info', info)).toBe(1);
    expect(sampleValue(samples, 'ecs_service_desired_tasks')).toBe(7);
  });
});
