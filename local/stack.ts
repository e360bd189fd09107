// The whole system as real processes on this machine: web app and sidecar, Redis and exporter, Pushgateway,
// Prometheus with the deployed rules, and the functions on their schedules.
import { cp, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse, stringify } from 'yaml';
import { prometheusFlags } from '../infra/config/prometheus/flags.ts';
import { renderRules } from '../infra/config/prometheus/render.ts';
import { interpolate } from '../layers/core/src/config/interpolate.ts';
import type { Config } from '../layers/core/src/config/types.ts';
import { readEnv } from '../layers/core/src/env.ts';
import { redactUrl } from '../layers/core/src/redact.ts';
import { readBridgeOnce } from './bridge.ts';
import { type FakeCloud, startFakeCloud } from './cloud.ts';
import type { Report } from './programs/find.ts';
import { findGrafana, howToGetGrafana, startGrafana } from './programs/grafana.ts';
import { freePort, type RunningProcess, startProcess, waitFor } from './programs/process.ts';
import {
  type PrometheusServer,
  type Server,
  startPrometheus,
  startPushgateway,
  startRedis,
  startRedisExporter,
} from './programs/servers.ts';
import { startWeb, type WebServer } from './programs/web.ts';

/** A configured probe with its target's variables filled in. */
export type LocalProbe = {
  readonly name: string;
  readonly job: string;
  readonly instance: string;
  /** Seconds between two results. */
  readonly interval: number;
};

/** The running system. */
export type Stack = {
  readonly redis: Server;
  readonly web: WebServer;
  readonly redisExporter: Server;
  readonly pushgateway: Server;
  readonly prometheus: PrometheusServer;
  /** Only where there is one on PATH. */
  readonly grafana: Server | undefined;
  readonly aws: FakeCloud;
  readonly functions: RunningProcess & { readonly url: string };
  readonly probes: readonly LocalProbe[];
  /** What the functions run with; `serverless invoke local` takes it over. */
  readonly environment: Readonly<Record<string, string>>;
};

/** What {@link startStack} needs. */
export type StackOptions = {
  /** The repository. */
  readonly root: string;
  readonly config: Config;
  readonly report: Report;
};

/** Where the running system keeps its files, below the repository. */
export const stackDir = '.stack';

/** Seconds between two scrapes and evaluations: quicker than deployed, for people who watch. */
const interval = '5s';

/** Starts everything, one after the other, each ready before the next needs it. */
export async function startStack({ root, config, report }: StackOptions): Promise<Stack> {
  const started = <T extends { readonly url: string }>(name: string, server: T): T => {
    report(`${name.padEnd(16)} ${server.url}`);
    return server;
  };
  const redis = started('redis', await startRedis());
  const web = started('web app', await startWeb({ root, redisUrl: redis.url, report }));
  const redisExporter = started(
    'redis_exporter',
    await startRedisExporter({ redisUrl: redis.url }),
  );
  const pushgateway = started('pushgateway', await startPushgateway());
  const aws = started('fake AWS', await startFakeCloud(root));
  const prometheusPort = await freePort();
  const environment = functionEnvironment({ aws, web, redis, pushgateway }, prometheusPort);
  const probes = expectedProbes(config, environment);
  const targets = {
    web: web.exporterUrl,
    redis: redisExporter.url,
    pushgateway: pushgateway.url,
  };
  const configFile = await layOutPrometheus(root, {
    ...{ config, targets, probes },
    port: prometheusPort,
  });
  const prometheus = started(
    'prometheus',
    await startPrometheus({ configFile, port: prometheusPort, args: prometheusFlags }),
  );
  const grafana = await startOptionalGrafana(root, prometheus.url, report);
  const functions = await startFunctions(root, environment);
  report(
    'functions        on their schedules; ecs-bridge has run, the probes run at the full minute',
  );
  const stack = {
    redis,
    web,
    redisExporter,
    pushgateway,
    prometheus,
    grafana,
    aws,
    functions,
    probes,
    environment,
  };
  await writeEndpoints(root, stack);
  return stack;
}

/** What the functions find around them: nothing of it is a secret, nothing of it leaves this machine. */
function functionEnvironment(
  { aws, pushgateway, redis, web }: Pick<Stack, 'aws' | 'pushgateway' | 'redis' | 'web'>,
  prometheusPort: number,
) {
  return {
    // What the bridge reads is simulated: there is no AWS account here.
    AWS_ENDPOINT_URL: aws.url,
    AWS_REGION: aws.region,
    AWS_ACCESS_KEY_ID: 'AKIAFAKE111122223333',
    AWS_SECRET_ACCESS_KEY: 'local',
    WEB_URL: `${web.url}/healthy`,
    REDIS_URL: redis.url,
    FARGAZE_SINK: 'pushgateway',
    FARGAZE_PUSHGATEWAY_URL: pushgateway.url,
    FARGAZE_REMOTE_WRITE_URL: `http://127.0.0.1:${prometheusPort}/api/v1/write`,
  };
}

/** Grafana shows what Prometheus knows; the system is whole without it. */
async function startOptionalGrafana(root: string, prometheusUrl: string, report: Report) {
  const grafana = await findGrafana();
  if (grafana === undefined) {
    report(`grafana          ${howToGetGrafana}`);
    return undefined;
  }
  const server = await startGrafana({ grafana, root, prometheusUrl, scrapeInterval: interval });
  report(`grafana          ${server.url}/d/fargaze-overview (version ${grafana.version})`);
  return server;
}

function expectedProbes(
  config: Config,
  environment: Readonly<Record<string, string>>,
): LocalProbe[] {
  return config.probes.map(({ interval, job, name, target }) => {
    const { text } = interpolate(target, (variable) => environment[variable] ?? readEnv(variable));
    return { name, job, instance: redactUrl(text), interval };
  });
}

type PrometheusFiles = {
  readonly config: Config;
  readonly targets: Readonly<Record<string, string>>;
  readonly probes: readonly LocalProbe[];
  readonly port: number;
};

/** Copies the deployed configuration and adds what only this machine knows. */
async function layOutPrometheus(root: string, files: PrometheusFiles): Promise<string> {
  const source = join(root, 'infra/config/prometheus');
  const directory = join(root, stackDir, 'prometheus');
  await mkdir(join(directory, 'targets'), { recursive: true });
  await cp(join(source, 'rules'), join(directory, 'rules'), { recursive: true });
  const config = parse(await readFile(join(source, 'prometheus.yml'), 'utf8'));
  config.global = { ...config.global, scrape_interval: interval, evaluation_interval: interval };
  await writeFile(join(directory, 'prometheus.yml'), stringify(config));
  const rendered = renderRules({ config: files.config, expected: files.probes });
  for (const [path, text] of Object.entries(rendered)) {
    await writeFile(join(directory, 'rules', path), text);
  }
  await hasten(join(directory, 'rules'));
  const all = { ...files.targets, prometheus: `http://127.0.0.1:${files.port}` };
  for (const [job, url] of Object.entries(all)) {
    const groups = [{ targets: [new URL(url).host], labels: { job } }];
    await writeFile(join(directory, `targets/${job}.json`), JSON.stringify(groups));
  }
  return join(directory, 'prometheus.yml');
}

/** Groups of rules that take their time when deployed are evaluated as often as all others: people watch. */
async function hasten(rules: string): Promise<void> {
  const files = await readdir(rules, { recursive: true });
  for (const file of files.filter((name) => name.endsWith('.yml'))) {
    const { groups } = parse(await readFile(join(rules, file), 'utf8'));
    for (const group of groups) delete group.interval;
    await writeFile(join(rules, file), stringify({ groups }, { lineWidth: 0 }));
  }
}

async function startFunctions(root: string, environment: Readonly<Record<string, string>>) {
  const kinds = ['http', 'websocket', 'lambda', 'alb'];
  const ports = await Promise.all(
    kinds.map(async (kind) => [`--${kind}Port`, String(await freePort())] as const),
  );
  let scheduled = false;
  const functions = await startProcess({
    name: 'serverless offline',
    command: process.execPath,
    args: [join(root, 'node_modules/serverless/bin/serverless.js'), 'offline', ...ports.flat()],
    env: {
      ...environment,
      // Emulated functions must not find real credentials by accident.
      AWS_SESSION_TOKEN: undefined,
      AWS_PROFILE: undefined,
      SLS_NOTIFICATIONS_MODE: 'off',
      SLS_TELEMETRY_DISABLED: '1',
    },
    cwd: root,
    onLine: (line) => {
      scheduled ||= line.includes('Scheduling [');
    },
  });
  await waitFor({
    what: 'serverless offline ready',
    seconds: 90,
    processes: [functions],
    check: async () => scheduled,
  });
  const [, lambdaPort] = ports.find(([option]) => option === '--lambdaPort') ?? [];
  const url = `http://localhost:${lambdaPort}`;
  await readBridgeOnce(url);
  return { ...functions, url };
}

async function writeEndpoints(root: string, stack: Stack): Promise<void> {
  const endpoints = {
    pid: process.pid,
    web: stack.web.url,
    web_exporter: stack.web.exporterUrl,
    redis: stack.redis.url,
    redis_exporter: stack.redisExporter.url,
    pushgateway: stack.pushgateway.url,
    prometheus: stack.prometheus.url,
    grafana: stack.grafana?.url,
    lambda: stack.functions.url,
    environment: stack.environment,
  };
  await writeFile(
    join(root, stackDir, 'endpoints.json'),
    `${JSON.stringify(endpoints, null, 2)}\n`,
  );
}

/** Stops everything, last started first, and removes its files. */
export async function stopStack(root: string, stack: Stack): Promise<void> {
  const { aws, functions, grafana, prometheus, pushgateway, redisExporter, web, redis } = stack;
  for (const part of [
    functions,
    grafana,
    aws,
    prometheus,
    pushgateway,
    redisExporter,
    web,
    redis,
  ]) {
    await part?.stop();
  }
  await removeStackDir(root);
}

/** Removes the running system's files. */
export async function removeStackDir(root: string): Promise<void> {
  await rm(join(root, stackDir), { recursive: true, force: true });
}
