// An expression that searches: many series of one query, over several pages.
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Memory } from '../../functions/ecs-bridge/cloudwatch/memory.ts';
import { runPass } from '../../functions/ecs-bridge/cloudwatch/run.ts';
import { systemClock } from '../../layers/core/src/clock.ts';
import { startDeadline } from '../../layers/core/src/deadline.ts';
import { cloudWatch, environment, region } from '../support/bridging.ts';
import { createReceiver } from '../support/receiver.ts';

const now = 1_800_000_000;
const at = now - 600;
let server: Server;
let secondPage: 'served' | 'denied';

const page = (label: string) => ({
  MetricDataResults: [
    { Id: 'fargazeresult', Label: label, StatusCode: 'Complete', Timestamps: [at], Values: [7] },
  ],
});

beforeEach(async () => {
  server = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    if (!body.startsWith('{')) {
      response.end('<Account>111122223333</Account>');
    } else if (!body.includes('NextToken')) {
      response.end(JSON.stringify({ ...page('first'), NextToken: 'more' }));
    } else if (secondPage === 'served') {
      response.end(JSON.stringify(page('second')));
    } else {
      response.statusCode = 400;
      response.end('{"__type":"AccessDeniedException","message":"no"}');
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  Object.assign(process.env, environment, { AWS_ENDPOINT_URL: url });
});

afterEach(() => {
  for (const name of [...Object.keys(environment), 'AWS_ENDPOINT_URL']) delete process.env[name];
  server.closeAllConnections();
  server.close();
});

it.each([
  { second: 'served' as const, sent: 2, until: now - 120 },
  { second: 'denied' as const, sent: 1, until: undefined },
])('with the second page $second: $sent samples, delivered until $until', async (row) => {
  secondPage = row.second;
  const deadline = startDeadline(20, systemClock);
  const expression = {
    name: 'shop_all',
    help: '',
    expression: "SEARCH('{Shop}', 'Sum')",
    period: 60,
    inputs: [],
    labels: [],
    regions: [],
    roles: [undefined],
  };
  const memory = new Memory();
  const receiver = createReceiver();
  const report = await runPass(
    {
      config: cloudWatch([], { expressions: [expression] }),
      ecsConfig: { clusters: [], services: ['*'], tags: [], exportedTags: [] },
      region,
      clock: { ...systemClock, now: () => now * 1000 },
      schedule: undefined,
      ownEcs: Promise.resolve({ clusters: [], faults: [] }),
      readDeadline: deadline,
      writeDeadline: deadline,
      writer: receiver,
    },
    memory,
  ).finally(deadline.close);
  expect(report.tally.sent).toBe(row.sent);
  const key = `expression shop_all ${JSON.stringify([region, '', ''])}`;
  expect(memory.watermarks.until(key)).toBe(row.until);
  expect(memory.find.searches.get(key)).toBe(row.second === 'served' ? 2 : undefined);
});
