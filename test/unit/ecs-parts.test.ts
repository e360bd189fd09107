// A large cluster in groups, each of which a message of the queue can hold.
import { clusterSamples } from '../../functions/ecs-bridge/ecs/ecs-samples.ts';
import { narrowService, narrowTask } from '../../functions/ecs-bridge/ecs/narrow.ts';
import { partsOf } from '../../functions/ecs-bridge/ecs/parts.ts';
import { maxMessageBytes, toMessages } from '../../layers/core/src/queue/message.ts';
import type { Sample } from '../../layers/core/src/sample.ts';

const arn = 'arn:aws:ecs:eu-west-1:111122223333:cluster/production';

function samplesOf(services: number): Sample[] {
  const names = Array.from(
    { length: services },
    (_, i) => `team-${i % 17}-service-${i}-blue-green`,
  );
  const reading = {
    cluster: { clusterArn: arn, clusterName: 'production' },
    services: names.map((serviceName, i) =>
      narrowService({
        ...{ serviceName, status: 'ACTIVE', desiredCount: 2, runningCount: 2, pendingCount: i % 2 },
        taskDefinition: `arn:aws:ecs:eu-west-1:111122223333:task-definition/${serviceName}:${i}`,
        deployments: [
          {
            status: 'PRIMARY',
            desiredCount: 2,
            runningCount: i % 3,
            rolloutState: 'COMPLETED',
            createdAt: i,
          },
          {
            status: 'ACTIVE',
            desiredCount: 2,
            runningCount: 1,
            rolloutState: 'IN_PROGRESS',
            createdAt: i,
          },
        ],
      }),
    ),
    tasks: names.flatMap((name, i) =>
      [0, 1].map((task) =>
        narrowTask({
          ...{
            group: `service:${name}`,
            lastStatus: 'RUNNING',
            createdAt: i + task,
            startedAt: i + 40,
          },
          containers: [
            {
              name: 'app',
              image: `registry.example/${name}:${i}`,
              imageDigest: `sha256:${i}${task}`,
            },
          ],
        }),
      ),
    ),
    stoppedTasks: [],
  };
  return clusterSamples(reading, {
    now: 1_800_000_000_000,
    config: { exportedTags: [], services: ['*'], tags: [] },
  });
}

it.each([10, 800, 1200, 5000])('a cluster of %d services fits into messages, whole', (services) => {
  const samples = samplesOf(services);
  const parts = partsOf(arn, samples);
  const groups = [...parts].map(([instance, part]) => ({
    grouping: { job: 'fargaze-ecs', instance },
    samples: part,
  }));
  const { messages, tooLong } = toMessages({ taken: 0, groups });
  expect(tooLong).toEqual([]);
  expect(Math.max(...messages.map((text) => Buffer.byteLength(text)))).toBeLessThanOrEqual(
    maxMessageBytes,
  );
  expect(groups.flatMap((group) => group.samples)).toHaveLength(samples.length);
  expect([...parts.keys()][0]).toBe(arn);
  if (services === 10) expect(parts.size).toBe(1);
});

it('a service that comes or goes leaves the others in their parts', () => {
  const placesOf = (services: number) =>
    new Map(
      [...partsOf(arn, samplesOf(services))].flatMap(([instance, part]) =>
        part.map(({ labels }) => [JSON.stringify(labels), instance]),
      ),
    );
  const before = placesOf(1000);
  const after = placesOf(1001);
  expect([...before].filter(([labels, instance]) => after.get(labels) !== instance)).toEqual([]);
});
