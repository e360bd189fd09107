// The whole system as real processes on this machine: web app and sidecar, Redis and exporter, Pushgateway,
// Prometheus with the deployed rules, and the functions on their schedules. A part that dies is started again.
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { configFileName } from '../../build/config-file.ts';
import { prometheusFlags } from '../../infra/config/prometheus/flags.ts';
import type { Config } from '../../layers/core/src/config/config.ts';
import { interpolate } from '../../layers/core/src/config/interpolate.ts';
import { instanceOf } from '../../layers/core/src/config/probes.ts';
import { ConfigError, type Issue } from '../../layers/core/src/errors.ts';
import { type BoardsPage, serveBoards } from '../boards/serve.ts';
import { findPrograms, type Report } from '../programs/find.ts';
import { findGrafana, type Grafana, howToGetGrafana, startGrafana } from '../programs/grafana.ts';
import { checkMachine } from '../programs/machine.ts';
import { freePort } from '../programs/ports.ts';
import { preparePython } from '../programs/python.ts';
import {
  type PrometheusServer,
  type RunOptions,
  type Server,
  startPrometheus,
  startPushgateway,
  startRedis,
  startRedisExporter,
} from '../programs/servers.ts';
import { startWebApp, startWebExporter } from '../programs/web.ts';
import { readBridgeOnce } from './bridge.ts';
import { localRegion, startFakeCloud } from './cloud.ts';
import { feedEvents } from './ecs-events.ts';
import {
  chooseFunctionPorts,
  type Functions,
  functionVariables,
  startFunctions,
} from './functions.ts';
import { type Part, type PartHealth, startPart } from './parts.ts';
import { interval, type LocalProbe, layOutPrometheus, scrapeSeconds } from './prometheus-files.ts';
import type { RunFolder } from './run-folder.ts';

/** The running system. */
export type Stack = {
  readonly redis: Part;
  readonly webApp: Part;
  readonly webExporter: Part;
  readonly redisExporter: Part;
  readonly pushgateway: Part;
  readonly aws: Part;
  readonly prometheus: Part<PrometheusServer>;
  /** Only where there is one on PATH. */
  readonly grafana: Part | undefined;
  /** The boards as drawings, where there is no Grafana. */
  readonly boardsPage: BoardsPage | undefined;
  readonly functions: Part<Functions>;
  readonly probes: readonly LocalProbe[];
  /** What the functions run with; `serverless invoke local` takes it over. */
  readonly environment: Readonly<Record<string, string>>;
  /** How each part fares, in the order in which they are started. */
  parts(): readonly PartHealth[];
  /** Stops everything, last started first. */
  stop(): Promise<void>;
};

/** What {@link startStack} needs. */
export type StackOptions = {
  /** The repository. */
  readonly root: string;
  readonly config: Config;
  readonly run: RunFolder;
  readonly report: Report;
  /** Ends the start. */
  readonly signal: AbortSignal;
};

/**
 * Starts everything, one after the other, each ready before the next needs it. What is missing is found out before
 * anything is started; when a part cannot be started, those before it are stopped.
 */
export async function startStack(options: StackOptions): Promise<Stack> {
  checkTargets(options.config);
  const found = await findAll(options);
  const starter = createStarter(options);
  try {
    return await startParts(options, found, starter);
  } catch (error) {
    await starter.stop();
    throw error;
  }
}

const needed = ['redis-server', 'prometheus', 'pushgateway', 'redis_exporter'] as const;

/** Everything that must be on this machine: looked for before anything is fetched, fetched before anything is started. */
async function findAll({ report, root, signal }: StackOptions) {
  await checkMachine(needed, { signal });
  const grafana = await findGrafana();
  const requirements = join(root, 'infra/web/requirements.txt');
  await preparePython({ requirements, why: 'the demo web app', report, signal });
  signal.throwIfAborted();
  return { ...(await findPrograms(needed, { report, signal })), grafana };
}

type Found = Awaited<ReturnType<typeof findAll>>;
type Start<T extends Server> = (run: RunOptions & { readonly workFolder: RunFolder }) => Promise<T>;

/** Starts parts, says so, and remembers them. */
function createStarter({ report, run: workFolder, signal }: StackOptions) {
  const parts: Part[] = [];
  const start = async <T extends Server>(name: string, startOne: Start<T>): Promise<Part<T>> => {
    signal.throwIfAborted();
    const part = await startPart({
      name,
      signal,
      start: (run) => startOne({ ...run, workFolder }),
    });
    parts.push(part);
    report(`${name.padEnd(18)} ${part.url}`);
    return part;
  };
  let page: BoardsPage | undefined;
  const show = async (root: string, prometheus: Server) => {
    page = await serveBoards({ root, prometheusUrl: prometheus.url, scrapeSeconds });
    return page;
  };
  let events: { stop(): Promise<void> } | undefined;
  const feed = (aws: Server, functions: Server) => {
    events = feedEvents({ aws: aws.url, functions: functions.url });
  };
  const stop = async () => {
    await events?.stop();
    await page?.stop();
    for (const part of [...parts].reverse()) await part.stop();
  };
  return { start, show, feed, stop, health: () => parts.map((part) => part.health()) };
}

type Starter = ReturnType<typeof createStarter>;

async function startParts(options: StackOptions, found: Found, starter: Starter): Promise<Stack> {
  const { config, report, root, run } = options;
  const { start } = starter;
  const redis = await start('redis', (on) => startRedis({ ...on, program: found['redis-server'] }));
  const web = { root, redisUrl: redis.url, report };
  const webApp = await start('web app', (on) => startWebApp({ ...web, ...on }));
  const webExporter = await start('web exporter', (on) => startWebExporter({ ...web, ...on }));
  const redisExporter = await start('redis_exporter', (on) =>
    startRedisExporter({ ...on, redisUrl: redis.url, program: found.redis_exporter }),
  );
  const pushgateway = await start('pushgateway', (on) =>
    startPushgateway({
      ...on,
      program: found.pushgateway,
      args: ['--push.disable-consistency-check'],
    }),
  );
  const aws = await start('fake AWS', (on) => startFakeCloud({ ...on, root }));
  const port = await freePort();
  const environment = functionEnvironment({ aws, webApp, redis, pushgateway }, port);
  const probes = expectedProbes(config, environment);
  const configFile = await layOutPrometheus({
    ...{ root, config, probes, directory: await run.directory('prometheus-config') },
    targets: {
      web: webExporter.url,
      redis: redisExporter.url,
      pushgateway: pushgateway.url,
      prometheus: `http://127.0.0.1:${port}`,
    },
    servers: { redis: new URL(redis.url).host },
  });
  const prometheus = await start('prometheus', (on) =>
    startPrometheus({ port, ...on, configFile, args: prometheusFlags, program: found.prometheus }),
  );
  const grafana = await startOptionalGrafana(
    { starter, options, grafana: found.grafana },
    prometheus,
  );
  const ports = await chooseFunctionPorts();
  const functions = await start('serverless offline', (on) =>
    startFunctions({ ...on, root, environment, ports }),
  );
  await readBridgeOnce(functions.url);
  starter.feed(aws, functions);
  const servers = { redis, webApp, webExporter, redisExporter, pushgateway, aws, prometheus };
  const boardsPage = grafana === undefined ? await starter.show(root, prometheus) : undefined;
  const { health, stop } = starter;
  const shown = { grafana, boardsPage, probes, environment };
  const stack = { ...servers, ...shown, functions, parts: health, stop };
  await writeEndpoints(run.endpointsFile, stack);
  report('ecs-bridge has run; the probes run at the full minute');
  return stack;
}

type Addresses = Readonly<Record<'aws' | 'pushgateway' | 'redis' | 'webApp', Pick<Server, 'url'>>>;

/** What the functions find around them: nothing of it is a secret, nothing of it leaves this machine. */
function functionEnvironment(
  { aws, pushgateway, redis, webApp }: Addresses,
  prometheusPort: number,
) {
  return {
    // What the bridge reads is simulated: there is no AWS account here.
    AWS_ENDPOINT_URL: aws.url,
    AWS_REGION: localRegion(),
    AWS_ACCESS_KEY_ID: 'AKIAFAKE111122223333',
    AWS_SECRET_ACCESS_KEY: 'local',
    WEB_URL: `${webApp.url}/healthy`,
    REDIS_URL: redis.url,
    FARGAZE_SINK: 'pushgateway',
    FARGAZE_PUSHGATEWAY_URL: pushgateway.url,
    FARGAZE_REMOTE_WRITE_URL: `http://127.0.0.1:${prometheusPort}/api/v1/write`,
  };
}

type GrafanaStart = {
  readonly starter: Starter;
  readonly options: StackOptions;
  readonly grafana: Grafana | undefined;
};

/** Grafana shows what Prometheus knows; the system is whole without it. */
async function startOptionalGrafana(
  { grafana, options, starter }: GrafanaStart,
  prometheus: Server,
) {
  const { report, root } = options;
  if (grafana === undefined) {
    report(`${'grafana'.padEnd(18)} ${howToGetGrafana}`);
    return undefined;
  }
  const given = { grafana, root, prometheusUrl: prometheus.url, scrapeInterval: interval };
  return starter.start('grafana', (on) => startGrafana({ ...given, ...on }));
}

/**
 * A function refuses all its probes when a variable of one target has no value, which nobody would see here.
 * @throws ConfigError naming each such probe and variable.
 */
function checkTargets(config: Config): void {
  const somewhere = { url: 'http://127.0.0.1' };
  const parts = { aws: somewhere, pushgateway: somewhere, redis: somewhere, webApp: somewhere };
  expectedProbes(config, functionEnvironment(parts, 0));
}

/** The probes as the functions see them, whose variables are not all of this process's. @throws ConfigError */
function expectedProbes(
  config: Config,
  environment: Readonly<Record<string, string>>,
): LocalProbe[] {
  const variables = functionVariables(environment);
  const issues: Issue[] = [];
  const probes = config.probes.map(({ instance, interval, job, name, target }) => {
    const { text, unset } = interpolate(target, (variable) => variables[variable] || undefined);
    for (const variable of unset) {
      const message = `variable ${variable} of its target is unset, want it in the environment or a default`;
      issues.push({ path: `probe ${name}`, message });
    }
    return { name, job, instance: instanceOf({ instance }, text), interval };
  });
  if (issues.length > 0) throw new ConfigError(configFileName(), issues);
  return probes;
}

async function writeEndpoints(file: string, stack: Stack): Promise<void> {
  const endpoints = {
    pid: process.pid,
    web: stack.webApp.url,
    web_exporter: stack.webExporter.url,
    redis: stack.redis.url,
    redis_exporter: stack.redisExporter.url,
    pushgateway: stack.pushgateway.url,
    prometheus: stack.prometheus.url,
    grafana: stack.grafana?.url,
    boards: stack.boardsPage?.url,
    lambda: stack.functions.url,
    environment: stack.environment,
  };
  await writeFile(file, `${JSON.stringify(endpoints, null, 2)}\n`);
}
