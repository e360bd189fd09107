// Servers that listen again at the port that they had, which nobody else gets while they are down.
import type { Server } from 'node:net';
import { freePort } from '../../local/programs/ports.ts';

/** Listens on a port that nobody else is given while this process runs. @returns the port. */
export async function listenOnOwnPort(server: Server): Promise<number> {
  const port = await freePort();
  await listenOn(server, port);
  return port;
}

/** Listens on `port`. @throws Error when somebody else has it. */
export function listenOn(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => {
      server.off('error', reject);
      resolve();
    });
  });
}
