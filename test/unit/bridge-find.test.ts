// What jobs ask for, and what a warm function remembers of it.
import { discoverEcs } from '../../functions/ecs-bridge/cloudwatch/find/ecs-metrics.ts';
import { FindMemory } from '../../functions/ecs-bridge/cloudwatch/find/memory.ts';
import { resolutionOf } from '../../functions/ecs-bridge/cloudwatch/find/resolutions.ts';
import type { Service, Task } from '../../functions/ecs-bridge/ecs/narrow.ts';
import { cpuOfServices, metric } from '../support/bridging.ts';

const arn = (path: string) => `arn:aws:ecs:eu-west-1:111122223333:${path}`;

function service(more: Partial<Service> = {}): Service {
  const name = more.serviceName ?? 'web';
  return {
    serviceName: name,
    serviceArn: arn(`service/prod/${name}`),
    runningCount: 1,
    deployments: [],
    notable: { steadyAt: undefined, troubles: new Map() },
    ...more,
  };
}

describe('a list of metrics', () => {
  const start = 1_800_000_000_000;
  const metrics = [{ dimensions: [], account: undefined }];

  it('is good for an hour, and after it only where there is nothing better', () => {
    const memory = new FindMemory();
    memory.keepList('list', metrics, start);
    expect(memory.freshList('list', start + 3_599_000)).toBe(metrics);
    expect(memory.freshList('list', start + 3_600_000)).toBeUndefined();
    expect(memory.lastList('list')).toBe(metrics);
    expect(memory.freshList('another', start)).toBeUndefined();
  });
});

describe('the resolution of a service', () => {
  const monitoring = (resolutionSeconds: number, name = 'CPUUtilization') => ({
    metricConfigurations: [{ resolutionSeconds, metricNames: [name] }],
  });
  const rolling = service({ currentServiceRevisions: [{ arn: 'old' }, { arn: 'new' }] });

  it('is the finer one while a rollout changes it, whichever is newer', () => {
    const cpu = metric('CPUUtilization');
    const slower = new Map([
      ['old', monitoring(20)],
      ['new', monitoring(60)],
    ]);
    const faster = new Map([
      ['old', monitoring(60)],
      ['new', monitoring(20)],
    ]);
    expect([resolutionOf(rolling, cpu, slower), resolutionOf(rolling, cpu, faster)]).toEqual([
      20, 20,
    ]);
  });

  it('is of the metric, and unknown where no revision names it', () => {
    const known = new Map([['new', monitoring(20, 'MemoryUtilization')]]);
    expect(resolutionOf(rolling, metric('CPUUtilization'), known)).toBeUndefined();
    expect(resolutionOf(rolling, metric('MemoryUtilization'), known)).toBe(20);
  });
});

describe('a service without running tasks', () => {
  const since = 1_800_000_000;
  const facts = { since, resolutions: new Map() };
  const idle = service({ runningCount: 0 });
  const stopped = (more: Partial<Task>): Task => ({
    group: 'service:web',
    containers: [],
    ...more,
  });
  const queriesWith = (stoppedTasks: readonly Task[] | undefined) => {
    const cluster = { clusterName: 'prod', clusterArn: arn('cluster/prod') };
    const reading = { cluster, services: [idle], tasks: [], stoppedTasks };
    return discoverEcs(cpuOfServices, { clusters: [reading], faults: [] }, facts).queries.length;
  };

  it.each<{ readonly name: string; readonly tasks: readonly Task[] | undefined; count: number }>([
    { name: 'none stopped: it has no data', tasks: [], count: 0 },
    { name: 'one stopped before the window', tasks: [stopped({ stoppedAt: since - 1 })], count: 0 },
    { name: 'one stopped in the window', tasks: [stopped({ stoppedAt: since + 1 })], count: 1 },
    { name: 'one is stopping', tasks: [stopped({ stoppingAt: since + 1 })], count: 1 },
    { name: 'one stopped nobody knows when', tasks: [stopped({})], count: 1 },
    { name: 'one of another service', tasks: [stopped({ group: 'service:api' })], count: 0 },
    { name: 'stopped tasks could not be read', tasks: undefined, count: 1 },
  ])('$name', ({ count, tasks }) => {
    expect(queriesWith(tasks)).toBe(count);
  });
});
