// An SQS that takes every message of SendMessageBatch, as the function that sends meets it, and keeps the bodies.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

/** The queue. */
export type RecordingQueue = {
  readonly endpoint: URL;
  /** Bodies in the order in which they came; they are not there any more then. */
  take(): readonly string[];
  close(): Promise<void>;
};

/** An empty queue on a free port of loopback. */
export async function startRecordingQueue(): Promise<RecordingQueue> {
  const bodies: string[] = [];
  const server = createServer(async (request, response) => {
    const { Entries } = JSON.parse(await text(request)) as {
      readonly Entries: readonly { readonly Id: string; readonly MessageBody: string }[];
    };
    bodies.push(...Entries.map(({ MessageBody }) => MessageBody));
    response.setHeader('content-type', 'application/x-amz-json-1.0');
    response.end(JSON.stringify({ Successful: Entries.map(({ Id }) => ({ Id })), Failed: [] }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    endpoint: new URL(`http://127.0.0.1:${port}`),
    take: () => bodies.splice(0),
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}
