// Samples of clusters and services that the simulated account does not show.
import { clusterSamples } from '../../functions/ecs-bridge/ecs/ecs-samples.ts';
import type { Deployment } from '../../functions/ecs-bridge/ecs/narrow.ts';
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
    return clusterSamples(reading, { now: 0, exportedTags: [] });
  };

  it.each([
    { order: 'newest first', deployments: [draining(3, 300), draining(2, 200), draining(1, 100)] },
    { order: 'oldest first', deployments: [draining(1, 100), draining(2, 200), draining(3, 300)] },
  ])('are one series of the newest, $order', ({ deployments }) => {
    const samples = samplesOf(deployments).filter(
      ({ metric }) => metric === 'ecs_service_deployment_running_tasks',
    );
    expect(samples).toHaveLength(1);
    expect(samples[0]?.value).toBe(3);
    expect(sampleValue(samplesOf(deployments), 'ecs_service_deployments')).toBe(3);
  });
});
