// A secret stands in every place where one may stand, every function runs into every kind of failure against servers that repeat
// all that they are sent, and nothing that is printed, answered, thrown or delivered holds any of them.
// One file: the cases share the way of planting and of searching.

import { parseConfigText } from '../../build/config-file.ts';
import { runDeliver } from '../../functions/deliver/deliver.ts';
import { runBridge } from '../../functions/ecs-bridge/bridge.ts';
import { runJanitor } from '../../functions/janitor/janitor.ts';
import { probeRedis } from '../../functions/redis-probe/probe.ts';
import { probeWeb } from '../../functions/web-probe/probe.ts';
import type { Config } from '../../layers/core/src/config/config.ts';
import { readReceivers } from '../../layers/core/src/delivery/settings.ts';
import { renderExposition } from '../../layers/core/src/exposition.ts';
import { createProbeHandler } from '../../layers/core/src/probe/invocation.ts';
import { toMessage } from '../../layers/core/src/queue/message.ts';
import { sample } from '../../layers/core/src/sample.ts';
import type { Sink } from '../../layers/core/src/sink/sink.ts';
import { plant, startEcho, Witness } from '../support/planted.ts';
import { type RawServer, startRawServer } from '../support/raw-server.ts';

const servers: RawServer[] = [];
const planted: string[] = [];
let witness: Witness;

async function serve(starting: Promise<RawServer>): Promise<RawServer> {
  const server = await starting;
  servers.push(server);
  return server;
}

function setEnv(values: Readonly<Record<string, string>>): void {
  planted.push(...Object.keys(values));
  Object.assign(process.env, values);
}

beforeEach(() => {
  witness = new Witness();
});
afterEach(async () => {
  for (const name of planted.splice(0)) delete process.env[name];
  await Promise.all(servers.splice(0).map((server) => server.close()));
});

const context = (seconds: number) => ({
  awsRequestId: 'r',
  getRemainingTimeInMillis: () => seconds * 1000,
});

/** A sink that hears what it is given, as it would be sent. */
const hearing = (): Sink => ({
  name: 'memory',
  series: 'refused',
  write: async ({ groups }) => {
    for (const group of groups) {
      witness.hear(group.grouping, await renderExposition(group.samples));
    }
  },
});

async function probe(prober: 'http' | 'redis', config: Config): Promise<void> {
  const common = { config, sink: hearing(), log: witness.log };
  const handler =
    prober === 'http'
      ? createProbeHandler({ name: 'web-probe', prober: 'http', probe: probeWeb, ...common })
      : createProbeHandler({ name: 'redis-probe', prober: 'redis', probe: probeRedis, ...common });
  const run = handler({ explain: true }, context(20));
  await run.then(
    (answer) => witness.hear(answer),
    (error) => witness.hear(error),
  );
}

const webSecrets = {
  PLANTED_KEY: plant('key'),
  PLANTED_COOKIE: `a=${plant('cookieA')}; b=${plant('cookieB')}`,
  PLANTED_BODY: `{"password": "${plant('body')}", "other": "${plant('field')}"}`,
  PLANTED_TOKEN: plant('token'),
  PLANTED_PASSWORD: plant('password'),
};

const auths = {
  bearer: 'authorization: { credentials: env:PLANTED_TOKEN }',
  basic: 'basic_auth: { username: u, password: env:PLANTED_PASSWORD }',
  literal: `headers: { Authorization: 'Token ${plant('literal')}', X-Token: ${plant('other')} }`,
};

const query = ['x_sig', 'sas', 'hmac', '%74oken', 'code', 'q', 'access_key']
  .map((name) => `${name}=${plant('query')}`)
  .join('&');

const targetOf = (port: number, path = '') =>
  `http://u:${plant('userinfo')}@127.0.0.1:${port}/${plant('path')}/bot1:${plant('bot')}${path}?${query}&${plant('bare')}#${plant('hash')}`;

const rules = [
  'valid_status_codes: [299]',
  ...['Location', 'Set-Cookie', 'X-Api-Key', 'X-Request-Id', 'Server'].flatMap((header) => [
    `fail_if_header_matches: [{ header: ${header}, regexp: . }]`,
    `fail_if_header_not_matches: [{ header: ${header}, regexp: nowhere }]`,
  ]),
  'fail_if_body_matches_regexp: [.]',
  'compression: gzip',
  'body_size_limit: 10B',
];

function webConfig(timeout = '5s'): Config {
  const own =
    'headers: { X-Api-Key: env:PLANTED_KEY, Cookie: env:PLANTED_COOKIE }, method: POST, body: env:PLANTED_BODY';
  const all = rules.flatMap((rule) => [
    ...Object.values(auths).map((auth) => `{ ${auth}, ${rule} }`),
    `{ ${own}, ${auths.bearer}, ${rule} }`,
    `{ ${own}, ${rule}, follow_redirects: false }`,
  ]);
  return parseConfigText(`
modules:
${all.map((http, index) => `  m${index}: { prober: http, timeout: ${timeout}, http: ${http} }`).join('\n')}
probes:
${all
  .map(
    (
      _,
      index,
    ) => `  - { name: p${index}, module: m${index}, instance: i${index}, target: '\${PLANTED_URL}' }
  - { name: q${index}, module: m${index}, job: j${index}, target: '\${PLANTED_URL}' }`,
  )
  .join('\n')}
`);
}

describe.each([
  { name: '200', start: () => startEcho('200 OK') },
  { name: '401', start: () => startEcho('401 No') },
  { name: '307 elsewhere', start: () => startEcho('307 Away') },
  { name: 'words that are no HTTP', start: () => startEcho('nonsense').catch(() => startEcho('')) },
  {
    name: 'a reset',
    start: () =>
      startRawServer((socket) => void socket.once('data', () => socket.resetAndDestroy())),
  },
])('a web target that answers with $name', ({ start }) => {
  it('gets secrets from nowhere to anybody', async () => {
    const { port, received } = await serve(start());
    setEnv({ ...webSecrets, PLANTED_URL: targetOf(port) });
    await probe('http', webConfig());
    // They were sent, so they could have been shown.
    for (const place of ['key', 'cookieA', 'body', 'token', 'literal', 'query', 'path']) {
      expect(received()).toContain(plant(place));
    }
    expect(witness.said()).toContain('probe_failure_info');
    expect(witness.found()).toEqual([]);
  });
});

it.each([
  { name: 'nobody answers', target: targetOf(1) },
  { name: 'the name does not exist', target: targetOf(80).replace('127.0.0.1', 'no.invalid') },
  { name: 'the address is none', target: `http://u:${plant('a')}@[::/${plant('c')}` },
  {
    name: 'the scheme is another',
    target: `ftp://u:${plant('a')}@h/${plant('b')}?k=${plant('c')}`,
  },
  { name: 'the host is blocked', target: targetOf(80).replace('127.0.0.1', '169.254.169.254') },
])('a web target of which $name', async ({ target }) => {
  setEnv({ ...webSecrets, PLANTED_URL: target });
  await probe('http', webConfig('1s'));
  expect(witness.said()).toContain('probe_failure_info');
  expect(witness.found()).toEqual([]);
});

it('what cannot be sent is named by place and variable, not by value', async () => {
  setEnv({ ...webSecrets, PLANTED_URL: 'http://127.0.0.1:1/', PLANTED_KEY: `${plant('key')}\n` });
  await probe('http', webConfig());
  expect(witness.said()).toMatch(/modules\.m\d+\.http\.headers\.X-Api-Key: env:PLANTED_KEY: ends/);
  expect(witness.found()).toEqual([]);
});

it.each(['ERR ', 'WRONGPASS ', 'NOPERM ', "ERR unknown command 'HELLO', with args "])(
  'a Redis that answers "%s" and all that it was sent',
  async (reply) => {
    const { port, received } = await serve(
      startRawServer((socket) => {
        let heard = '';
        socket.on('data', (chunk: Buffer) => {
          heard += chunk.toString().replace(/\s+/g, ' ');
          socket.write(`-${reply}${heard}\r\n`);
        });
      }),
    );
    setEnv({
      PLANTED_PASSWORD: plant('password'),
      PLANTED_URL: `redis://u:${plant('inurl')}@127.0.0.1:${port}/0`,
    });
    const config = parseConfigText(`
modules:
  acl: { prober: redis, redis: { username: u, password: env:PLANTED_PASSWORD } }
  bare: { prober: redis }
probes:
  - { name: a, module: acl, target: 'redis://127.0.0.1:${port}' }
  - { name: b, module: bare, target: '\${PLANTED_URL}' }
`);
    await probe('redis', config);
    for (const place of ['password', 'inurl']) expect(received()).toContain(plant(place));
    expect(witness.said()).toContain('probe_failure_info');
    expect(witness.found()).toEqual([]);
  },
);

const receiverSettings = [
  {
    name: 'by reference',
    set: (port: number) => ({
      FARGAZE_PUSHGATEWAY_URL: `http://127.0.0.1:${port}/${plant('path')}`,
      FARGAZE_PUSHGATEWAY_USERNAME: 'u',
      FARGAZE_PUSHGATEWAY_PASSWORD: 'env:PLANTED_PASSWORD',
      FARGAZE_REMOTE_WRITE_URL: `http://127.0.0.1:${port}/write?key=${plant('query')}`,
      FARGAZE_REMOTE_WRITE_TOKEN: 'env:PLANTED_TOKEN',
    }),
  },
  {
    name: 'in the address',
    set: (port: number) => ({
      FARGAZE_PUSHGATEWAY_URL: `http://u:${plant('inurl')}@127.0.0.1:${port}`,
      FARGAZE_REMOTE_WRITE_URL: `http://u:${plant('inwrite')}@127.0.0.1:${port}/write`,
    }),
  },
];
const statuses = ['200 OK', '400 Bad', '403 No', '500 Oops', '302 Away'];
const pairs = receiverSettings.flatMap((one) => statuses.map((status) => ({ ...one, status })));

it.each(pairs)('receivers with credentials $name that answer $status', async ({ set, status }) => {
  const { port, received } = await serve(startEcho(status));
  setEnv({ ...webSecrets, ...set(port), FARGAZE_OWNER: 'o' });
  const batch = {
    taken: Date.now(),
    groups: [{ grouping: { job: 'j', instance: 'i' }, samples: [sample('probe_success', {}, 1)] }],
    series: [{ labels: { __name__: 'm' }, points: [{ at: Date.now(), value: 1 }] }],
  };
  const record = { messageId: 'm', body: JSON.stringify(toMessage(batch)) };
  const receivers = readReceivers();
  const { pushgateway } = receivers;
  const runs = await Promise.allSettled([
    runDeliver({ receivers, log: witness.log }, { Records: [record] }, context(1.5)),
    runJanitor(
      {
        config: parseConfigText('probes: []'),
        log: witness.log,
        ...(pushgateway && { pushgateway }),
      },
      {},
      context(1.5),
    ),
  ]);
  witness.hear(...runs);
  expect(received()).toMatch(/^authorization: (?:Basic|Bearer) /im);
  expect(witness.said()).toMatch(/rejected|warn|error/);
  expect(witness.found()).toEqual([]);
});

it.each(['400 Bad', '403 No', '500 Oops'])('AWS that answers %s', async (status) => {
  const { port, received } = await serve(startEcho(status));
  setEnv({
    AWS_ENDPOINT_URL: `http://127.0.0.1:${port}`,
    AWS_REGION: 'eu-west-1',
    AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE',
    AWS_SECRET_ACCESS_KEY: plant('secret'),
    AWS_SESSION_TOKEN: plant('session'),
    FARGAZE_REMOTE_WRITE_URL: `http://u:${plant('inwrite')}@127.0.0.1:${port}/write`,
  });
  const text = `
bridge:
  cloudwatch:
    yace:
      discovery:
        jobs: [{ type: AWS/ApplicationELB, regions: [eu-west-1], roles: [{ roleArn: 'arn:aws:iam::111122223333:role/r', externalId: ${plant('external')} }], period: 60, length: 300, statistics: [Sum], metrics: [{ name: RequestCount }] }]
`;
  const { bridge } = parseConfigText(text);
  const run = runBridge({ config: bridge, sink: hearing(), log: witness.log }, {}, context(3));
  witness.hear(...(await Promise.allSettled([run])));
  expect(received()).toContain(plant('session'));
  expect(witness.said()).toMatch(/SourceError|faults/);
  expect(witness.found()).toEqual([]);
});

it.each([
  `modules: { m: { prober: http, http: { headers: { X-Api-Key: "${plant('a')}\\n" } } } }`,
  `modules: { m: { prober: http, http: { headers: { X-Api-Key: [${plant('a')}] } } } }`,
  `modules: { m: { prober: http, http: { headers: ${plant('a')} } } }`,
  `modules: { m: { prober: http, http: { body: [${plant('a')}] } } }`,
  `modules: { m: { prober: http, http: { basic_auth: { username: u, password: ${plant('a')} } } } }`,
  `modules: { m: { prober: http, http: { basic_auth: ${plant('a')} } } }`,
  `modules: { m: { prober: http, http: { authorization: { credentials: ${plant('a')} } } } }`,
  `modules: { m: { prober: http, http: { tls_config: { key: ${plant('a')}, cert: ${plant('b')} } } } }`,
  `modules: { m: { prober: redis, redis: { password: ${plant('a')} } } }`,
  `modules: { m: { prober: redis, redis: { password: { value: ${plant('a')} } } } }`,
  `probes: [{ name: a, module: http_2xx, target: 'http://u:${plant('a')}@h/' }]`,
  `probes: [{ name: a, module: http_2xx, target: 'redis://h/${plant('a')}?k=${plant('b')}' }]`,
  `probes: [{ name: a, module: redis, target: 'h/${plant('a')}?k=${plant('b')}' }]`,
  `probes: [{ name: a, module: http_2xx, target: 'http://h/?k=${plant('a')}' }, { name: b, module: http_2xx, target: 'http://h/?k=${plant('a')}' }]`,
])('a configuration that is refused: %s', (text) => {
  try {
    parseConfigText(text);
  } catch (error) {
    witness.hear(error);
  }
  expect(witness.said()).toContain('ConfigError');
  expect(witness.found()).toEqual([]);
});
