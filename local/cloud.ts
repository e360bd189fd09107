// A simulated AWS for the local system: the ECS API that the bridge reads, with services that deploy and stop now and then.
import { join } from 'node:path';
import { readEnv } from '../layers/core/src/env.ts';
import { type RunningProcess, startProcess, waitFor } from './programs/process.ts';

/** The simulated cloud. */
export type FakeCloud = {
  readonly url: string;
  readonly region: string;
  readonly process: RunningProcess;
  stop(): Promise<void>;
};

/** Starts it in the region that serverless.yml deploys to; `root` is the repository. */
export async function startFakeCloud(root: string): Promise<FakeCloud> {
  const region = readEnv('AWS_REGION') ?? 'us-east-1';
  const script = join(root, 'scripts/run.mjs');
  let url = '';
  const process = await startProcess({
    name: 'fake AWS',
    command: globalThis.process.execPath,
    args: [script, 'local/fake-aws/main.ts', '--scenario', 'demo', '--region', region],
    cwd: root,
    onLine: (line) => {
      url ||= /^\{"url":"([^"]+)"/.exec(line)?.[1] ?? '';
    },
  });
  const ready = async () => url !== '';
  await waitFor({ what: 'fake AWS ready', seconds: 30, processes: [process], check: ready });
  return { url, region, process, stop: () => process.stop() };
}
