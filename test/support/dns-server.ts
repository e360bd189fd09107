// A DNS server on loopback (RFC 1035) that knows a few names, which gives NXDOMAIN and silence offline.
import { createSocket } from 'node:dgram';
import { once } from 'node:events';

/** How a name is answered: addresses (none: NODATA), a failure, or not at all. */
export type DnsAnswer = readonly string[] | 'nxdomain' | 'servfail' | 'silent';

/** Starts a server; names that it was not told of do not exist. */
export async function startDnsServer(names: Readonly<Record<string, DnsAnswer>>) {
  const socket = createSocket('udp4');
  socket.on('message', (query, peer) => {
    const { name, end, type } = readQuestion(query);
    const answer = names[name] ?? 'nxdomain';
    if (answer !== 'silent')
      socket.send(respond(query.subarray(0, end), type, answer), peer.port, peer.address);
  });
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  return {
    address: `127.0.0.1:${socket.address().port}`,
    close: async () => {
      socket.close();
      await once(socket, 'close');
    },
  };
}

function readQuestion(query: Buffer) {
  const labels: string[] = [];
  let offset = 12;
  for (let size = query[offset] ?? 0; size > 0; size = query[offset] ?? 0) {
    labels.push(query.toString('ascii', offset + 1, offset + 1 + size));
    offset += 1 + size;
  }
  return {
    name: labels.join('.').toLowerCase(),
    type: query.readUInt16BE(offset + 1),
    end: offset + 5,
  };
}

function respond(question: Buffer, type: number, answer: Exclude<DnsAnswer, 'silent'>): Buffer {
  const code = answer === 'nxdomain' ? 3 : answer === 'servfail' ? 2 : 0;
  const addresses = Array.isArray(answer) ? (answer as readonly string[]) : [];
  const records = type === 1 ? addresses.filter((address) => !address.includes(':')) : [];
  const head = Buffer.from(question);
  head.writeUInt16BE(0x8180 | code, 2);
  head.writeUInt16BE(records.length, 6);
  head.writeUInt32BE(0, 8);
  const encoded = records.map((address) =>
    Buffer.from([0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, ...address.split('.').map(Number)]),
  );
  return Buffer.concat([head, ...encoded]);
}
