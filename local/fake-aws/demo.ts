// Scenarios for the local system and for benches. What they show at an instant depends only on that instant and the seed,
// so that two processes that were started at different times agree.
import type { Model } from './model/model.ts';

/** The cluster that the demo is about. */
export const demoCluster = 'fargaze-demo';

const historySeconds = 6 * 3600;
const deploySeconds = 900;

/** `web`, `redis` and a `worker` that is deployed every 15 minutes and loses a task in between, for changing reasons; nothing that fires an alert. */
export function addDemo(model: Model): void {
  const tags = { project: 'fargaze', environment: 'demo' };
  const cluster = demoCluster;
  const since = Math.floor(model.now() / deploySeconds) * deploySeconds - historySeconds;
  model.addCluster({ name: cluster, tags, containerInsights: 'enabled' });
  const common = { cluster, tags, createdAt: since, healthCheck: 'yes' } as const;
  model.addService({
    ...common,
    name: 'web',
    desired: 2,
    resolution: 20,
    containers: [
      { name: 'web', image: 'example/web:1' },
      { name: 'exporter', image: 'example/exporter:1', essential: false },
    ],
  });
  model.addService({ ...common, name: 'redis', desired: 1 });
  model.addService({ ...common, name: 'worker', desired: 2, capacityProvider: 'FARGATE_SPOT' });
  model.repeat({ first: since + deploySeconds, seconds: deploySeconds }, (at) => {
    const turn = Math.round(at / deploySeconds);
    const image = `example/worker:${turn % 100}`;
    model.deploy({ cluster, service: 'worker', at, image });
  });
  model.repeat({ first: since + deploySeconds + 480, seconds: deploySeconds }, (at) => {
    model.stopTask({ cluster, service: 'worker', at, ...mishapOf(Math.round(at / deploySeconds)) });
  });
  model.addResource({ kind: 'load-balancer', name: 'fargaze-demo', tags });
}

const mishaps = [
  {
    code: 'EssentialContainerExited',
    reason: 'Essential container in task exited',
    exits: { worker: { exitCode: 1 } },
  },
  { code: 'SpotInterruption', reason: 'Your Spot Task was interrupted.' },
  {
    code: 'ServiceSchedulerInitiated',
    reason: 'Task failed container health checks',
    exits: { worker: { exitCode: 143 } },
  },
] as const;

function mishapOf(turn: number): (typeof mishaps)[number] {
  return mishaps[turn % mishaps.length] ?? mishaps[0];
}

/** A number of plain services, for measuring. */
export type FleetSpec = {
  readonly cluster: string;
  readonly services: number;
  /** Tasks of each, 2 by default. */
  readonly desired?: number;
  readonly containerInsights?: 'disabled' | 'enabled';
};

/** A cluster with equal services `service-0001`, `service-0002`, …, all tagged. */
export function addFleet(model: Model, spec: FleetSpec): void {
  const { cluster, services, containerInsights = 'enabled' } = spec;
  model.addCluster({ name: cluster, tags: { fleet: cluster }, containerInsights });
  for (let index = 1; index <= services; index++) {
    const name = `service-${String(index).padStart(4, '0')}`;
    model.addService({ cluster, name, desired: spec.desired ?? 2, tags: { fleet: cluster } });
  }
}
