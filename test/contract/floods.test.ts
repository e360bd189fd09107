// Floods of tiny frames and of short lines are taken in small portions, so that they do not hold up the deadlines of others.
// What is counted are portions and turns of the event loop; how long they take is a bench's matter.
import { probeByModule } from '../../functions/web-probe/probers.ts';
import { systemClock } from '../../layers/core/src/clock.ts';
import type { WebModule } from '../../layers/core/src/config/modules.ts';
import { certificates } from '../support/peer/web-servers.ts';
import { compileModule, runProbe, verdict } from '../support/probing.ts';
import { startRawServer } from '../support/raw-server.ts';

const { ca, leaf } = certificates;
const tls_config = { ca: ca.cert };

/** A clock by which whatever is done takes long. */
function createSlowClock() {
  let calls = 0;
  const monotonic = () => {
    calls += 1;
    return calls / 100;
  };
  return { clock: { ...systemClock, monotonic }, calls: () => calls };
}

/** Frames of a type that nobody knows, which are to be ignored (RFC 9113, 4.1). */
const frames = Buffer.concat(Array(30_000).fill(Buffer.from([0, 0, 0, 0xee, 0, 0, 0, 0, 0])));
const settings = Buffer.from([0, 0, 0, 4, 0, 0, 0, 0, 0]);
/** `:status: 200`, and the end of the stream. */
const answer = Buffer.from([0, 0, 1, 1, 5, 0, 0, 0, 1, 0x88]);

it.each([
  { prober: 'http', scheme: 'https://', module: { http: { tls_config } } },
  { prober: 'grpc', scheme: '', module: { grpc: { tls: true, tls_config } } },
])('$prober: frames of HTTP/2', async ({ module, prober, scheme }) => {
  const server = await startRawServer(
    (socket) => {
      socket.write(settings);
      socket.once('data', () => void socket.write(Buffer.concat([frames, answer])));
    },
    { ...leaf, ALPNProtocols: ['h2'] },
  );
  const { calls, clock } = createSlowClock();
  const compiled = compileModule({ prober, timeout: '40s', ...module }) as WebModule;
  const address = `${scheme}127.0.0.1:${server.port}`;
  const probed = await runProbe(probeByModule, compiled, address, clock);
  await server.close();
  expect(verdict(probed)).toBe(prober === 'http' ? 'ok' : 'check/grpc_status');
  // Portions shrink to a kilobyte; each is begun and ended by a look at the clock.
  expect(calls()).toBeGreaterThan((2 * frames.length) / 1024);
});

it('tcp: lines', async () => {
  const lines = 32_768;
  const server = await startRawServer((socket) => {
    socket.write(`${'x\n'.repeat(lines)}enough\n`);
  });
  const tcp = { query_response: [{ expect: '^enough$' }] };
  const compiled = compileModule({ prober: 'tcp', timeout: '40s', tcp }) as WebModule;
  let turns = 0;
  let next = setImmediate(function turn() {
    turns += 1;
    next = setImmediate(turn);
  });
  const probed = await runProbe(probeByModule, compiled, `127.0.0.1:${server.port}`);
  clearImmediate(next);
  await server.close();
  expect(verdict(probed)).toBe('ok');
  expect(turns).toBeGreaterThan(lines / 100);
});
