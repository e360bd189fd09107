// As much of SQS as a sender needs: it takes batches of messages and keeps them. It verifies no signature.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A running queue. */
export type SmallSqs = {
  readonly url: string;
  /** Bodies of all messages, in the order of their arrival. */
  readonly bodies: readonly string[];
  /** Takes the oldest out. */
  take(most: number): string[];
  /** Puts messages back, which then are the oldest. */
  put(bodies: readonly string[]): void;
  close(): Promise<void>;
};

type Batch = { readonly Entries: readonly { readonly Id: string; readonly MessageBody: string }[] };

/** Starts an empty queue. */
export async function startSmallSqs(): Promise<SmallSqs> {
  const bodies: string[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const { Entries } = JSON.parse(Buffer.concat(chunks).toString('utf8')) as Batch;
      bodies.push(...Entries.map(({ MessageBody }) => MessageBody));
      response.end(JSON.stringify({ Successful: Entries.map(({ Id }) => ({ Id })), Failed: [] }));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    bodies,
    take: (most) => bodies.splice(0, most),
    put: (back) => void bodies.unshift(...back),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
