// Ports of loopback that no other server of this process gets, also while the one that has it is down.
import type { Server } from 'node:net';

/** Below those that `freePort` and systems hand out; tests beside each other begin at different ones. */
const lowest = 12_000;
const count = 8_000;
let next = (process.pid * 97) % count;

/** Listens on a port that is never given again. @returns the port. */
export async function listenOnOwnPort(server: Server): Promise<number> {
  for (;;) {
    next = (next + 1) % count;
    const port = lowest + next;
    try {
      await listenOn(server, port);
      return port;
    } catch (error) {
      if ((error as { readonly code?: string }).code !== 'EADDRINUSE') throw error;
    }
  }
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
