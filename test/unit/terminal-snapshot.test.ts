// What is remembered of one answer of Prometheus when the next one lacks it, or does not come.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { look, toReading } from '../../local/terminal/read.ts';
import {
  emptySnapshot,
  type PrometheusReading,
  remember,
  rememberFault,
  type Snapshot,
} from '../../local/terminal/snapshot.ts';

const of = { job: 'j', instance: 'http://a/' };
const probes = [{ name: 'a', ...of, interval: 60 }];
const empty = emptySnapshot(probes, ['web'], 0);

const one = (labels: Record<string, string>, value: number) => ({
  labels: { ...of, ...labels },
  value,
});
const taken = one({ __name__: 'fargaze_probe_timestamp_seconds' }, 100);

/** The series of one probe that is down, in the order in which Prometheus may give them. */
const down = [
  one({ __name__: 'fargaze:probe_http_duration_seconds:fresh', phase: 'tls' }, 0.002),
  one({ __name__: 'fargaze:probe_http_duration_seconds:fresh', phase: 'resolve' }, 0.001),
  one({ __name__: 'fargaze:probe_failure_info:fresh', phase: 'tls', reason: 'expired' }, 1),
  one({ __name__: 'fargaze:probe_success:fresh' }, 0),
  taken,
];

it('the series of an answer become states, phases in their order', () => {
  const {
    probes: [row],
  } = remember(empty, toReading(down), 105_000);
  expect(row).toEqual({
    ...probes[0],
    state: 'down',
    last: {
      verdict: 'down',
      taken: 100_000,
      failure: 'expired in phase tls',
      phases: { resolve: 0.001, tls: 0.002 },
    },
  });
  expect(Object.keys(row?.last?.phases ?? {})).toEqual(['resolve', 'tls']);
});

it('a series of another job or instance is not taken for it', () => {
  const others = down.map(({ labels, value }) => ({ labels: { ...labels, job: 'k' }, value }));
  expect(remember(empty, toReading(others), 0).probes).toEqual(empty.probes);
});

const seen = remember(empty, toReading(down), 105_000);
const nothing: PrometheusReading = toReading([]);

it.each([
  { name: 'fresh series end', after: remember(seen, nothing, 106_000), state: 'unknown' },
  {
    name: 'a timestamp is all that is left',
    after: remember(seen, toReading([taken]), 1),
    state: 'unknown',
  },
  {
    name: 'Prometheus is away for a while',
    after: rememberFault(seen, 'x', 250_000),
    state: 'down',
  },
  {
    name: 'Prometheus is away for long',
    after: rememberFault(seen, 'x', 250_001),
    state: 'unknown',
  },
])('the last result stays when $name', ({ after, state }) => {
  expect(after.probes[0]).toMatchObject({ state, last: seen.probes[0]?.last });
});

it('scrapes that fail keep the time since which they do, until they work again', () => {
  const failing = toReading([{ labels: { __name__: 'up', job: 'pushgateway' }, value: 0 }]);
  const first = remember(empty, failing, 5_000);
  const later = remember(first, failing, 9_000);
  expect(later.unscraped).toEqual([{ job: 'pushgateway', since: 5_000 }]);
  expect(remember(later, nothing, 10_000).unscraped).toEqual([]);
});

const tasks = (name: string, service: string, value: number) =>
  one({ __name__: `ecs_service_${name}_tasks`, cluster: 'c', service }, value);
const services = [
  tasks('running', 'web', 1),
  tasks('desired', 'worker', 3),
  tasks('desired', 'web', 2),
  tasks('running', 'worker', 0),
];
const bridge = one({ __name__: 'fargaze:bridge_fresh' }, 1);

it('services are those of a bridge that lives, and stay as they were when it dies', () => {
  const alive = remember(empty, toReading([...services, bridge]), 1_000);
  const want = [
    { cluster: 'c', service: 'web', running: 1, desired: 2 },
    { cluster: 'c', service: 'worker', running: 0, desired: 3 },
  ];
  expect(alive).toMatchObject({ services: want, servicesRead: 1_000 });
  const dead = remember(alive, toReading(services), 2_000);
  expect(dead).toMatchObject({ services: want, servicesRead: 1_000, answered: 2_000 });
});

it('an objective that is not known any more is unknown', () => {
  const budget = one({ __name__: 'fargaze:slo_error_budget_remaining', slo: 'web' }, 0.5);
  const known = remember(empty, toReading([budget]), 0);
  expect(known.objectives).toEqual([{ name: 'web', left: 0.5 }]);
  expect(remember(known, nothing, 0).objectives).toEqual([{ name: 'web', left: undefined }]);
});

describe('a Prometheus that does not answer', () => {
  const clock = { now: () => 200_000, monotonic: () => 0, sleep: async () => undefined };
  const at = (url: string): Promise<Snapshot> => look(url, seen, clock);

  it('is named by what the system says of it', async () => {
    const server = createServer();
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    const { port } = server.address() as AddressInfo;
    await new Promise((done) => server.close(done));
    const { answered, fault, probes: rows } = await at(`http://127.0.0.1:${port}`);
    expect([fault, answered, rows[0]?.state]).toEqual(['ECONNREFUSED', 105_000, 'down']);
  });

  it('is named by its own words', async () => {
    const server = createServer((_, response) =>
      response.end('{"status":"error","error":"query processing would load too many samples"}'),
    );
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    try {
      const { fault } = await at(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
      expect(fault).toMatch(/would load too many samples$/);
    } finally {
      server.close();
    }
  });
});
