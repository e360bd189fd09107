import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { createInterface } from 'node:readline';
import { freeClusterPort, freePort } from '../../local/programs/ports.ts';

/** So many that some would be given twice: 300 beside 300 of 12,000 meet seven times on average. */
const many = 300;

async function takeMany(): Promise<{ child: ChildProcess; ports: readonly number[] }> {
  const child = spawn(
    process.execPath,
    ['scripts/run.mjs', 'test/support/take-ports.ts', String(many)],
    { stdio: ['pipe', 'pipe', 'inherit'] },
  );
  for await (const line of createInterface(child.stdout))
    return { child, ports: JSON.parse(line) as number[] };
  throw new Error('it ended without a word');
}

it('no port is given twice, by one process or by several', async () => {
  const others = await Promise.all([takeMany(), takeMany()]);
  const own: number[] = [];
  for (let taken = 0; taken < many; taken++) own.push(await freePort());
  for (const { child } of others) child.stdin?.end();
  const all = [own, ...others.map(({ ports }) => ports)].flat();
  expect(all).toHaveLength(3 * many);
  expect(new Set(all).size).toBe(all.length);
});

it('a node of a cluster has both of its ports', async () => {
  const port = await freeClusterPort();
  for (const one of [port, port + 10_000]) {
    const server = createServer().listen(one, '127.0.0.1');
    await once(server, 'listening');
    await new Promise((closed) => server.close(closed));
  }
});
