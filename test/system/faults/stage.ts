// What stands around the functions of one row: a web target, Redis, Pushgateway, Prometheus and AWS, each behind a proxy.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type FakeAws, startFakeAws } from '../../../local/fake-aws/fake-aws.ts';
import { type FaultyProxy, noName, startFaultyProxy } from '../../support/faulty-proxy.ts';
import { type FaultyTcp, startFaultyTcp } from '../../support/faulty-tcp.ts';
import type { ProcessRow } from './row.ts';
import { type World, webName } from './world.ts';

/** Seconds of history that the simulated cluster has. */
const history = 1_500;

/** Points of a metric that are settled within what the bridge reads back: 20 minutes less two, and one at the edge. */
export const leastPoints = 17;

/** The places of one row. */
export type Stage = {
  readonly gateway: FaultyProxy;
  readonly prometheus: FaultyProxy;
  readonly web: FaultyProxy;
  readonly redis: FaultyTcp;
  readonly aws: FaultyProxy;
  readonly fakeAws: FakeAws | undefined;
  /** Variables of every function of the row. */
  readonly env: Readonly<Record<string, string>>;
  /** Makes the fault of the row begin; `kill` is called at its moment. */
  begin(kill: () => void): Promise<void>;
  heal(): Promise<void>;
  close(): Promise<void>;
};

/** Sets the stage of `row`, whose cluster and owner have the name `id`. */
export async function setStage(row: ProcessRow, id: string, world: World): Promise<Stage> {
  const target = createServer((_, response) => response.end('hello'));
  await new Promise<void>((resolve) => target.listen(0, '127.0.0.1', resolve));
  const fakeAws = row.name === 'ecs-bridge' ? await startCloud(id) : undefined;
  const proxies = {
    gateway: await startFaultyProxy(world.gateway.url),
    prometheus: await startFaultyProxy(world.prometheus.url),
    web: await startFaultyProxy(`http://127.0.0.1:${(target.address() as AddressInfo).port}`),
    aws: await startFaultyProxy(fakeAws?.url ?? noName),
  };
  const redis = await startFaultyTcp(world.redis.port);
  const places = { ...proxies, redis };
  return {
    ...places,
    fakeAws,
    env: {
      FARGAZE_DNS_SERVERS: world.dns.address,
      FAULTS_WEB: `${proxies.web.url.replace('127.0.0.1', webName)}/`,
      FAULTS_REDIS: `redis://127.0.0.1:${redis.port}`,
      FARGAZE_OWNER: id,
      FARGAZE_PUSHGATEWAY_URL: proxies.gateway.url,
      FARGAZE_REMOTE_WRITE_URL: `${proxies.prometheus.url}/api/v1/write`,
      AWS_ENDPOINT_URL: proxies.aws.url,
      AWS_REGION: 'eu-west-1',
      AWS_ACCESS_KEY_ID: 'AKIAFAKE111122223333',
      AWS_SECRET_ACCESS_KEY: 'not-a-secret',
      AWS_EC2_METADATA_DISABLED: 'true',
    },
    begin: (kill) => begin(row, { places, fakeAws, kill }),
    heal: async () => {
      fakeAws?.reset();
      await Promise.all(Object.values(places).map((place) => place.heal()));
    },
    close: async () => {
      target.close();
      target.closeAllConnections();
      await Promise.all(Object.values(places).map((place) => place.close()));
      await fakeAws?.close();
    },
  };
}

async function startCloud(cluster: string): Promise<FakeAws> {
  const fake = await startFakeAws();
  fake.clock.set(Math.floor(Date.now() / 1000) - history);
  fake.model.addCluster({ name: cluster });
  fake.model.addService({ cluster, name: 'web', desired: 1 });
  fake.clock.advance(history);
  return fake;
}

type Beginning = {
  readonly places: Pick<Stage, 'gateway' | 'prometheus' | 'web' | 'redis' | 'aws'>;
  readonly fakeAws: FakeAws | undefined;
  readonly kill: () => void;
};

async function begin(row: ProcessRow, { fakeAws, kill, places }: Beginning): Promise<void> {
  if (row.aws !== undefined) fakeAws?.faults.add(row.aws);
  if (row.kill !== undefined) {
    const [place, meets] = row.kill;
    if (place === 'redis') places.redis.stopAt(meets.path ?? '', meets.when, kill);
    else places[place].stopAt(meets, kill);
  }
  if (row.breaks === undefined) return;
  const [place, fault, meets] = row.breaks;
  if (place !== 'redis') await places[place].fail(fault, meets);
  else if (fault.kind === 'down' || fault.kind === 'hangs' || fault.kind === 'resets') {
    await places.redis.fail(fault.kind);
  } else throw new RangeError(`Redis cannot be made to ${fault.kind}`);
}
