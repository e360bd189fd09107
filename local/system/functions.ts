// The functions on their schedules, emulated by serverless offline with nothing of the user's account in reach.
import { rm, symlink } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { environmentWith, type Variables } from '../../build/environment.ts';
import { freePort } from '../programs/ports.ts';
import { startReady } from '../programs/process.ts';
import type { RunOptions, Server } from '../programs/servers.ts';
import type { WorkFolder } from '../programs/work-folder.ts';

/** The running functions; `url` takes invocations as Lambda does. */
export type Functions = Server & { readonly ports: Ports };

/** What serverless offline listens on. */
export type Ports = Readonly<Record<'http' | 'websocket' | 'lambda' | 'alb', number>>;

/** What {@link startFunctions} needs. */
export type FunctionsOptions = {
  /** The repository. */
  readonly root: string;
  /** Where the functions find what is around them. */
  readonly environment: Readonly<Record<string, string>>;
  readonly ports: Ports;
} & RunOptions & { readonly workFolder: WorkFolder };

/** Variables of the user's shell that say where real functions deliver, or whose account they are in. */
const real =
  /^(?:AWS_\w+|FARGAZE_(?:PUSHGATEWAY|REMOTE_WRITE)_\w+|FARGAZE_(?:SINK|AD_HOC|VANTAGE|OWNER|QUEUE_URL|DNS_SERVERS))$/;
/** Variables that make every program that runs on Node do something else. */
const steering = /^(?:NODE_OPTIONS|NODE_ENV|SLS_\w+|SERVERLESS_\w+)$/;

/** The user's variables, which fargaze.yml may name, without those that mean another place; then `local`. */
export function functionVariables(local: Variables): Record<string, string> {
  const all = Object.entries(environmentWith({}));
  const kept = all.filter(([name]) => !real.test(name) && !steering.test(name));
  return { ...Object.fromEntries(kept), ...environmentOf(local) };
}

function environmentOf(local: Variables): Record<string, string> {
  const entries = Object.entries(local);
  return Object.fromEntries(
    entries.filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
}

/** Four free ports. */
export async function chooseFunctionPorts(): Promise<Ports> {
  return {
    http: await freePort(),
    websocket: await freePort(),
    lambda: await freePort(),
    alb: await freePort(),
  };
}

/** Starts them; ready when the first schedule is set. */
export async function startFunctions(options: FunctionsOptions): Promise<Functions> {
  const { environment, workFolder, ports, root, signal } = options;
  const program = join(root, 'node_modules/serverless/bin/serverless.js');
  const flags = Object.entries(ports).flatMap(([kind, port]) => [`--${kind}Port`, String(port)]);
  const directory = await layOut(root, workFolder);
  let scheduled = false;
  const process = await startReady(
    {
      name: 'serverless offline',
      command: globalThis.process.execPath,
      args: [program, 'offline', ...flags],
      path: program,
      env: {
        ...functionVariables(environment),
        // The framework keeps files in the user's home, and looks there for an account.
        HOME: directory,
        XDG_CONFIG_HOME: directory,
        TMPDIR: directory,
        // Bundles; the framework joins it to the repository's path.
        FARGAZE_BUNDLE_DIR: relative(root, join(directory, 'bundles')),
        SLS_NOTIFICATIONS_MODE: 'off',
        SLS_TELEMETRY_DISABLED: '1',
      },
      cwd: root,
      workFolder,
      onLine: (line) => {
        scheduled ||= line.includes('Scheduling [');
      },
    },
    { seconds: 90, signal, check: async () => scheduled },
  );
  const url = `http://localhost:${ports.lambda}`;
  return { url, port: ports.lambda, ports, process, stop: process.stop };
}

/** A folder where bundles find what the layer holds in a deployment, inside the repository or not. */
async function layOut(root: string, workFolder: WorkFolder): Promise<string> {
  const directory = await workFolder.directory('functions');
  const modules = join(directory, 'node_modules');
  await rm(modules, { force: true });
  await symlink(join(root, 'node_modules'), modules);
  return directory;
}
