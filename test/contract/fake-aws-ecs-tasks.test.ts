import {
  DescribeServiceDeploymentsCommand,
  DescribeServiceRevisionsCommand,
  DescribeServicesCommand,
  DescribeTaskDefinitionCommand,
  DescribeTasksCommand,
  type ECSClient,
  ListServiceDeploymentsCommand,
  ListTasksCommand,
  paginateListTasks,
  ServiceNotFoundException,
} from '@aws-sdk/client-ecs';
import { ecsClient } from '../../local/fake-aws/clients.ts';
import { type FakeAws, startFakeAws } from '../../local/fake-aws/fake-aws.ts';

const now = 1_800_000_000;
const prod = 'arn:aws:ecs:eu-west-1:111122223333:cluster/prod';
const web = { cluster: 'prod', service: 'web' };
let fake: FakeAws;
let client: ECSClient;

beforeEach(async () => {
  fake = await startFakeAws();
  fake.clock.set(now);
  client = ecsClient(fake);
  fake.model.addCluster({ name: 'prod', tags: { team: 'a' }, containerInsights: 'enabled' });
  fake.model.addService({ cluster: 'prod', name: 'web', desired: 2, tags: { tier: 'front' } });
});

afterEach(async () => {
  client.destroy();
  await fake.close();
});

const date = (seconds: number) => new Date(seconds * 1000);

async function describeWeb() {
  const { services } = await client.send(
    new DescribeServicesCommand({ cluster: 'prod', services: ['web'], include: ['TAGS'] }),
  );
  const [service] = services ?? [];
  if (service === undefined) throw new Error('web is missing');
  return service;
}

async function stoppedTasks() {
  const { taskArns = [] } = await client.send(
    new ListTasksCommand({ cluster: prod, serviceName: 'web', desiredStatus: 'STOPPED' }),
  );
  if (taskArns.length === 0) return [];
  const { tasks } = await client.send(new DescribeTasksCommand({ cluster: prod, tasks: taskArns }));
  return tasks ?? [];
}

describe('rollouts', () => {
  it('show two deployments while tasks are exchanged and one afterwards', async () => {
    fake.model.deploy({ ...web, image: 'example/web:2' });
    fake.clock.advance(10);
    const during = await describeWeb();
    expect(during.deployments?.map(({ status, rolloutState }) => [status, rolloutState])).toEqual([
      ['PRIMARY', 'IN_PROGRESS'],
      ['ACTIVE', 'COMPLETED'],
    ]);
    expect(during).toMatchObject({ desiredCount: 2, runningCount: 2, pendingCount: 2 });
    fake.clock.advance(300);
    const after = await describeWeb();
    expect(after.deployments?.map(({ rolloutState }) => rolloutState)).toEqual(['COMPLETED']);
    expect(after.taskDefinition).toMatch(/web:2$/);
  });

  it('that fail show failed tasks, the state FAILED and the rollback', async () => {
    fake.model.deploy({ ...web, outcome: 'fail', rollback: 'yes' });
    fake.clock.advance(200);
    const deployments = (await describeWeb()).deployments ?? [];
    expect(deployments[0]?.rolloutState).toBe('IN_PROGRESS');
    fake.clock.advance(300);
    const [first] = (await describeWeb()).deployments ?? [];
    expect(first).toMatchObject({
      rolloutState: 'COMPLETED',
      taskDefinition: expect.stringMatching(/web:1$/),
    });
    const { serviceDeployments } = await client.send(
      new ListServiceDeploymentsCommand({ cluster: 'prod', service: 'web' }),
    );
    expect(serviceDeployments?.map(({ status }) => status)).toEqual([
      'SUCCESSFUL',
      'ROLLBACK_SUCCESSFUL',
      'SUCCESSFUL',
    ]);
    const failed = serviceDeployments?.[1]?.serviceDeploymentArn ?? '';
    const described = await client.send(
      new DescribeServiceDeploymentsCommand({ serviceDeploymentArns: [failed, `${failed}0`] }),
    );
    expect(described.serviceDeployments?.[0]?.deploymentCircuitBreaker).toEqual({
      status: 'TRIGGERED',
      failureCount: 3,
      threshold: 3,
    });
    expect(described.failures).toHaveLength(1);
  });

  it('without a rollback stay FAILED beside the tasks that still serve', async () => {
    fake.model.deploy({
      ...web,
      outcome: 'fail',
      failure: {
        stopCode: 'TaskFailedToStart',
        reason: 'CannotPullContainerError: manifest unknown',
        container: { reason: 'CannotPullContainerError: manifest unknown' },
      },
    });
    fake.clock.advance(600);
    const { deployments, runningCount } = await describeWeb();
    expect(
      deployments?.map(({ rolloutState, failedTasks }) => [rolloutState, failedTasks]),
    ).toEqual([
      ['FAILED', 3],
      ['COMPLETED', 0],
    ]);
    expect(runningCount).toBe(2);
    const tasks = await stoppedTasks();
    expect(tasks).toHaveLength(3);
    for (const task of tasks) {
      expect(task.stopCode).toBe('TaskFailedToStart');
      expect(task.startedAt).toBeUndefined();
      expect(task.containers?.[0]?.exitCode).toBeUndefined();
      expect(task.containers?.[0]?.reason).toMatch(/^CannotPullContainerError/);
    }
  });

  it('show the resolution of metrics by the revision, as only that call does', async () => {
    fake.model.addService({ cluster: 'prod', name: 'fast', resolution: 20 });
    const { services } = await client.send(
      new DescribeServicesCommand({ cluster: 'prod', services: ['fast', 'web'] }),
    );
    const arns = services?.flatMap(({ currentServiceRevisions = [] }) =>
      currentServiceRevisions.map(({ arn = '' }) => arn),
    );
    const { serviceRevisions } = await client.send(
      new DescribeServiceRevisionsCommand({ serviceRevisionArns: arns }),
    );
    expect(
      serviceRevisions?.map(
        ({ monitoring }) => monitoring?.metricConfigurations?.[0]?.resolutionSeconds,
      ),
    ).toEqual([20, undefined]);
    expect(serviceRevisions?.[0]?.containerImages?.[0]?.imageDigest).toMatch(
      /^sha256:[0-9a-f]{64}$/,
    );
  });
});

describe('tasks', () => {
  it('are described with times, placement and containers', async () => {
    const { taskArns = [] } = await client.send(
      new ListTasksCommand({ cluster: 'prod', serviceName: 'web' }),
    );
    expect(taskArns).toHaveLength(2);
    const { tasks } = await client.send(
      new DescribeTasksCommand({ cluster: 'prod', tasks: taskArns }),
    );
    const began = now - 86_400;
    expect(tasks?.[0]).toMatchObject({
      clusterArn: prod,
      group: 'service:web',
      startedBy: expect.stringMatching(/^ecs-svc\/\d{19}$/),
      lastStatus: 'RUNNING',
      desiredStatus: 'RUNNING',
      healthStatus: 'UNKNOWN',
      createdAt: date(began),
      pullStartedAt: date(began + 5),
      pullStoppedAt: date(began + 15),
      startedAt: date(began + 20),
      availabilityZone: expect.stringMatching(/^eu-west-1[abc]$/),
      platformVersion: '1.4.0',
    });
    expect(tasks?.[0]?.stoppedAt).toBeUndefined();
    expect(tasks?.[0]?.containers?.[0]).toMatchObject({
      name: 'web',
      image: 'example/web:1',
      imageDigest: expect.stringMatching(/^sha256:/),
      lastStatus: 'RUNNING',
    });
  });

  it('that stopped say why, for an hour', async () => {
    fake.model.stopTask({
      ...web,
      exits: { web: { exitCode: 137, reason: 'OutOfMemoryError: Container killed' } },
    });
    fake.clock.advance(30);
    const [task] = await stoppedTasks();
    expect(task).toMatchObject({
      lastStatus: 'STOPPED',
      desiredStatus: 'STOPPED',
      stopCode: 'EssentialContainerExited',
      stoppedReason: 'Essential container in task exited',
      stoppingAt: date(now),
      stoppedAt: date(now + 15),
      containers: [
        expect.objectContaining({ exitCode: 137, reason: 'OutOfMemoryError: Container killed' }),
      ],
    });
    fake.clock.advance(3600);
    expect(await stoppedTasks()).toEqual([]);
    const gone = await client.send(
      new DescribeTasksCommand({ cluster: 'prod', tasks: [task?.taskArn ?? ''] }),
    );
    expect(gone.failures).toEqual([{ arn: task?.taskArn, reason: 'MISSING' }]);
  });

  it('are listed completely in pages of any size, and filtered by service', async () => {
    fake.model.scaleTo({ ...web, desired: 230 });
    fake.model.runTask({ cluster: 'prod', family: 'batch', seconds: 600 });
    const sizes: number[] = [];
    for await (const { taskArns = [] } of paginateListTasks({ client }, { cluster: 'prod' })) {
      sizes.push(taskArns.length);
    }
    expect(sizes).toEqual([100, 100, 31]);
    const arns = new Set<string>();
    const input = { cluster: 'prod', serviceName: 'web', maxResults: 7 };
    for await (const { taskArns = [] } of paginateListTasks({ client }, input)) {
      for (const arn of taskArns) arns.add(arn);
    }
    expect(arns.size).toBe(230);
    const tooMany = { cluster: 'prod', tasks: [...arns].slice(0, 101) };
    await expect(client.send(new DescribeTasksCommand(tooMany))).rejects.toThrow(
      'tasks can have at most 100 items.',
    );
  });

  it('are found by their family and by the deployment that started them', async () => {
    fake.model.runTask({ cluster: 'prod', family: 'batch' });
    fake.model.deploy(web);
    const count = async (filter: { family?: string; startedBy?: string }) =>
      (await client.send(new ListTasksCommand({ cluster: 'prod', ...filter }))).taskArns?.length;
    expect(await count({})).toBe(5);
    expect(await count({ family: 'batch' })).toBe(1);
    const [primary] = (await describeWeb()).deployments ?? [];
    expect(await count({ startedBy: primary?.id ?? '' })).toBe(2);
  });

  it('of an unknown service are refused', async () => {
    await expect(
      client.send(new ListTasksCommand({ cluster: 'prod', serviceName: 'x' })),
    ).rejects.toThrow(ServiceNotFoundException);
  });

  it('report the health that their service checks', async () => {
    fake.model.addService({ cluster: 'prod', name: 'checked', healthCheck: 'yes' });
    const health = async () => {
      const { taskArns = [] } = await client.send(
        new ListTasksCommand({ cluster: 'prod', serviceName: 'checked' }),
      );
      const { tasks } = await client.send(
        new DescribeTasksCommand({ cluster: 'prod', tasks: taskArns }),
      );
      return tasks?.[0]?.healthStatus;
    };
    expect(await health()).toBe('HEALTHY');
    fake.model.setHealth({ cluster: 'prod', service: 'checked', health: 'UNHEALTHY' });
    expect(await health()).toBe('UNHEALTHY');
  });
});

describe('task definitions', () => {
  it('are found by family, revision and ARN', async () => {
    fake.model.deploy({ ...web, image: 'example/web:2' });
    const imageOf = async (taskDefinition: string) => {
      const answer = await client.send(new DescribeTaskDefinitionCommand({ taskDefinition }));
      return answer.taskDefinition?.containerDefinitions?.[0]?.image;
    };
    expect(await imageOf('web')).toBe('example/web:2');
    expect(await imageOf('web:1')).toBe('example/web:1');
    expect(await imageOf('arn:aws:ecs:eu-west-1:111122223333:task-definition/web:2')).toBe(
      'example/web:2',
    );
    await expect(imageOf('web:9')).rejects.toThrow('Unable to describe task definition.');
  });
});
