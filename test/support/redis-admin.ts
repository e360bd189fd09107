// Runs commands at a Redis as an administrator would, over a connection of its own.
import { createClient } from '@redis/client';

/** Sends one command. */
export type Send = (...args: string[]) => Promise<unknown>;

/** Connects to `url`, does `work`, and closes. */
export async function sendTo<T>(
  url: string,
  work: (send: Send) => Promise<T>,
  password?: string,
): Promise<T> {
  const client = createClient({
    url,
    ...(password !== undefined && { password }),
    // A server that is gone ends the test, which would wait for ever.
    socket: { reconnectStrategy: false },
  });
  client.on('error', () => undefined);
  await client.connect();
  try {
    return await work((...args) => client.sendCommand(args));
  } finally {
    client.destroy();
  }
}
