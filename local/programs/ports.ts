// Ports of loopback, each handed out to one process of this machine at a time: what stopped on a port finds it free when it
// starts again, and a port where nothing is to listen stays so.
import { createSocket, type Socket } from 'node:dgram';
import { createServer } from 'node:net';

/** Ports below those that systems give to outgoing connections: one of those could take a port before we do. */
const quietPorts = { from: 20_000, count: 12_000 } as const;

/** How far the port by which nodes of a Redis cluster meet lies above the one of their clients. */
export const clusterBusOffset = 10_000;

/**
 * How far the UDP port that marks a TCP port as handed out lies above it. Only one process can have that port, and the
 * system frees it however that process ends. Its number is another one, so that nothing answers by UDP at the port itself.
 */
const markOffset = 32_000;

/** Keeps what marks a port open; how long is the process's own time. */
const marks = new Set<Socket>();

/**
 * A TCP port of 127.0.0.1 where nothing listens, at random. Until this process ends no other call gets it, here or in
 * another process.
 * @throws Error where a hundred are in use.
 */
export function freePort(): Promise<number> {
  return choosePort((port) => [port]);
}

/**
 * A port of 127.0.0.1 for a node of a Redis cluster, which listens at that port plus 10,000 as well: both as by
 * {@link freePort}, and below those of outgoing connections.
 * @throws Error where a hundred are in use.
 */
export function freeClusterPort(): Promise<number> {
  return choosePort((port) => [port - clusterBusOffset, port]);
}

/** The first of the ports that `needed` names for a quiet one, when all of them could be had. */
async function choosePort(needed: (port: number) => readonly number[]): Promise<number> {
  for (let attempt = 0; attempt < 100; attempt++) {
    const ports = needed(quietPorts.from + Math.floor(Math.random() * quietPorts.count));
    const [first] = ports;
    if (first !== undefined && (await takeAll(ports))) return first;
  }
  throw new Error(`no free port from ${quietPorts.from}, want one of ${quietPorts.count}`);
}

/** Whether all are ours now; when one is not, none is. */
async function takeAll(ports: readonly number[]): Promise<boolean> {
  const taken: Socket[] = [];
  for (const port of ports) {
    const mark = await markPort(port);
    if (mark !== undefined) taken.push(mark);
    if (mark === undefined || !(await canListen(port))) {
      for (const socket of taken) socket.close();
      return false;
    }
  }
  for (const socket of taken) marks.add(socket);
  return true;
}

/** Marks a port as handed out; nothing when it is so already. */
function markPort(port: number): Promise<Socket | undefined> {
  return new Promise((resolve) => {
    const mark = createSocket('udp4');
    mark.once('error', () => {
      mark.close();
      resolve(undefined);
    });
    mark.bind({ port: port + markOffset, address: '127.0.0.1', exclusive: true }, () => {
      mark.unref();
      resolve(mark);
    });
  });
}

function canListen(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}
