// A simulated AWS for the local system: the ECS API that the bridge reads, with services that deploy and stop now and then.
import { join } from 'node:path';
import { readEnv } from '../../layers/core/src/env.ts';
import { freePort } from '../programs/ports.ts';
import { startReady } from '../programs/process.ts';
import type { RunOptions, Server } from '../programs/servers.ts';

/** The region of the simulated account: the one that serverless.yml deploys to. */
export function localRegion(): string {
  return readEnv('AWS_REGION') ?? 'us-east-1';
}

/** Starts it; `root` is the repository. */
export async function startFakeCloud(options: { readonly root: string } & RunOptions) {
  const { workFolder, root, signal } = options;
  const port = options.port ?? (await freePort());
  const program = 'local/fake-aws/main.ts';
  const flags = ['--scenario', 'demo', '--region', localRegion(), '--port', String(port)];
  let ready = false;
  const process = await startReady(
    {
      name: 'fake AWS',
      command: globalThis.process.execPath,
      args: [join(root, 'scripts/run.mjs'), program, ...flags],
      path: join(root, program),
      cwd: root,
      workFolder,
      onLine: (line) => {
        ready ||= line.startsWith('{"url":');
      },
    },
    { seconds: 30, signal, check: async () => ready },
  );
  const server: Server = { url: `http://127.0.0.1:${port}`, port, process, stop: process.stop };
  return server;
}
