// A moto server: AWS simulated by a program of somebody else. Each one starts empty; any credentials will do.
import { resolve } from 'node:path';
import { freePort } from '../../local/programs/ports.ts';
import { startProcess, waitFor } from '../../local/programs/process.ts';
import { preparePython } from '../../local/programs/python.ts';
import { answers, type Server } from '../../local/programs/servers.ts';

/** What runs moto, and who hears each line of its log. */
export type MotoOptions = { readonly launcher?: string; readonly onLine?: (line: string) => void };

/** moto with the types of our templates that it lacks, which it says itself at its head. */
export const withMoreTypes = 'test/support/python/moto_with_more_types.py';

/** The Python that moto, boto3 and cfn-lint are installed in. */
export async function testPython(): Promise<string> {
  const requirements = resolve('test/support/python/requirements.txt');
  return (await preparePython({ requirements, report: () => undefined })).python;
}

/** Starts a moto server; it is ready when this settles. */
export async function startMoto({ launcher, onLine }: MotoOptions = {}): Promise<Server> {
  const python = await testPython();
  const port = await freePort();
  const address = ['-H', '127.0.0.1', '-p', String(port)];
  const process = await startProcess({
    name: 'moto',
    command: python,
    args: [...(launcher === undefined ? ['-m', 'moto.server'] : [launcher]), ...address],
    ...(onLine !== undefined && { onLine }),
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

/** The environment of a command that is to meet the simulated AWS at `url`: no account and no proxy of this machine's. */
export function simulatedAccount(url: string): Readonly<Record<string, string>> {
  return {
    AWS_ACCESS_KEY_ID: 'simulated',
    AWS_SECRET_ACCESS_KEY: 'simulated',
    AWS_SESSION_TOKEN: '',
    AWS_PROFILE: '',
    AWS_CA_BUNDLE: '',
    AWS_CONFIG_FILE: '/dev/null',
    AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
    AWS_REGION: 'us-east-1',
    AWS_DEFAULT_REGION: 'us-east-1',
    AWS_ENDPOINT_URL: url,
    HTTP_PROXY: '',
    HTTPS_PROXY: '',
    http_proxy: '',
    https_proxy: '',
    SLS_NOTIFICATIONS_MODE: 'off',
    SLS_TELEMETRY_DISABLED: '1',
  };
}
