// One question to one DNS server: by UDP, TCP or TLS, once. An answer to another question is not taken for ours.
import { createSocket } from 'node:dgram';
import type { Socket } from 'node:net';
import { type Deadline, raceDeadline } from '@fargaze/core/internal';
import { type DnsAnswer, DnsFormatError, decodeAnswer } from './message.ts';

/** A query as bytes, with its number. */
export type Query = { readonly id: number; readonly bytes: Buffer };

/** Where datagrams go, and from which address of this machine. */
export type UdpTarget = {
  readonly address: string;
  readonly family: 4 | 6;
  readonly port: number;
  readonly from: string | undefined;
};

/**
 * Asks by UDP.
 * @throws DnsFormatError, the network's error or the deadline's reason.
 */
export async function askByUdp(
  query: Query,
  to: UdpTarget,
  deadline: Deadline,
): Promise<DnsAnswer> {
  const socket = createSocket(to.family === 6 ? 'udp6' : 'udp4');
  try {
    const answered = new Promise<DnsAnswer>((resolve, reject) => {
      socket.on('error', reject);
      socket.on('message', (bytes) => {
        // A late answer to an older question may arrive at the same port.
        if (bytes.length < 2 || bytes.readUInt16BE(0) !== query.id) return;
        settle(() => decode(bytes, query), { resolve, reject });
      });
      const send = () => socket.send(query.bytes, (error) => error && reject(error));
      const connect = () => socket.connect(to.port, to.address, send);
      if (to.from === undefined) connect();
      else socket.bind(0, to.from, connect);
    });
    return await raceDeadline(answered, deadline);
  } finally {
    socket.on('error', () => undefined).close();
  }
}

/**
 * Asks over a connection, plain or TLS (RFC 1035, 4.2.2; RFC 7858).
 * @throws as {@link askByUdp}; a connection that ends early has code ECONNRESET.
 */
export async function askByStream(
  query: Query,
  socket: Socket,
  deadline: Deadline,
): Promise<DnsAnswer> {
  const answered = new Promise<DnsAnswer>((resolve, reject) => {
    let held = Buffer.alloc(0);
    socket.on('error', reject);
    socket.on('close', () => {
      const message = 'connection closed before the answer was complete';
      reject(Object.assign(new Error(message), { code: 'ECONNRESET' }));
    });
    socket.on('data', (chunk: Buffer) => {
      held = Buffer.concat([held, chunk]);
      if (held.length < 2) return;
      const length = held.readUInt16BE(0);
      if (held.length < 2 + length) return;
      settle(() => decode(held.subarray(2, 2 + length), query), { resolve, reject });
    });
  });
  const length = Buffer.alloc(2);
  length.writeUInt16BE(query.bytes.length);
  socket.write(Buffer.concat([length, query.bytes]));
  return raceDeadline(answered, deadline);
}

function decode(bytes: Buffer, query: Query): DnsAnswer {
  const answer = decodeAnswer(bytes);
  if (answer.id !== query.id) throw new DnsFormatError('the answer is to another question');
  return answer;
}

type Settling<T> = {
  readonly resolve: (value: T) => void;
  readonly reject: (error: unknown) => void;
};

function settle<T>(work: () => T, { reject, resolve }: Settling<T>): void {
  try {
    resolve(work());
  } catch (error) {
    reject(error);
  }
}
