// Users with exactly the rights that docs/redis.md names can be probed with; without any one of them, something is missing.
import { probeRedis } from '../../functions/redis-probe/probe.ts';
import { type Server, startRedis } from '../../local/programs/servers.ts';
import { detail, type Probed, redisModule, runProbe, verdict } from '../support/probing.ts';
import { sendTo } from '../support/redis-admin.ts';
import { documentedRights } from '../support/redis-rights.ts';
import { type Replication, startReplication, startTwemproxy } from '../support/redis-topologies.ts';

const user = { username: 'probe', password: 'env:TEST_RIGHT' };
let data: Replication;
beforeAll(async () => {
  process.env.TEST_RIGHT = 'right-one';
  data = await startReplication(1);
});
afterAll(async () => {
  delete process.env.TEST_RIGHT;
  await data.stop();
});

const replica = (): Server => {
  const [first] = data.replicas;
  if (first === undefined) throw new Error('no replica');
  return first;
};
/** A new user of Redis 6.2 may use all channels, of later ones none: this one may not. */
const fresh = ['reset', 'resetchannels', 'on', '>right-one'];
const grant = ({ url }: Pick<Server, 'url'>, rights: readonly string[], name = 'probe') =>
  sendTo(url, (send) => send('ACL', 'SETUSER', name, ...fresh, ...rights));

/** Failure and refused reads; empty when all of it is there. */
function missing(probed: Probed): string {
  const refused = Object.entries(probed.samples).flatMap(([name, value]) =>
    value === 0 && name.startsWith('probe_redis_check_supported') ? [name] : [],
  );
  return [verdict(probed), detail(probed), ...refused].join(' ').replace(/^ok\s*$/, '');
}

/** Redis 7 lets everybody use these. */
const always = ['+hello', '+auth'];

/** Gives all rights, then all but one, and answers those without which nothing is missing. */
async function idle(
  rights: readonly string[],
  look: (rights: readonly string[]) => Promise<Probed>,
): Promise<string[]> {
  expect(missing(await look(rights))).toBe('');
  const found: string[] = [];
  for (const right of rights.filter((one) => !always.includes(one))) {
    const rest = rights.filter((one) => one !== right);
    if (missing(await look(rest)) === '') found.push(right);
  }
  return found;
}

it.each([
  { row: 'standalone', redis: {} },
  { row: 'canary: read', redis: { canary: 'read', health: false } },
  { row: 'canary: ping', redis: { canary: 'ping', health: false } },
  { row: 'pubsub: true', besides: 'standalone', redis: { pubsub: true } },
  { row: 'a database in the URL', besides: 'standalone', redis: {}, path: '/3' },
])('$row: the documented rights are enough, and each is needed', async (one) => {
  const { besides, path = '', redis, row } = one;
  const base = besides === undefined ? [] : documentedRights(besides);
  const unused = await idle(documentedRights(row), async (rights) => {
    await grant(data.primary, [...base, ...rights]);
    return runProbe(probeRedis, redisModule({ ...user, ...redis }), `${data.primary.url}${path}`);
  });
  expect(unused).toEqual([]);
});

it('replicas: the documented rights are enough at each replica, and each is needed', async () => {
  await grant(data.primary, documentedRights('standalone'));
  const module = redisModule({ ...user, replicas: 'discover' });
  const unused = await idle(documentedRights('replicas'), async (rights) => {
    await grant(replica(), rights);
    return runProbe(probeRedis, module, data.primary.url);
  });
  expect(unused).toEqual([]);
});

it('proxy: the documented rights are enough at the server behind twemproxy, and each is needed', async () => {
  const redis = await startRedis();
  const proxy = await startTwemproxy(redis.port, 'right-one');
  const admin = ['on', '>right-one', '~*', '&*', '+@all'];
  await sendTo(redis.url, (send) => send('ACL', 'SETUSER', 'admin', ...admin));
  const asAdmin = { url: redis.url.replace('//', '//admin:right-one@') };
  const module = redisModule({ topology: 'proxy', password: user.password });
  const look = async (rights: readonly string[]) => {
    // The proxy knows a password only, which is that of the user `default`.
    await grant(asAdmin, rights, 'default');
    // What a proxy is not asked for is no right that is missing.
    return { ...(await runProbe(probeRedis, module, proxy.url)), samples: {} };
  };
  try {
    expect(await idle(documentedRights('proxy'), look)).toEqual([]);
  } finally {
    await proxy.stop();
    await redis.stop();
  }
});
