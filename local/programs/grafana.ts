// Starts a Grafana that is on PATH with the provisioning that is deployed. It is never fetched: no package of Debian
// holds it, and it is one of the few programs that the local system can do without.
import { accessSync, constants, existsSync, realpathSync } from 'node:fs';
import { cp, mkdir, writeFile } from 'node:fs/promises';
import { basename, delimiter, dirname, join } from 'node:path';
import { readEnv } from '../../layers/core/src/env.ts';
import { askProgram } from './ask.ts';
import { ExpectedError } from './expected-error.ts';
import { launch, type RunOptions, type Server } from './servers.ts';
import { temporaryWorkFolder, type WorkFolder } from './work-folder.ts';

/** A Grafana on this machine. */
export type Grafana = {
  readonly path: string;
  readonly version: string;
  /** Where its own web pages and defaults are. */
  readonly home: string;
};

/** How to get one, for people. */
export const howToGetGrafana =
  'not found on PATH; see grafana.com/grafana/download (or `brew install grafana`), then start again';

/**
 * The Grafana that FARGAZE_GRAFANA names, else the first on PATH; undefined when there is none.
 * @throws Error when the one that is named does not run, or when one is found whose home is not.
 */
export async function findGrafana(): Promise<Grafana | undefined> {
  const named = readEnv('FARGAZE_GRAFANA');
  const directories = (readEnv('PATH') ?? '').split(delimiter);
  const candidates = named
    ? [named]
    : directories.flatMap((at) => ['grafana', 'grafana-server'].map((file) => join(at, file)));
  for (const path of candidates.filter(isExecutable)) {
    const { output } = await askProgram(path, ['-v']);
    const version = /\b(\d+\.\d+\.\d+)/.exec(output)?.[1];
    if (version !== undefined) return { path, version, home: findHome(path) };
  }
  if (named !== undefined)
    throw new ExpectedError(`FARGAZE_GRAFANA: ${named} does not run as grafana`);
  return undefined;
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** Archives hold it beside `bin`, packages below `share`. */
function findHome(path: string): string {
  const prefix = dirname(dirname(realpathSync(path)));
  const named = readEnv('FARGAZE_GRAFANA_HOME');
  const candidates = named
    ? [named]
    : [prefix, join(prefix, 'share/grafana'), '/usr/share/grafana'];
  const home = candidates.find((directory) => existsSync(join(directory, 'conf/defaults.ini')));
  if (home !== undefined) return home;
  throw new ExpectedError(
    `${path}: conf/defaults.ini is in none of ${candidates.join(', ')}; name its directory in FARGAZE_GRAFANA_HOME`,
  );
}

/** What {@link startGrafana} needs. */
export type GrafanaOptions = {
  readonly grafana: Grafana;
  readonly root: string;
  readonly prometheusUrl: string;
  /** Between two scrapes, such as `15s`: what the boards' rates are made of. */
  readonly scrapeInterval: string;
} & RunOptions;

/** Starts it for readers without a name, on the boards below `root`. Alerts stay with Prometheus, which decides them. */
export async function startGrafana(options: GrafanaOptions): Promise<Server> {
  const { grafana, root, prometheusUrl, scrapeInterval } = options;
  const own = options.workFolder === undefined ? await temporaryWorkFolder('grafana') : undefined;
  const workFolder = options.workFolder ?? own;
  const source = join(root, 'infra/config/grafana');
  const { config, provisioning } = await layOut(source, workFolder);
  // The old name takes only the options.
  const command = basename(grafana.path) === 'grafana' ? ['server'] : [];
  const server = await launch({
    program: { name: 'grafana', path: grafana.path, env: {} },
    run: { ...options, workFolder },
    readyPath: '/api/health',
    readySeconds: 120,
    args: () => [...command, '--homepath', grafana.home, '--config', config],
    env: (port, directory) => ({
      ...settings(port, directory),
      GF_PATHS_PROVISIONING: provisioning,
      FARGAZE_PROMETHEUS_URL: prometheusUrl,
      FARGAZE_GRAFANA_DASHBOARDS: join(source, 'dashboards'),
      FARGAZE_SCRAPE_INTERVAL: scrapeInterval,
    }),
  });
  const stop = async () => {
    await server.stop();
    await own?.remove();
  };
  return { ...server, stop };
}

/** The provisioning that is deployed, and a file of settings without any: conf/custom.ini beside the defaults is the machine's own. */
async function layOut(source: string, workFolder: WorkFolder | undefined) {
  const directory = (await workFolder?.directory('grafana')) ?? '';
  const provisioning = join(directory, 'provisioning');
  for (const kind of ['datasources', 'dashboards']) {
    await cp(join(source, 'provisioning', kind), join(provisioning, kind), { recursive: true });
  }
  for (const kind of ['alerting', 'plugins']) {
    await mkdir(join(provisioning, kind), { recursive: true });
  }
  const config = join(directory, 'grafana.ini');
  await writeFile(config, '');
  return { config, provisioning };
}

/** Settings by their names in the environment (grafana.com/docs: configure Grafana). */
function settings(port: number, directory: string): Readonly<Record<string, string>> {
  return {
    GF_SERVER_HTTP_ADDR: '127.0.0.1',
    GF_SERVER_HTTP_PORT: String(port),
    GF_PATHS_DATA: join(directory, 'data'),
    GF_PATHS_LOGS: join(directory, 'logs'),
    GF_PATHS_PLUGINS: join(directory, 'plugins'),
    GF_LOG_MODE: 'console',
    GF_AUTH_ANONYMOUS_ENABLED: 'true',
    GF_AUTH_ANONYMOUS_ORG_ROLE: 'Viewer',
    GF_SECURITY_DISABLE_INITIAL_ADMIN_CREATION: 'true',
    GF_USERS_ALLOW_SIGN_UP: 'false',
    GF_ANALYTICS_REPORTING_ENABLED: 'false',
    GF_ANALYTICS_CHECK_FOR_UPDATES: 'false',
    GF_ANALYTICS_CHECK_FOR_PLUGIN_UPDATES: 'false',
    GF_NEWS_NEWS_FEED_ENABLED: 'false',
    GF_SECURITY_DISABLE_GRAVATAR: 'true',
    GF_PLUGINS_PREINSTALL_DISABLED: 'true',
  };
}
