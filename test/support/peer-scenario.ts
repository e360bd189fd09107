// A cloud with something of every kind that YACE and the bridge both read; test/fixtures/yace/peer.yml reads it.
import type { FakeAws } from '../../local/fake-aws/fake-aws.ts';

/** When the scenario's services were made: long before any reading. */
const createdAt = 1_790_000_000;

/** Every resource has tags, since YACE sees no other; some keys are such as no label can hold. */
const tags = {
  Team: 'shop',
  'cost:centre': '7',
  'aws:cloudformation:stack-name': 'blue',
  'p%': '9',
};

/** Adds the scenario to an empty cloud. What it shows at an instant depends only on that instant. */
export function addPeerScenario({ model }: FakeAws): void {
  model.addCluster({ name: 'prod', tags, containerInsights: 'enabled' });
  model.addService({ createdAt, cluster: 'prod', name: 'web', desired: 2, tags });
  model.addService({ createdAt, cluster: 'prod', name: 'worker', tags: { Team: 'ops' } });
  model.addResource({ kind: 'load-balancer', name: 'shop', tags });
  model.addResource({ kind: 'cache', name: 'sessions', tags });
  model.addResource({ kind: 'function', name: 'checkout', tags });
  const wave = { resolution: 60, low: 1, high: 9 };
  model.addMetric({
    ...wave,
    namespace: 'AWS/SQS',
    name: 'ApproximateAgeOfOldestMessage',
    dimensions: { QueueName: 'orders' },
  });
  model.addMetric({
    ...wave,
    namespace: 'Shop/Orders',
    name: 'Orders Paid %',
    dimensions: { 'Payment-Kind': 'card', Region2: 'eu' },
  });
  model.addMetric({ ...wave, namespace: 'Shop/Orders', name: 'shop.Refunds', dimensions: {} });
}
