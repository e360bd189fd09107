// Passwords reach redis_exporter and redis-probe as the stack gives them, by environment and by URL, whatever is in them.
import { probeRedis } from '../../functions/redis-probe/probe.ts';
import { type Server, startRedis, startRedisExporter } from '../../local/programs/servers.ts';
import { awkwardPasswords } from '../support/awkward-passwords.ts';
import { redisModule, runProbe, verdict } from '../support/probing.ts';
import { sendTo } from '../support/redis-admin.ts';
import { items, resources } from '../support/template.ts';

let redis: Server;
beforeAll(async () => {
  redis = await startRedis();
});
afterAll(() => redis.stop());

async function isUp(password: string): Promise<string> {
  const exporter = await startRedisExporter({
    redisUrl: redis.url,
    username: 'exporter',
    password,
  });
  const text = await (await fetch(`${exporter.url}/metrics`)).text().finally(() => exporter.stop());
  return /^redis_up (\d)$/m.exec(text)?.[1] ?? 'absent';
}

const setPassword = (password: string) => {
  const rights = ['reset', 'on', `>${password}`, '~*', '+@all'];
  return sendTo(redis.url, (send) => send('ACL', 'SETUSER', 'exporter', ...rights));
};

it('the stack gives redis_exporter user and password by environment, and nothing by a shell', () => {
  const [task] = resources.filter(({ id }) => id === 'RedisTaskDefinition');
  const containers = items(task?.properties.ContainerDefinitions);
  const exporter = containers.find(({ Name }) => Name === 'exporter');
  const names = [...items(exporter?.Environment), ...items(exporter?.Secrets)].map(
    ({ Name }) => Name,
  );
  expect(names).toEqual(expect.arrayContaining(['REDIS_USER', 'REDIS_PASSWORD']));
  expect([exporter?.EntryPoint, exporter?.Command]).toEqual([undefined, undefined]);
});

it.each(awkwardPasswords)('redis_exporter logs in with %j', async (password) => {
  await setPassword(password);
  expect(await isUp(password)).toBe('1');
  expect(await isUp(`${password}x`)).toBe('0');
});

// A percent sign before two hexadecimal digits is an encoded character in every URL.
const unencoded = awkwardPasswords.filter((password) => !/%[\da-f]{2}/i.test(password));

it.each(unencoded)('redis-probe logs in with %j as it stands in a URL', async (password) => {
  await setPassword(password);
  const address = redis.url.replace('//', () => `//exporter:${password}@`);
  const probed = await runProbe(probeRedis, redisModule({}), address);
  expect(verdict(probed)).toBe('ok');
  expect(JSON.stringify(probed)).not.toContain(JSON.stringify(password).slice(1, -1));
});

it.each(awkwardPasswords)(
  'redis-probe logs in with %j by reference and encoded',
  async (password) => {
    await setPassword(password);
    process.env.TEST_AWKWARD = password;
    const module = redisModule({ username: 'exporter', password: 'env:TEST_AWKWARD' });
    const referred = await runProbe(probeRedis, module, redis.url);
    delete process.env.TEST_AWKWARD;
    const address = redis.url.replace('//', () => `//exporter:${encodeURIComponent(password)}@`);
    const encoded = await runProbe(probeRedis, redisModule({}), address);
    expect([verdict(referred), verdict(encoded)]).toEqual(['ok', 'ok']);
  },
);
