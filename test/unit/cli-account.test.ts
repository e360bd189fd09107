// `fargaze init --account` on a simulated account: services behind load balancers, by Service Connect, and servers of Redis; and what
// an account without permissions says.
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readConfigFile } from '../../build/config-file.ts';
import { type FakeAws, startFakeAws } from '../../local/fake-aws/fake-aws.ts';
import { runCli } from '../support/run-cli.ts';

let fake: FakeAws;
let folder: string;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'fargaze-cli-'));
  fake = await startFakeAws({ seed: 7 });
  fake.model.addCluster({ name: 'prod' });
  fake.model.addCluster({ name: 'test' });
  const balancer = {
    name: 'front',
    scheme: 'internet-facing',
    protocol: 'HTTPS',
    hosts: ['shop.example.com'],
    healthCheckPath: '/healthz?full=1&x=2',
  } as const;
  const cluster = 'prod';
  fake.model.addService({
    cluster,
    name: 'shop',
    balancer,
    containers: [
      {
        name: 'shop',
        image: 'example/shop:1',
        environment: {
          REDIS_URL:
            'rediss://app:planted77@master.sessions.abc123.euw1.cache.amazonaws.com:6379/0',
          CACHE_HOST: 'carts.abc123.0001.euw1.cache.amazonaws.com',
        },
      },
    ],
  });
  fake.model.addService({
    cluster,
    name: 'admin',
    balancer: {
      ...balancer,
      name: 'inside',
      scheme: 'internal',
      protocol: 'HTTP',
      hosts: ['*.example.com'],
      healthCheckPath: '/ok',
    },
  });
  fake.model.addService({
    cluster,
    name: 'search',
    connect: { dnsName: 'search.local', port: 8080 },
    containers: [
      {
        name: 'search',
        image: 'example/search:1',
        healthCheck: ['CMD-SHELL', 'curl -f http://localhost:8080/ready || exit 1'],
      },
    ],
  });
  fake.model.addService({
    cluster,
    name: 'queue',
    connect: { dnsName: 'queue.local', port: 6379 },
    containers: [{ name: 'queue', image: 'docker.io/valkey/valkey:8' }],
  });
  fake.model.addService({ cluster, name: 'worker' });
  fake.model.addService({
    cluster: 'test',
    name: 'shop',
    connect: { dnsName: 'shop.test', port: 80 },
  });
  fake.clock.advance(3600);
});
afterEach(async () => {
  await fake.close();
  rmSync(folder, { recursive: true });
});

const init = (...args: string[]) =>
  runCli(['init', '--account', ...args], {
    cwd: folder,
    env: {
      AWS_ENDPOINT_URL: fake.url,
      AWS_REGION: 'eu-west-1',
      AWS_ACCESS_KEY_ID: 'AKIAFAKE111122223333',
      AWS_SECRET_ACCESS_KEY: 'x',
    },
  });
const probes = () => readConfigFile(join(folder, 'fargaze.yml')).probes;

it('finds where each service is reached, and names the one that nothing shows', async () => {
  const { code, err } = await init('--cluster', 'prod', '--cloudwatch');
  expect([code, err]).toEqual([
    0,
    expect.stringContaining('service prod/worker: left out: no load balancer'),
  ]);
  expect(
    probes().map(({ module, name, target, vantage }) => [name, module, vantage, target]),
  ).toEqual(
    [
      ['shop', 'http_2xx', 'internet', 'https://shop.example.com/healthz?full=1&x=2'],
      [
        'redis-sessions',
        'redis',
        'vpc',
        'rediss://master.sessions.abc123.euw1.cache.amazonaws.com:6379',
      ],
      ['redis-carts', 'redis', 'vpc', 'rediss://carts.abc123.0001.euw1.cache.amazonaws.com:6379'],
      ['queue', 'redis', 'vpc', 'redis://queue.local:6379'],
      [
        'admin',
        'http_2xx',
        'vpc',
        'http://internal-inside-1234567890.eu-west-1.elb.amazonaws.com/ok',
      ],
      ['search', 'http_2xx', 'vpc', 'http://search.local:8080/ready'],
    ].sort((a, b) => order(a) - order(b)),
  );
  expect(readFileSync(join(folder, 'fargaze.yml'), 'utf8') + err).not.toContain('planted77');
  expect(await runCli(['check'], { cwd: folder })).toMatchObject({ code: 0 });
});

/** Groups stand in the order in which their first member was found. */
function order([name = '']: readonly string[]): number {
  return probes().findIndex((probe) => probe.name === name);
}

it('every cluster is read without --cluster; a name that is taken gets a number', async () => {
  expect(await init()).toMatchObject({ code: 0 });
  expect(probes().map(({ name }) => name)).toEqual(expect.arrayContaining(['shop', 'shop-2']));
});

it('without the permission for load balancers the rest is written, and the permission is named', async () => {
  fake.faults.add({ api: 'DescribeTargetGroups', kind: 'access-denied' });
  const { code, err } = await init('--cluster', 'prod');
  expect([code, err]).toEqual([
    0,
    expect.stringContaining('permission elasticloadbalancing:DescribeTargetGroups is missing'),
  ]);
  expect(probes().map(({ name }) => name)).toEqual(expect.arrayContaining(['search', 'queue']));
});

it('a call of load balancers that is throttled is made again', async () => {
  for (const api of ['DescribeTargetGroups', 'DescribeRules']) {
    fake.faults.add({ api, kind: 'throttle', times: 1 });
  }
  expect(await init('--cluster', 'prod')).toMatchObject({ code: 0 });
  expect(probes().map(({ name }) => name)).toContain('shop');
});

it('a profile that is named gives every call its region and keys, whatever keys stand beside it', async () => {
  const file = join(folder, 'config');
  const keys = ['aws_access_key_id = AKIAFAKE111122223333', 'aws_secret_access_key = x'];
  writeFileSync(file, ['[profile work]', 'region = eu-west-1', ...keys, ''].join('\n'));
  const env = {
    AWS_ENDPOINT_URL: fake.url,
    AWS_CONFIG_FILE: file,
    AWS_SHARED_CREDENTIALS_FILE: file,
    AWS_PROFILE: 'work',
    // Of an account in which there is nothing.
    AWS_ACCESS_KEY_ID: 'AKIAFAKE444455556666',
    AWS_SECRET_ACCESS_KEY: 'x',
  };
  const options = { cwd: folder, env };
  expect(await runCli(['init', '--account', '--cluster', 'prod'], options)).toMatchObject({
    code: 0,
  });
  expect(probes().map(({ name }) => name)).toEqual(expect.arrayContaining(['shop', 'search']));
  expect(await runCli(['bridge', '--dry-run'], options)).toMatchObject({
    code: 0,
    out: expect.stringContaining('ECS: 1 cluster, 5 services'),
  });
  const empty = { ...options, env: { ...env, AWS_REGION: '' } };
  // What is given on the command line counts before the environment.
  const given = ['bridge', '--dry-run', '--region', 'eu-west-1'];
  expect(await runCli(given, empty)).toMatchObject({
    code: 0,
    out: expect.stringContaining('ECS: 1 cluster, 5 services'),
  });
  expect(await runCli(['bridge', '--dry-run', '--region', 'Ireland'], options)).toMatchObject({
    code: 2,
    err: expect.stringContaining('the region is "Ireland", want one such as eu-west-1'),
  });
  for (const args of [
    ['bridge', '--dry-run'],
    ['init', '--account', '--force'],
  ]) {
    expect(await runCli(args, empty)).toMatchObject({
      code: 2,
      err: expect.stringContaining('want AWS_REGION'),
    });
  }
});

it('where no address is found the file reads the services, and an address is asked for', async () => {
  fake.model.addCluster({ name: 'jobs' });
  fake.model.addService({ cluster: 'jobs', name: 'nightly' });
  const named = await init('--cluster', 'jobs', '-o', '-');
  expect([named.code, named.err]).toEqual([
    0,
    expect.stringMatching(
      /read: 1 cluster, 1 service in eu-west-1\nno address was found.*--target/s,
    ),
  ]);
  expect(named.out).toContain('bridge:\n  ecs:\n    clusters:\n      - jobs\n');
});

it('an account without clusters gets a file too, and the region is named', async () => {
  await fake.close();
  fake = await startFakeAws({ seed: 7 });
  const { code, err } = await init();
  expect([code, err]).toEqual([
    0,
    expect.stringContaining('in eu-west-1\nthere is no ECS cluster; another region: --region NAME'),
  ]);
  expect(readFileSync(join(folder, 'fargaze.yml'), 'utf8')).toContain('    clusters:\n      - "*"');
  const check = await runCli(['check'], { cwd: folder });
  expect(check.err).toContain('watches nothing but the ECS API: want probes, or');
});

it('a cluster that is not there is refused with those that are, and nothing is written', async () => {
  const { code, err } = await init('--cluster', 'prod', '--cluster', 'tset');
  expect([code, err]).toEqual([
    2,
    'fargaze: --cluster: no ECS cluster "tset" in eu-west-1; did you mean "test"?\nthere are: prod, test; another region: --region NAME\n',
  ]);
  expect(existsSync(join(folder, 'fargaze.yml'))).toBe(false);
});

it('a cluster is named by its ARN too', async () => {
  const arn = 'arn:aws:ecs:eu-west-1:111122223333:cluster/test';
  expect(await init('--cluster', arn)).toMatchObject({ code: 0 });
  expect(probes().map(({ target }) => target)).toEqual(['http://shop.test:80/']);
});

it('without the permission for ECS nothing is written', async () => {
  fake.faults.add({ api: 'ListClusters', kind: 'access-denied' });
  const { code, err } = await init();
  expect([code, err]).toEqual([
    2,
    expect.stringContaining('permission ecs:ListClusters is missing'),
  ]);
  expect(existsSync(join(folder, 'fargaze.yml'))).toBe(false);
});
