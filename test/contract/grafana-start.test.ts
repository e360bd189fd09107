// How Grafana is started, with a stand-in of that name on PATH: its arguments, its settings, and the provisioning as a
// Grafana would read it. What Grafana itself makes of them a stand-in cannot show.
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parse } from 'yaml';
import { findGrafana, startGrafana } from '../../local/programs/grafana.ts';

const root = resolve('.');
const directory = mkdtempSync(join(tmpdir(), 'fargaze-stand-in-'));
const path = process.env.PATH;
const seen = join(directory, 'seen.json');

/** Answers `-v`, and as a server prints what it was started with. */
const program = `#!${process.execPath}
if (process.argv.includes('-v')) {
  console.log('grafana version 13.2.3 (stand-in)');
} else {
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => /^(GF|FARGAZE)_/.test(name)));
  require('fs').writeFileSync(${JSON.stringify(seen)}, JSON.stringify({ args: process.argv.slice(2), env }));
  require('http').createServer((request, response) => {
    response.statusCode = request.url === '/api/health' ? 200 : 404;
    response.end('{}');
  }).listen(Number(process.env.GF_SERVER_HTTP_PORT), process.env.GF_SERVER_HTTP_ADDR);
}
`;

/** An installation as Grafana's archives have it: bin/ and conf/ side by side. */
function install(name: string, file: string): string {
  const bin = join(directory, name, 'bin');
  mkdirSync(bin, { recursive: true });
  writeFileSync(join(bin, file), program);
  chmodSync(join(bin, file), 0o755);
  mkdirSync(join(directory, name, 'conf'));
  writeFileSync(join(directory, name, 'conf/defaults.ini'), '');
  return bin;
}

beforeEach(() => {
  delete process.env.FARGAZE_GRAFANA;
  process.env.PATH = path;
  // The user's own Grafana has its database elsewhere.
  process.env.GF_DATABASE_URL = 'postgres://elsewhere/grafana';
});
afterAll(() => rmSync(directory, { recursive: true }));

/** An empty file of the start's own, so that conf/custom.ini of the installation says nothing. */
const ownSettings = expect.stringMatching(/fargaze-grafana-\w+\/grafana\.ini$/);

type Seen = { readonly args: readonly string[]; readonly env: Readonly<Record<string, string>> };

async function startFrom(bin: string): Promise<Seen & { readonly port: number }> {
  process.env.PATH = `${bin}:${path}`;
  const grafana = await findGrafana();
  if (grafana === undefined) throw new Error('the stand-in was not found');
  expect(grafana.version).toBe('13.2.3');
  const prometheusUrl = 'http://127.0.0.1:9090';
  const server = await startGrafana({ grafana, root, prometheusUrl, scrapeInterval: '7s' });
  try {
    const read: Seen = JSON.parse(readFileSync(seen, 'utf8'));
    checkProvisioning(read.env);
    return { ...read, port: server.port };
  } finally {
    await server.stop();
  }
}

/** Reads the provisioning as Grafana does: `$__env{NAME}` is what the environment of its process says. */
function checkProvisioning(env: Seen['env']): void {
  const at = env.GF_PATHS_PROVISIONING ?? '';
  const read = (file: string) =>
    parse(
      readFileSync(join(at, file), 'utf8').replaceAll(
        /\$__env\{(\w+)\}/g,
        (_, name) => env[name] ?? '',
      ),
    );
  expect(read('datasources/prometheus.yml').datasources[0]).toMatchObject({
    url: 'http://127.0.0.1:9090',
    jsonData: { timeInterval: '7s' },
  });
  const boards = read('dashboards/fargaze.yml').providers[0].options.path;
  expect(readdirSync(boards)).toContain('fargaze-overview.json');
  expect(readdirSync(at).sort()).toEqual(['alerting', 'dashboards', 'datasources', 'plugins']);
}

it('the program `grafana` is started as a server with its home, on loopback and without accounts', async () => {
  const bin = install('new', 'grafana');
  const { args, env, port } = await startFrom(bin);
  expect(args).toEqual(['server', '--homepath', join(directory, 'new'), '--config', ownSettings]);
  expect(env).toMatchObject({
    GF_SERVER_HTTP_ADDR: '127.0.0.1',
    GF_SERVER_HTTP_PORT: String(port),
    GF_AUTH_ANONYMOUS_ENABLED: 'true',
    GF_AUTH_ANONYMOUS_ORG_ROLE: 'Viewer',
    GF_SECURITY_DISABLE_INITIAL_ADMIN_CREATION: 'true',
  });
  expect(env).not.toHaveProperty('GF_DATABASE_URL');
});

it('the older program `grafana-server` takes only the options', async () => {
  const { args } = await startFrom(install('old', 'grafana-server'));
  expect(args).toEqual(['--homepath', join(directory, 'old'), '--config', ownSettings]);
});

it('without one on PATH there is none; one that is named and does not run is reported', async () => {
  process.env.PATH = directory;
  expect(await findGrafana()).toBeUndefined();
  process.env.FARGAZE_GRAFANA = '/nowhere/grafana';
  await expect(findGrafana()).rejects.toThrow('/nowhere/grafana does not run as grafana');
});

it('one whose home is not found is reported', async () => {
  const bin = install('lost', 'grafana');
  rmSync(join(directory, 'lost/conf'), { recursive: true });
  process.env.PATH = bin;
  await expect(findGrafana()).rejects.toThrow('FARGAZE_GRAFANA_HOME');
});
