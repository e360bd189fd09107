// Starts the demo web app and its exporter sidecar as the two processes that they are in a task.
import { join } from 'node:path';
import type { RunningProcess } from './process.ts';
import type { Report } from './program.ts';
import { preparePython } from './python.ts';
import { launch, type RunOptions, type Server } from './servers.ts';
import { temporaryWorkFolder, type WorkFolder } from './work-folder.ts';

/** The web app with its sidecar. */
export type WebServer = {
  readonly url: string;
  readonly exporterUrl: string;
  readonly app: RunningProcess;
  readonly exporter: RunningProcess;
  stop(): Promise<void>;
};

/** What both of them need. */
export type WebOptions = {
  /** The repository. */
  readonly root: string;
  readonly redisUrl: string;
  readonly report: Report;
};

/** Starts both on free ports. */
export async function startWeb(options: WebOptions): Promise<WebServer> {
  const workFolder = await temporaryWorkFolder('web');
  const app = await startWebApp({ ...options, workFolder });
  const exporter = await startWebExporter({ ...options, workFolder });
  const stop = async () => {
    await Promise.all([app.stop(), exporter.stop()]);
    await workFolder.remove();
  };
  return {
    url: app.url,
    exporterUrl: exporter.url,
    app: app.process,
    exporter: exporter.process,
    stop,
  };
}

type PlacedOptions = WebOptions & RunOptions & { readonly workFolder: WorkFolder };

/** Starts the app. What it counts is below `place`, where the exporter of the same place reads it. */
export function startWebApp(options: PlacedOptions): Promise<Server> {
  return startCommand(options, { name: 'web app', command: 'serve', readyPath: '/healthy' });
}

/** Starts the sidecar. */
export function startWebExporter(options: PlacedOptions): Promise<Server> {
  return startCommand(options, { name: 'web exporter', command: 'export', readyPath: '/metrics' });
}

type Command = { readonly name: string; readonly command: string; readonly readyPath: string };

async function startCommand(options: PlacedOptions, command: Command): Promise<Server> {
  const { workFolder, redisUrl, report, root } = options;
  const cwd = join(root, 'infra/web');
  const requirements = join(cwd, 'requirements.txt');
  const { python } = await preparePython({ requirements, report });
  const metrics = await workFolder.directory('web-metrics');
  return launch({
    program: { name: command.name, path: python, env: {} },
    run: options,
    readyPath: command.readyPath,
    readySeconds: 60,
    cwd,
    args: () => ['-m', 'fargaze_web', command.command],
    env: (port) => ({
      // Both are checked by both; each listens on its own.
      WEB_BIND: `127.0.0.1:${port}`,
      EXPORTER_BIND: `127.0.0.1:${port}`,
      WEB_WORKERS: '2',
      PROMETHEUS_MULTIPROC_DIR: metrics,
      REDIS_URL: redisUrl,
      PYTHONDONTWRITEBYTECODE: '1',
      PYTHONNOUSERSITE: '1',
    }),
  });
}
