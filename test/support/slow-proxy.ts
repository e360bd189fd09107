// An HTTP proxy that holds every request back for a while, as a slow network would. A request that its sender gives up
// before it was passed on is never passed on.
import { createServer, request as forward } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A running proxy. */
export type SlowProxy = { readonly url: string; close(): Promise<void> };

/** Passes requests on to `target`, each after `delayMs()` milliseconds. */
export async function startSlowProxy(target: string, delayMs: () => number): Promise<SlowProxy> {
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const timer = setTimeout(() => {
        const upstream = forward(new URL(request.url ?? '/', target), {
          method: request.method,
          headers: request.headers,
          agent: false,
        });
        upstream.on('response', (answer) => {
          response.writeHead(answer.statusCode ?? 502, answer.headers);
          answer.pipe(response);
        });
        upstream.on('error', () => response.destroy());
        upstream.end(Buffer.concat(chunks));
      }, delayMs());
      response.on('close', () => clearTimeout(timer));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
