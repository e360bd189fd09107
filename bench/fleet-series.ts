// What five minutes of CloudWatch look like as series: every service has eight series of five points, named and
// labelled as ecs-bridge does it.
import type { Series } from '../layers/core/src/sample.ts';

const metrics = ['cpuutilization', 'memory_utilization'].flatMap((metric) =>
  ['average', 'maximum', 'minimum', 'sample_count'].map(
    (statistic) => `aws_ecs_${metric}_${statistic}`,
  ),
);

/** Series of `services` services; the values are full doubles, as averages are. */
export function fleetSeries(services: number): Series[] {
  const start = 1_800_000_000_000;
  let state = 42;
  // A linear congruential generator: the same values in every process.
  const random = () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
  return Array.from({ length: services }, (_, i) => {
    const service = `checkout-${i}`;
    const cluster = `shop-${i % 7}`;
    return metrics.map((name) => ({
      labels: {
        __name__: name,
        name: `arn:aws:ecs:eu-west-1:111122223333:service/${cluster}/${service}`,
        account_id: '111122223333',
        dimension_ClusterName: cluster,
        dimension_ServiceName: service,
        region: 'eu-west-1',
        tag_Team: `team-${i % 23}`,
      },
      points: Array.from({ length: 5 }, (__, minute) => ({
        at: start + minute * 60_000,
        value: random() * 100,
      })),
      metadata: { type: 'gauge' as const, help: `AWS/ECS ${name}`, unit: 'percent' },
    }));
  }).flat();
}
