// The bridge's ECS source against the fake, by the real SDK: series, calls, and what each failing call costs.
// One file: the cases share one simulated account.

import { createEcsApi } from '../../functions/ecs-bridge/aws/ecs-api.ts';
import { runBridge } from '../../functions/ecs-bridge/bridge.ts';
import { catalogue } from '../../layers/core/src/catalogue.ts';
import type { EcsConfig } from '../../layers/core/src/config/bridge.ts';
import { compilePattern } from '../../layers/core/src/config/compile/pattern/program.ts';
import { startDeadline } from '../../layers/core/src/deadline.ts';
import type { Batch } from '../../layers/core/src/sample.ts';
import { type FakeAws, startFakeAws } from '../../local/fake-aws/fake-aws.ts';
import { createFakeClock, withCalendar } from '../support/fake-clock.ts';

const now = 1_800_000_000;
let fake: FakeAws;

const variables = {
  AWS_ACCESS_KEY_ID: 'AKIAFAKE111122223333',
  AWS_SECRET_ACCESS_KEY: 'not-a-secret',
  AWS_REGION: 'eu-west-1',
};

beforeEach(async () => {
  fake = await startFakeAws();
  fake.clock.set(now);
  Object.assign(process.env, variables, { AWS_ENDPOINT_URL: fake.url });
});

afterEach(async () => {
  for (const name of [...Object.keys(variables), 'AWS_ENDPOINT_URL']) delete process.env[name];
  await fake.close();
});

async function run(
  clusters: readonly string[] = ['*'],
  event: unknown = {},
  filters: Partial<EcsConfig> = {},
) {
  const batches: Batch[] = [];
  const lines: string[] = [];
  const summary = await runBridge(
    {
      config: { ecs: { clusters, services: ['*'], tags: [], exportedTags: [], ...filters } },
      sink: { name: 'memory', series: 'refused', write: async (batch) => void batches.push(batch) },
      clock: withCalendar(() => fake.clock.now() * 1000),
      log: (level, message, fields) =>
        void lines.push(`${level} ${message} ${JSON.stringify(fields)}`),
    },
    event,
    { getRemainingTimeInMillis: () => 20_000 },
  );
  const groups = new Map(
    batches[0]?.groups.map((group) => [group.grouping.instance, group.samples]),
  );
  const series = new Map(
    [...groups.values()].flat().map(({ labels, metric, value }) => {
      const { account_id: _, region: __, ...own } = labels;
      // In the order of the catalogue; labels that it leaves to the user come first.
      const known: readonly string[] = catalogue[metric].labels;
      const names = Object.keys(own).sort((a, b) => known.indexOf(a) - known.indexOf(b));
      const inner = names.map((name) => `${name}=${own[name]}`);
      return [inner.length === 0 ? metric : `${metric}{${inner.join(',')}}`, value];
    }),
  );
  return { summary, groups, series, lines };
}

const web = 'cluster=prod,service=web';

describe('a healthy cluster', () => {
  beforeEach(() => {
    fake.model.addCluster({ name: 'prod' });
    fake.model.addService({ cluster: 'prod', name: 'web', desired: 3 });
    fake.clock.advance(600);
  });

  it('gives counts, rollout, tasks, ages and images, with account and region', async () => {
    const { groups, series, summary } = await run();
    expect(summary).toMatchObject({ clusters: 1, services: 1, faults: [] });
    expect(series.get(`ecs_service_desired_tasks{${web}}`)).toBe(3);
    expect(series.get(`ecs_service_running_tasks{${web}}`)).toBe(3);
    expect(series.get(`ecs_service_pending_tasks{${web}}`)).toBe(0);
    expect(
      series.get(`ecs_service_deployment_rollout_state{${web},status=PRIMARY,state=COMPLETED}`),
    ).toBe(1);
    expect(
      series.get(`ecs_service_deployment_rollout_state{${web},status=PRIMARY,state=FAILED}`),
    ).toBe(0);
    expect(series.get(`ecs_service_distinct_images{${web},container_name=web}`)).toBe(1);
    expect(series.get(`ecs_service_oldest_task_age_seconds{${web}}`)).toBeGreaterThan(400);
    expect(series.get(`ecs_service_task_start_duration_max_seconds{${web}}`)).toBeGreaterThan(0);
    const [tasks] = [...series].filter(([key]) =>
      key.startsWith(`ecs_service_tasks{${web},last_status=RUNNING`),
    );
    expect(tasks?.[1]).toBe(3);
    const samples = groups.get('arn:aws:ecs:eu-west-1:111122223333:cluster/prod');
    expect(samples?.[0]?.labels).toEqual({
      region: 'eu-west-1',
      account_id: '111122223333',
      cluster: 'prod',
    });
    expect([...series.keys()].join()).not.toMatch(/task\/prod/);
  });

  it('a rollout shows both deployments and mixed images', async () => {
    fake.model.deploy({ cluster: 'prod', service: 'web', image: 'example/web:2' });
    fake.clock.advance(10);
    const { series } = await run();
    expect(series.get(`ecs_service_deployments{${web}}`)).toBe(2);
    expect(
      series.get(`ecs_service_deployment_rollout_state{${web},status=PRIMARY,state=IN_PROGRESS}`),
    ).toBe(1);
    expect(series.get(`ecs_service_distinct_images{${web},container_name=web}`)).toBe(2);
  });

  it('stops show by code, containers by normalised reason', async () => {
    const exits = {
      web: { exitCode: 137, reason: 'OutOfMemoryError: Container killed due to memory usage' },
    };
    fake.model.stopTask({
      cluster: 'prod',
      service: 'web',
      code: 'EssentialContainerExited',
      reason: 'Essential container in task exited',
      exits,
    });
    fake.clock.advance(120);
    const { series } = await run();
    expect(series.get(`ecs_service_stopped_tasks{${web},stop_code=EssentialContainerExited}`)).toBe(
      1,
    );
    expect(
      series.get(
        `ecs_service_container_exits{${web},container_name=web,reason=oom_killed,exit_code=137}`,
      ),
    ).toBe(1);
    expect(
      series.get(
        `ecs_service_last_stop_timestamp_seconds{${web},stop_code=EssentialContainerExited}`,
      ),
    ).toBeGreaterThan(now);
    fake.clock.advance(2 * 3600);
    expect([...(await run()).series.keys()].filter((key) => key.includes('stopped_tasks'))).toEqual(
      [],
    );
  });

  it('a service that is gone has no series', async () => {
    fake.model.deleteService({ cluster: 'prod', service: 'web' });
    fake.clock.advance(600);
    const { series } = await run();
    expect([...series.keys()].filter((key) => key.includes('service=web'))).toEqual([]);
    expect(series.get('ecs_services{cluster=prod}')).toBe(0);
  });

  it.each([['prod'], ['arn:aws:ecs:eu-west-1:111122223333:cluster/prod']])(
    'only %s is read, without listing clusters',
    async (name) => {
      fake.model.addCluster({ name: 'other' });
      const { summary } = await run([name]);
      expect(summary.clusters).toBe(1);
      expect(fake.totals().ListClusters).toBeUndefined();
    },
  );
});

describe('filters', () => {
  beforeEach(() => {
    for (const name of ['prod', 'prod-eu', 'test']) fake.model.addCluster({ name });
    const team = (value: string) => ({ tags: { Team: value, 'cost:centre': '7' } });
    fake.model.addService({ cluster: 'prod', name: 'web', desired: 1, ...team('shop') });
    fake.model.addService({ cluster: 'prod', name: 'web-admin', desired: 1, ...team('ops') });
    fake.model.addService({ cluster: 'prod', name: 'worker', desired: 1 });
    fake.clock.advance(600);
  });

  const serviceNames = ({ series }: { readonly series: ReadonlyMap<string, number> }) =>
    [...series.keys()].flatMap(
      (key) => /^ecs_service_desired_tasks.*service=(.*)}$/.exec(key)?.[1] ?? [],
    );

  it('clusters go by pattern too', async () => {
    const { groups } = await run(['prod*']);
    expect([...groups.keys()].map((key) => key.split('/')[1])).toEqual([
      'prod',
      'prod-eu',
      undefined,
    ]);
    const byArn = await run(['arn:aws:ecs:*:cluster/test', 'prod-eu']);
    expect(byArn.summary.clusters).toBe(2);
  });

  it('services go by name, and those left out are not described', async () => {
    const filters = { services: ['web*', 'nobody'] };
    expect(serviceNames(await run(['prod'], {}, filters))).toEqual(['web', 'web-admin']);
    fake.reset();
    fake.model.addCluster({ name: 'prod' });
    for (let i = 0; i < 15; i++)
      fake.model.addService({ cluster: 'prod', name: `s${i}`, desired: 1 });
    fake.clock.advance(600);
    await run(['prod'], {}, { services: ['s1*'] });
    expect(fake.totals().DescribeServices?.calls).toBe(1);
  });

  it('services go by tags, all of them', async () => {
    const tag = (key: string, source: string) => ({ key, value: compilePattern(source) });
    const shop = await run(['prod'], {}, { tags: [tag('Team', '^sh')] });
    expect(serviceNames(shop)).toEqual(['web']);
    const none = { tags: [tag('Team', 'shop'), tag('Nothing', '')] };
    expect(serviceNames(await run(['prod'], {}, none))).toEqual([]);
  });

  it('tags that are exported are labels of ecs_service_info, others are not', async () => {
    const { series } = await run(['prod'], {}, { exportedTags: ['cost:centre'] });
    const infos = [...series.keys()].filter((key) => key.startsWith('ecs_service_info'));
    expect(infos.filter((key) => key.includes('tag_cost_centre=7'))).toHaveLength(2);
    expect(infos.join()).not.toContain('tag_Team');
  });

  it('a cluster that is named and not there is reported, and costs only itself', async () => {
    const { series, summary } = await run(['prod', 'prdo']);
    expect(summary.faults).toEqual([
      'bridge.ecs.clusters: got "prdo", want a cluster of this account and region',
    ]);
    expect(summary.clusters).toBe(1);
    expect(series.get('fargaze_bridge_api_up{api=DescribeClusters}')).toBe(1);
    await expect(run(['prdo'])).rejects.toThrow('got "prdo"');
  });
});

it('a rollout that fails and rolls back is shown by its events', async () => {
  fake.model.addCluster({ name: 'prod' });
  fake.model.addService({ cluster: 'prod', name: 'web', desired: 2 });
  fake.clock.advance(600);
  fake.model.deploy({
    cluster: 'prod',
    service: 'web',
    image: 'example/web:2',
    outcome: 'fail',
    rollback: 'yes',
  });
  fake.clock.advance(1800);
  const { series } = await run();
  for (const event of ['deployment_failed', 'rollback']) {
    const at = series.get(`ecs_service_last_event_timestamp_seconds{${web},event=${event}}`);
    expect(at).toBeGreaterThan(now + 600);
  }
});

describe('a deployment that shifts traffic', () => {
  const stageOf = (series: ReadonlyMap<string, number>) =>
    [...series.keys()].find((name) => name.startsWith('ecs_service_deployment_stage'));
  const traffic = (revision: string, listener: string) =>
    `ecs_service_deployment_traffic_ratio{${web},revision=${revision},listener=${listener}}`;

  beforeEach(() => {
    fake.model.addCluster({ name: 'prod' });
    fake.model.addService({ cluster: 'prod', name: 'web', desired: 2, strategy: 'CANARY' });
    fake.model.addService({ cluster: 'prod', name: 'plain', desired: 1 });
    fake.clock.advance(600);
  });

  it('shows its stages and shares while it is under way, and is not asked for else', async () => {
    expect(stageOf((await run()).series)).toBeUndefined();
    for (const service of ['web', 'plain']) {
      fake.model.deploy({ cluster: 'prod', service, image: `example/${service}:2` });
    }
    const seen: (string | undefined)[] = [];
    for (let step = 0; step < 40; step++) {
      fake.clock.advance(10);
      const { series } = await run();
      const name = stageOf(series);
      if (name !== seen.at(-1)) seen.push(name);
      if (name?.includes('stage=PRODUCTION_TRAFFIC_SHIFT')) {
        expect(series.get(traffic('source', 'production'))).toBe(0.75);
        expect(series.get(traffic('target', 'production'))).toBe(0.25);
        expect(series.get(traffic('target', 'test'))).toBe(1);
      }
    }
    const stage = (name: string) =>
      `ecs_service_deployment_stage{${web},stage=${name},deployment_status=IN_PROGRESS}`;
    expect(seen).toContain(stage('PRODUCTION_TRAFFIC_SHIFT'));
    expect(seen.at(-1)).toBeUndefined();
    // One call in each run in which something was under way, and it is ended by then.
    expect(fake.totals().DescribeServiceDeployments?.calls).toBeLessThan(41);
    fake.reset();
    await run();
    expect(fake.totals().DescribeServiceDeployments).toBeUndefined();
  });

  it('costs nothing else where the permission is missing', async () => {
    fake.model.deploy({ cluster: 'prod', service: 'web', image: 'example/web:2' });
    fake.clock.advance(20);
    fake.faults.add({ api: 'DescribeServiceDeployments', kind: 'access-denied' });
    const { series, summary } = await run();
    expect(stageOf(series)).toBeUndefined();
    expect(series.get(`ecs_service_deployments{${web}}`)).toBe(2);
    expect(summary.faults.join()).toContain('ecs:DescribeServiceDeployments');
  });
});

it('250 services and their tasks take as few calls as the API allows, on every page size', async () => {
  fake.model.addCluster({ name: 'prod' });
  for (let i = 0; i < 250; i++)
    fake.model.addService({ cluster: 'prod', name: `s${i}`, desired: 1 });
  fake.clock.advance(600);
  const { summary } = await run();
  expect(summary.services).toBe(250);
  const calls = Object.fromEntries(
    Object.entries(fake.totals()).map(([api, { calls: count }]) => [api, count]),
  );
  // 250 services: 3 pages, 25 descriptions; 250 tasks: 3 pages and 3 descriptions; none stopped: one empty page.
  expect(calls).toEqual({
    ListClusters: 1,
    DescribeClusters: 1,
    ListServices: 3,
    DescribeServices: 25,
    ListTasks: 4,
    DescribeTasks: 3,
  });
  fake.reset();
  fake.faults.add({ api: 'ListServices', kind: 'page-size', size: 7 });
  expect((await run()).summary.services).toBe(250);
});

it('a scheduled task that fails is shown by its family, and no service is', async () => {
  const cluster = 'prod';
  fake.model.addCluster({ name: cluster });
  const exits = (exitCode: number) => ({ nightly: { exitCode } });
  fake.model.runTask({ cluster, family: 'nightly', at: now, seconds: 60, exits: exits(0) });
  fake.model.runTask({ cluster, family: 'nightly', at: now + 600, seconds: 60, exits: exits(3) });
  fake.model.runTask({ cluster, family: 'other', at: now + 600 });
  fake.clock.advance(1200);
  const { series } = await run();
  const nightly = 'cluster=prod,family=nightly';
  expect(series.get(`ecs_family_last_exit_code{${nightly},container_name=nightly}`)).toBe(3);
  expect(
    series.get(`ecs_family_stopped_tasks{${nightly},stop_code=EssentialContainerExited}`),
  ).toBe(2);
  const exit = `ecs_family_container_exits{${nightly},container_name=nightly,reason=essential_exited`;
  expect([series.get(`${exit},exit_code=0}`), series.get(`${exit},exit_code=3}`)]).toEqual([1, 1]);
  const last = `ecs_family_last_stop_timestamp_seconds{${nightly},stop_code=EssentialContainerExited}`;
  expect(series.get(last)).toBeGreaterThan(now + 600);
  expect(series.get('ecs_family_tasks{cluster=prod,family=other,last_status=RUNNING}')).toBe(1);
  expect([...series.keys()].filter((key) => key.includes('service='))).toEqual([]);
  const chosen = await run(['*'], {}, { services: ['nig*'] });
  expect([...chosen.series.keys()].some((key) => key.includes('family=other'))).toBe(false);
  expect([...chosen.series.keys()].some((key) => key.includes('family=nightly'))).toBe(true);
});

it('EC2 instances show their agent, tasks and what is left; a cluster without any is not asked', async () => {
  fake.model.addCluster({ name: 'fargate' });
  fake.model.addCluster({ name: 'prod' });
  for (let index = 0; index < 130; index++) {
    fake.model.addInstance({ cluster: 'prod', ec2InstanceId: `i-${index}`, runningTasks: 2 });
  }
  fake.model.addInstance({
    ...{ cluster: 'prod', ec2InstanceId: 'i-lost', agent: 'disconnected', status: 'DRAINING' },
    ...{ cpu: { registered: 2048, remaining: 512 }, memory: { registered: 4096, remaining: 1024 } },
  });
  const { series, summary } = await run();
  expect(summary.faults).toEqual([]);
  expect(series.get('ecs_container_instances{cluster=prod,status=ACTIVE}')).toBe(130);
  expect(series.get('ecs_container_instances{cluster=prod,status=DRAINING}')).toBe(1);
  const of = (metric: string, id: string) =>
    series.get(`ecs_container_instance_${metric}{cluster=prod,container_instance=${id}}`);
  expect([of('agent_connected', 'i-7'), of('agent_connected', 'i-lost')]).toEqual([1, 0]);
  expect(of('running_tasks', 'i-129')).toBe(2);
  expect(of('remaining_cpu_units', 'i-lost')).toBe(512);
  expect(of('remaining_memory_bytes', 'i-lost')).toBe(1024 ** 3);
  expect(of('registered_memory_bytes', 'i-lost')).toBe(4 * 1024 ** 3);
  const { DescribeContainerInstances, ListContainerInstances } = fake.totals();
  expect([ListContainerInstances?.calls, DescribeContainerInstances?.calls]).toEqual([2, 2]);
});

it('a part of the clusters that cannot be described costs only itself', async () => {
  for (let index = 0; index < 100; index++) fake.model.addCluster({ name: `c${index}` });
  fake.model.addCluster({ name: 'zz' });
  fake.model.addService({ cluster: 'zz', name: 'web', desired: 1 });
  fake.clock.advance(600);
  fake.faults.add({ api: 'DescribeClusters', kind: 'access-denied', times: 1 });
  const { series, summary } = await run();
  expect(summary.faults).toHaveLength(1);
  expect([1, 100]).toContain(summary.clusters);
  expect(series.get('ecs_up{}') ?? [...series].find(([key]) => key.startsWith('ecs_up'))?.[1]).toBe(
    1,
  );
});

describe('a call that fails', () => {
  beforeEach(() => {
    fake.model.addCluster({ name: 'prod' });
    fake.model.addService({ cluster: 'prod', name: 'web', desired: 1 });
    fake.clock.advance(600);
  });

  it.each(['throttle', 'internal-error', 'http-500', 'reset'] as const)(
    'by %s once is asked again, and nothing is missing',
    async (kind) => {
      fake.faults.add({ api: 'DescribeServices', kind, times: 1 });
      const { series, summary } = await run();
      expect(summary.faults).toEqual([]);
      expect(series.get(`ecs_service_running_tasks{${web}}`)).toBe(1);
    },
  );

  it('by throttling is called again, the calls after it more slowly, and every call is counted', async () => {
    const callWith = async (times: number) => {
      fake.reset();
      if (times > 0) fake.faults.add({ api: 'DescribeServices', kind: 'throttle', times });
      const clock = createFakeClock(fake.clock.now() * 1000);
      let waits = 0;
      const sleep = (seconds: number) => {
        waits += 1;
        return clock.sleep(seconds);
      };
      const deadline = startDeadline(60, clock);
      const api = createEcsApi({ region: 'eu-west-1', clock: { ...clock, sleep } }, deadline);
      await api.describeServices('prod', ['web']);
      const before = waits;
      for (let call = 0; call < 19; call++) await api.describeServices('prod', ['web']);
      api.close();
      deadline.close();
      return { waits: waits - before, tally: api.tally };
    };
    expect((await callWith(0)).waits).toBe(0);
    const { tally, waits } = await callWith(5);
    expect(waits).toBeGreaterThan(5);
    expect(Object.fromEntries(tally.throttles)).toEqual({ DescribeServices: 5 });
    expect(Object.fromEntries(tally.requests)).toEqual({ DescribeServices: 25 });
    fake.reset();
    fake.faults.add({ api: 'DescribeServices', kind: 'throttle', times: 1 });
    const { series } = await run();
    expect(series.get('fargaze_bridge_throttles{api=DescribeServices}')).toBe(1);
    expect(series.get('fargaze_bridge_requests{api=DescribeServices}')).toBe(2);
  });

  it('for want of a permission costs what needs it, and the message names the permission', async () => {
    fake.faults.add({ api: 'DescribeTasks', kind: 'access-denied' });
    const { lines, series, summary } = await run();
    expect(summary.faults).toHaveLength(1);
    expect(summary.faults[0]).toMatch(/^DescribeTasks: permission ecs:DescribeTasks is missing: /);
    expect(lines.join()).toContain('ecs:DescribeTasks is missing');
    expect(series.get(`ecs_service_running_tasks{${web}}`)).toBe(1);
    expect([...series.keys()].some((key) => key.startsWith('ecs_service_tasks'))).toBe(false);
    expect(series.get('fargaze_bridge_api_up{api=DescribeTasks}')).toBe(0);
    expect(series.get('fargaze_bridge_api_up{api=DescribeServices}')).toBe(1);
  });

  it('in the middle of a list gives no half count', async () => {
    for (let i = 0; i < 30; i++)
      fake.model.addService({ cluster: 'prod', name: `s${i}`, desired: 1 });
    fake.model.addCluster({ name: 'calm' });
    fake.faults.add({ api: 'DescribeServices', kind: 'access-denied', times: 1 });
    const { groups, summary } = await run();
    expect(summary.faults).toHaveLength(1);
    expect([...groups.keys()]).toEqual([
      'arn:aws:ecs:eu-west-1:111122223333:cluster/calm',
      'ecs-bridge',
    ]);
  });

  it('at the very start fails the run after it was reported', async () => {
    fake.faults.add({ api: 'ListClusters', kind: 'access-denied' });
    await expect(run()).rejects.toThrow('permission ecs:ListClusters is missing');
  });
});

it('an event with unknown keys is refused', async () => {
  await expect(run(['*'], { clusters: ['x'] })).rejects.toThrow('clusters: unknown key');
});
