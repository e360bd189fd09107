// Starts the demo web app and its exporter sidecar as the two processes that they are in a task.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort, type RunningProcess, startProcess, waitFor } from './process.ts';
import type { Report } from './program.ts';
import { preparePython } from './python.ts';
import { answers } from './servers.ts';

/** The web app with its sidecar. */
export type WebServer = {
  readonly url: string;
  readonly exporterUrl: string;
  readonly app: RunningProcess;
  readonly exporter: RunningProcess;
  stop(): Promise<void>;
};

/** Starts both on free ports; `root` is the repository. */
export async function startWeb(options: {
  readonly root: string;
  readonly redisUrl: string;
  readonly report: Report;
}): Promise<WebServer> {
  const cwd = join(options.root, 'infra/web');
  const requirements = join(cwd, 'requirements.txt');
  const { python } = await preparePython({ requirements, report: options.report });
  const directory = await mkdtemp(join(tmpdir(), 'fargaze-web-'));
  const [port, exporterPort] = [await freePort(), await freePort()];
  const env = {
    WEB_BIND: `127.0.0.1:${port}`,
    WEB_WORKERS: '2',
    EXPORTER_BIND: `127.0.0.1:${exporterPort}`,
    PROMETHEUS_MULTIPROC_DIR: directory,
    REDIS_URL: options.redisUrl,
    PYTHONDONTWRITEBYTECODE: '1',
  };
  const run = (name: string, command: string) =>
    startProcess({ name, command: python, args: ['-m', 'fargaze_web', command], env, cwd });
  const app = await run('web', 'serve');
  const exporter = await run('web exporter', 'export');
  const url = `http://127.0.0.1:${port}`;
  const exporterUrl = `http://127.0.0.1:${exporterPort}`;
  const stop = async () => {
    await Promise.all([app.stop(), exporter.stop()]);
    await rm(directory, { recursive: true, force: true });
  };
  try {
    const check = async () =>
      (await answers(`${url}/healthy`)) && (await answers(`${exporterUrl}/metrics`));
    await waitFor({ what: 'web app ready', seconds: 60, processes: [app, exporter], check });
  } catch (error) {
    await stop();
    throw error;
  }
  return { url, exporterUrl, app, exporter, stop };
}
