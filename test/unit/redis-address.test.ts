// What a Redis address is: one answer, whoever reads it.
import { groupTargets } from '../../cli/draft/targets.ts';
import { compileConfig } from '../../layers/core/src/config/compile/compile.ts';
import { ConfigError } from '../../layers/core/src/errors.ts';
import { readRedisAddress } from '../../layers/core/src/net/redis-address.ts';

it.each([
  ['redis://h', { host: 'h', port: 6379, tls: false, database: 0 }],
  ['rediss://h:1/15', { host: 'h', port: 1, tls: true, database: 15 }],
  ['VALKEYS://H.example:65535/', { host: 'h.example', port: 65_535, tls: true, database: 0 }],
  ['redis://[::1]:80', { host: '::1', port: 80 }],
  ['redis://b\u00fccher.example', { host: 'xn--bcher-kva.example' }],
  ['redis://caf%C3%A9.example', { host: 'xn--caf-dma.example' }],
  [
    'redis://u:p/a@s#s@my_redis:80',
    { host: 'my_redis', port: 80, username: 'u', password: 'p/a@s#s' },
  ],
  // Only what stands before two hexadecimal digits must be encoded (docs/redis.md).
  ['redis://:a%2541%zz@h', { password: 'a%41%zz' }],
  ['redis://%zz%C3%A9:100%25%ff%@h', { username: '%zz\u00e9', password: '100%25%ff%' }],
])('%s is read', (address, parts) => {
  expect(readRedisAddress(address)).toMatchObject(parts);
});

const faults = [
  ['redis://h:70000', 'got port 70000, want one from 1 to 65535'],
  ['redis://h:0', 'got port 0, want one from 1 to 65535'],
  ['redis://h:a', 'the port is no number'],
  ['redis://h/x', 'the database is a decimal number'],
  ['redis://h/0x1', 'the database is a decimal number'],
  ['redis://h/00', 'the database is a decimal number'],
  ['redis://h/1#f', 'nothing stands behind the database'],
  ['redis://h?db=1', 'nothing stands behind the database'],
  ['redis://a b', 'want redis://host'],
  ['redis://', 'want redis://host'],
  ['redis:h', 'want redis://host'],
  ['unix:///run/redis.sock', 'or rediss://; sockets of a file system are not probed'],
  ['redis-socket:///run/redis.sock', '; sockets of a file system are not probed'],
  ['redis-sentinel://h:26379/main', 'or rediss://, of one sentinel'],
  ['redis+cluster://h', 'or rediss://, of any node of the cluster'],
  ['redis://[fe80::1%eth0]:6379', '; no zone is taken'],
] as const;

it.each(faults)('%s is refused by the probe, by check and by init', (address, words) => {
  const read = readRedisAddress(address);
  expect('fault' in read ? read.fault : read).toContain(words);
  const probes = [{ name: 'a', module: 'redis', target: address }];
  expect(issuesOf({ probes })).toEqual([
    { path: 'probes[0].target', message: expect.stringContaining(words) },
  ]);
  const withDefault = [{ name: 'a', module: 'redis', target: `\${A:-${address}}` }];
  expect(issuesOf({ probes: withDefault })).toHaveLength(1);
  const isOurs = /^rediss?:\/\//.test(address) && !words.includes('host');
  expect(() => groupTargets([address], new Set())).toThrow(isOurs ? words : 'want');
});

it.each([
  'redis://${HOST}:${PORT}/${DB}',
  'rediss://${HOST:-h}:6380/${DB:-1}',
  '${REDIS_URL}',
  'redis://cache.${ENV}.internal',
])('%s may become one', (target) => {
  expect(issuesOf({ probes: [{ name: 'a', module: 'redis', target }] })).toEqual([]);
});

it('the port is the mistake also where the host is a variable', () => {
  const probes = [{ name: 'a', module: 'redis', target: 'redis://${HOST}:70000' }];
  expect(issuesOf({ probes })).toHaveLength(1);
});

it('a host that stands behind user and password is one', () => {
  expect(readRedisAddress('redis://:sekret@h/00')).toMatchObject({
    fault: expect.stringMatching(/^got "redis:\/\/h\/00", /),
  });
});

it('no word of a password is quoted', () => {
  for (const address of ['redis://:sekret', 'redis://:sekret@', 'redis://u:sekret@h:70000/x']) {
    expect(JSON.stringify(readRedisAddress(address))).not.toContain('sekret');
  }
});

function issuesOf(document: object) {
  try {
    compileConfig(document);
    return [];
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return error.issues;
  }
}
