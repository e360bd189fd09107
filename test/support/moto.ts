// A moto server: AWS simulated by a program that is not ours. Each one starts empty; any credentials will do.
import { resolve } from 'node:path';
import { freePort, startProcess, waitFor } from '../../local/programs/process.ts';
import { preparePython } from '../../local/programs/python.ts';
import { answers, type Server } from '../../local/programs/servers.ts';

/** Starts a moto server; it is ready when this settles. */
export async function startMoto(): Promise<Server> {
  const requirements = resolve('test/support/python/requirements.txt');
  const { python } = await preparePython({ requirements, report: () => undefined });
  const port = await freePort();
  const process = await startProcess({
    name: 'moto',
    command: python,
    args: ['-m', 'moto.server', '-H', '127.0.0.1', '-p', String(port)],
    // Whatever proxy, profile or region this machine has is not meant.
    env: { AWS_PROFILE: undefined, HTTP_PROXY: undefined, http_proxy: undefined },
  });
  const url = `http://127.0.0.1:${port}`;
  const check = () => answers(`${url}/moto-api/data.json`);
  try {
    await waitFor({ what: 'moto ready', seconds: 120, processes: [process], check });
  } catch (error) {
    await process.stop();
    throw error;
  }
  return { url, port, process, stop: () => process.stop() };
}
