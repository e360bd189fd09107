// No command prints or writes a secret of its surroundings: of the shell, of addresses, of references, or one that a server
// repeats. What packaging, deploying and the local system write is searched in test/system.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { billOfMaterials } from '../../scripts/sbom.ts';
import { plant, startEcho } from '../support/planted.ts';
import {
  findInText,
  findPlanted,
  plantedConfig,
  plantedEnvironment,
} from '../support/planted-project.ts';
import type { RawServer } from '../support/raw-server.ts';
import { runCli } from '../support/run-cli.ts';

const folder = mkdtempSync(join(tmpdir(), 'fargaze-planted-'));
let echo: RawServer;
let env: Readonly<Record<string, string>>;
beforeAll(async () => {
  echo = await startEcho('401 No');
  writeFileSync(join(folder, 'fargaze.yml'), plantedConfig);
  writeFileSync(join(folder, 'blackbox.yml'), blackbox);
  writeFileSync(join(folder, 'prometheus.yml'), prometheus);
  writeFileSync(join(folder, 'misplaced.yml'), misplaced);
  env = {
    ...plantedEnvironment(`http://127.0.0.1:${echo.port}`),
    AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE',
    AWS_SECRET_ACCESS_KEY: plant('awssecret'),
    AWS_SESSION_TOKEN: plant('session'),
    AWS_REGION: 'eu-west-1',
    AWS_ENDPOINT_URL: `http://127.0.0.1:${echo.port}`,
    AWS_MAX_ATTEMPTS: '1',
  };
});
afterAll(async () => {
  await echo.close();
  rmSync(folder, { recursive: true });
});

const blackbox = `modules:
  bearer: { prober: http, http: { bearer_token: ${plant('bearer')} } }
  basic: { prober: http, http: { basic_auth: { username: u, password: ${plant('basic')} } } }
  proxied: { prober: http, http: { proxy_url: 'http://u:${plant('proxyurl')}@p:1' } }
  lists: { prober: http, http: { http_headers: { X-Key: { secrets: [${plant('listed')}] } } } }
  broken: { prober: http, http: { tls_config: { cert: none, key: ${plant('inlinekey')} } } }
  plain: { prober: http }
`;

const misplaced = `modules:
  a: { prober: http, http: { basic_auth: ${plant('misplaced')} } }
  b: { prober: http, http: { headers: ${plant('misplaced')} } }
  c: { prober: http, http: ${plant('misplaced')} }
  d: { prober: http, http: { bearer_token: !!int ${plant('misplaced')} } }
  e: { prober: http }
`;

const prometheus = `scrape_configs:
  - job_name: bb
    metrics_path: /probe
    params: { module: [bearer] }
    basic_auth: { username: u, password: ${plant('scrape')} }
    static_configs:
      - targets: ['https://u:${plant('static')}@shop.test/', 'https://b.test/']
    relabel_configs:
      - { source_labels: [__address__], target_label: __param_target }
      - { target_label: __address__, replacement: 'blackbox:9115' }
remote_write: [{ url: 'https://u:${plant('write')}@r/', authorization: { credentials: ${plant('writer')} } }]
`;

const secretUrl = (scheme: string, host: string) =>
  `${scheme}://u:${plant('urlinfo')}@${host}/${plant('urlpath')}?token=${plant('urlquery')}`;

it.each([
  { args: ['check'], says: 'sound' },
  { args: ['check', '--json'], says: '"sound": true' },
  { args: ['cost'], says: 'US dollars' },
  { args: ['cost', '--json'], says: '"' },
  { args: ['probe', '--all'], says: 'DOWN' },
  { args: ['probe', '--all', '--json'], says: '"phase"' },
  { args: ['probe', '--all', '--metrics'], says: 'probe_success' },
  { args: ['export', '--to', 'exported'], says: 'files in' },
  { args: ['bridge', '--dry-run'], says: '401' },
  { args: ['init', '--account', '-y', '-o', 'account.yml'], says: '401' },
])('fargaze $args', async ({ args, says }) => {
  const { err, out } = await runCli(args, { cwd: folder, env });
  expect(out + err).toContain(says);
  expect(findInText(out + err)).toEqual([]);
});

it.each([
  { name: 'probe', args: () => ['probe', secretUrl('http', `127.0.0.1:${echo.port}`), '--json'] },
  { name: 'probe of another scheme', args: () => ['probe', secretUrl('gopher', 'h')] },
  { name: 'probe of redis', args: () => ['probe', `redis://u:${plant('redisinfo')}@127.0.0.1:1`] },
  { name: 'status', args: () => ['status', '--url', secretUrl('http', `127.0.0.1:${echo.port}`)] },
  {
    name: 'status with a token',
    args: () => [
      'status',
      '--url',
      `http://127.0.0.1:${echo.port}`,
      '--bearer',
      'env:PLANTED_TOKEN',
    ],
  },
  {
    name: 'init',
    args: () => ['init', '-y', '-o', 'first.yml', '--target', `rediss://u:${plant('r')}@h:6379`],
  },
  { name: 'init of https', args: () => ['init', '-y', '--target', secretUrl('https', 'h')] },
  { name: 'import', args: () => ['import', 'blackbox.yml', 'prometheus.yml', '-o', 'second.yml'] },
  { name: 'an option', args: () => ['check', `--password=${plant('option')}`] },
  { name: 'an option of no command', args: () => [`--password=${plant('option')}`] },
  { name: 'redis without a host', args: () => ['probe', `redis://u:${plant('hostless')}`] },
  { name: 'http without a host', args: () => ['probe', `http://u:${plant('hostless')}`] },
  {
    name: 'redis behind its port',
    args: () => ['probe', `redis://127.0.0.1:1:${plant('behind')}`],
  },
  {
    name: 'import of what is misplaced',
    args: () => ['import', 'misplaced.yml', '-o', 'third.yml'],
  },
  {
    name: 'export with a user',
    args: () => ['export', '--to', 'other', '--grafana', `https://u:${plant('grafana')}@g.test`],
  },
])('fargaze $name with secrets in what it is given', async ({ args }) => {
  const { err, out } = await runCli(args(), { cwd: folder, env });
  expect(out + err).not.toBe('');
  expect(findInText(out + err)).toEqual([]);
});

it('no command has written one', () => {
  const given = ['blackbox.yml', 'misplaced.yml', 'prometheus.yml'].map((name) =>
    join(folder, name),
  );
  const found = findPlanted(folder).filter((line) => !given.some((file) => line.startsWith(file)));
  expect(found).toEqual([]);
  // The canaries can be found: the files that were given hold them.
  expect(findPlanted(folder).length).toBeGreaterThan(found.length);
  const copy = readFileSync(join(folder, 'fargaze.blackbox.yml'), 'utf8');
  for (const line of [
    'bearer_token: env:BEARER_BEARER_TOKEN',
    'password: env:BASIC_PASSWORD',
    'proxy_url: http://p:1',
    '- env:PROXIED_PROXY_AUTHORIZATION',
    '- env:LISTS_SECRETS',
  ])
    expect(copy).toContain(line);
});

it('the bill of materials says nothing of the shell', () => {
  const before = { ...process.env };
  Object.assign(process.env, env, {
    npm_config_registry: `https://u:${plant('registry')}@r.test/`,
  });
  try {
    expect(findInText(JSON.stringify(billOfMaterials('.')))).toEqual([]);
  } finally {
    for (const name of Object.keys(process.env)) if (!(name in before)) delete process.env[name];
    Object.assign(process.env, before);
  }
});
