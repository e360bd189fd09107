// Starts each real program on a free port of loopback, ready when the promise settles, and stops it without a trace.
import { writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { findPrograms, type Program } from './find.ts';
import { freeClusterPort, freePort } from './ports.ts';
import { type RunningProcess, startReady } from './process.ts';
import { temporaryWorkFolder, type WorkFolder } from './work-folder.ts';

/** A server that is ready. */
export type Server = {
  readonly url: string;
  readonly port: number;
  readonly process: RunningProcess;
  stop(): Promise<void>;
};

/** What {@link launch} starts. */
export type Launch = {
  readonly program: Pick<Program, 'path' | 'env'> & { readonly name: string };
  readonly args: (port: number, directory: string) => readonly string[];
  readonly env?: (port: number, directory: string) => Readonly<Record<string, string>>;
  /** Path that answers 200 when the server is ready; absent: it is ready when its port is open. */
  readonly readyPath?: string;
  /** Bytes that a server without HTTP answers with any, once it is ready. */
  readonly readyWords?: string;
  /** Finds a port when `run` names none; {@link freePort} when unset. */
  readonly findPort?: () => Promise<number>;
  /** Seconds that it may take to start; 30 when unset. */
  readonly readySeconds?: number;
  /** Where it runs; in the folder of its files when unset. */
  readonly cwd?: string;
  readonly run?: RunOptions | undefined;
};

/** Where and how a program runs beside others. */
export type RunOptions = {
  /** A free one when unset. */
  readonly port?: number | undefined;
  /** Where its files go; a folder of its own that is removed at its end when unset. */
  readonly workFolder?: WorkFolder | undefined;
  /** Ends the wait until it is ready. */
  readonly signal?: AbortSignal | undefined;
};

const quiet = { report: () => undefined };

/** Starts a program; a port that somebody took in between is retried once. */
export async function launch(spec: Launch): Promise<Server> {
  try {
    return await launchOnce(spec);
  } catch (error) {
    if (!/address already in use|EADDRINUSE/i.test(String(error))) throw error;
    return launchOnce(spec);
  }
}

async function launchOnce(spec: Launch): Promise<Server> {
  const { program, args, env, readyPath, readySeconds = 30, run = {} } = spec;
  const port = run.port ?? (await (spec.findPort ?? freePort)());
  const own = run.workFolder === undefined ? await temporaryWorkFolder(program.name) : undefined;
  const workFolder = own ?? run.workFolder;
  const directory = (await workFolder?.directory(program.name)) ?? '';
  const url = `http://127.0.0.1:${port}`;
  const check = () =>
    readyPath === undefined ? accepts(port, spec.readyWords) : answers(`${url}${readyPath}`);
  const removeOwn = async () => own?.remove();
  const process = await startReady(
    {
      name: program.name,
      command: program.path,
      args: args(port, directory),
      env: { ...program.env, TMPDIR: directory, ...env?.(port, directory) },
      cwd: spec.cwd ?? directory,
      workFolder,
    },
    { seconds: readySeconds, signal: run.signal, check },
  ).catch(async (error) => {
    await removeOwn();
    throw error;
  });
  const stop = async () => {
    await process.stop();
    await removeOwn();
  };
  return { url, port, process, stop };
}

/** Whether a GET of `url` is answered with a 2xx, or by a server that is up and wants credentials. */
export async function answers(url: string): Promise<boolean> {
  const response = await fetch(url, { signal: AbortSignal.timeout(2_000) });
  await response.arrayBuffer();
  return response.ok || response.status === 401;
}

/** Whether a connection comes about, and with `words`, whether they are answered. */
function accepts(port: number, words: string | undefined): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1' });
    if (words !== undefined) socket.write(words);
    socket.once(words === undefined ? 'connect' : 'data', () => {
      resolve(true);
      socket.destroy();
    });
    socket.once('error', () => resolve(false)).once('close', () => resolve(false));
  });
}

/** A Redis without persistence. `args` are further options such as `--requirepass x`. */
export async function startRedis(
  options: { readonly args?: readonly string[]; readonly program?: Program } & RunOptions = {},
): Promise<Server> {
  const program = options.program ?? (await findPrograms(['redis-server'], quiet))['redis-server'];
  const inCluster = options.args?.includes('--cluster-enabled') === true;
  const server = await launch({
    program,
    run: options,
    ...(inCluster && { findPort: freeClusterPort }),
    // A port that is open is not enough: one that lacks another port ends a moment later.
    readyWords: 'PING\r\n',
    args: (port, directory) => [
      ...['--port', String(port), '--bind', '127.0.0.1', '--dir', directory],
      ...['--save', '', '--appendonly', 'no', ...(options.args ?? [])],
    ],
  });
  return { ...server, url: `redis://127.0.0.1:${server.port}` };
}

/** A Pushgateway without persistence; `program` is another one than this machine's own. */
export async function startPushgateway(
  options: { readonly args?: readonly string[]; readonly program?: Program } & RunOptions = {},
) {
  const program = options.program ?? (await findPrograms(['pushgateway'], quiet)).pushgateway;
  return launch({
    program,
    run: options,
    readyPath: '/-/ready',
    // Debian's build keeps a file in /var/lib/prometheus unless a flag says otherwise.
    args: (port) => [
      ...[`--web.listen-address=127.0.0.1:${port}`, '--persistence.file='],
      ...(options.args ?? []),
    ],
  });
}

/** A redis_exporter for one Redis; user and password go by environment, as deployed (infra/redis.yml). */
export async function startRedisExporter(
  options: {
    readonly redisUrl: string;
    readonly username?: string;
    readonly password?: string;
    readonly program?: Program;
  } & RunOptions,
): Promise<Server> {
  const program = options.program ?? (await findPrograms(['redis_exporter'], quiet)).redis_exporter;
  return launch({
    program,
    run: options,
    readyPath: '/',
    args: (port) => [
      `-web.listen-address=127.0.0.1:${port}`,
      `-redis.addr=${options.redisUrl}`,
      // As deployed (infra/redis.yml): a Redis that hangs is reported, and not by a scrape that times out.
      '-connection-timeout=2s',
    ],
    env: () => ({
      ...(options.username !== undefined && { REDIS_USER: options.username }),
      ...(options.password !== undefined && { REDIS_PASSWORD: options.password }),
    }),
  });
}

/** A blackbox_exporter with the given YAML configuration. */
export async function startBlackboxExporter(options: { readonly config: string }): Promise<Server> {
  const { blackbox_exporter: program } = await findPrograms(['blackbox_exporter'], quiet);
  const workFolder = await temporaryWorkFolder('blackbox_exporter');
  const file = join(workFolder.path, 'blackbox.yml');
  await writeFile(file, options.config);
  const server = await launch({
    program,
    run: { workFolder },
    readyPath: '/-/healthy',
    args: (port) => [`--web.listen-address=127.0.0.1:${port}`, `--config.file=${file}`],
  });
  const stop = async () => {
    await server.stop();
    await workFolder.remove();
  };
  return { ...server, stop };
}

/** One series of an instant query's answer. */
export type QueryResult = {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
};

/** A Prometheus with its query API. */
export type PrometheusServer = Server & {
  /** An instant query. @throws Error when Prometheus refuses it. */
  query(expression: string): Promise<QueryResult[]>;
};

/** A Prometheus on the configuration file `configFile`; `program` is another one than this machine's own. */
export async function startPrometheus(
  options: {
    readonly configFile: string;
    readonly args?: readonly string[];
    readonly env?: Readonly<Record<string, string>>;
    readonly program?: Program;
  } & RunOptions,
): Promise<PrometheusServer> {
  const { configFile, env } = options;
  const program = options.program ?? (await findPrograms(['prometheus'], quiet)).prometheus;
  const server = await launch({
    program,
    run: options,
    readyPath: '/-/ready',
    ...(env !== undefined && { env: () => env }),
    args: (port, directory) => [
      `--config.file=${configFile}`,
      `--storage.tsdb.path=${directory}`,
      `--web.listen-address=127.0.0.1:${port}`,
      '--web.enable-lifecycle',
      ...(options.args ?? []),
    ],
  });
  return { ...server, query: (expression) => queryPrometheus(server.url, expression) };
}

/** An instant query at the Prometheus at `url`. @throws Error when it refuses or does not answer in time (10 s). */
export async function queryPrometheus(
  url: string,
  expression: string,
  { timeoutMs = 10_000 }: { readonly timeoutMs?: number } = {},
): Promise<QueryResult[]> {
  const response = await fetch(`${url}/api/v1/query?query=${encodeURIComponent(expression)}`, {
    signal: AbortSignal.timeout(timeoutMs),
  });
  const answer = (await response.json()) as {
    readonly status: string;
    readonly error?: string;
    readonly data?: {
      readonly resultType: string;
      readonly result: readonly {
        readonly metric: Record<string, string>;
        readonly value: [number, string];
      }[];
    };
  };
  if (answer.status !== 'success') throw new Error(`query ${expression}: ${answer.error}`);
  if (answer.data?.resultType !== 'vector') {
    throw new Error(`query ${expression}: gave a ${answer.data?.resultType}, want a vector`);
  }
  return answer.data.result.map(({ metric, value }) => ({
    labels: metric,
    value: Number(value[1]),
  }));
}
