// One call of the gRPC health protocol (github.com/grpc/grpc/blob/master/doc/health-checking.md) over HTTP/2. Only what this one
// call needs of protobuf and gRPC.
import type { Socket } from 'node:net';
import type { Clock } from '@fargaze/core/internal';
import { brokenOff, type OneSession, openSession } from '../exchange/session.ts';
import { type Fields, type HealthAnswer, readAnswer } from './answer.ts';

/** A call. */
export type HealthCall = {
  readonly socket: Socket;
  readonly authority: string;
  readonly secure: boolean;
  readonly service: string;
  readonly metadata: Readonly<Record<string, readonly string[]>>;
};

/** Bytes of an answer that are read: a health answer has two. */
const maxAnswerBytes = 64 * 1024;

/** What a call has to go by. */
export type CallEnvironment = { readonly signal: AbortSignal; readonly clock: Clock };

/** Makes the call over a connection of its own. Rejects with the connection's error. */
export function checkHealth(
  call: HealthCall,
  { clock, signal }: CallEnvironment,
): Promise<HealthAnswer> {
  const scheme = call.secure ? 'https' : 'http';
  const one = openSession(call.socket, `${scheme}://${call.authority}`, clock);
  return new Promise<HealthAnswer>((resolve, reject) => {
    one.session.on('error', (error) => reject(one.explain(error)));
    const giveUp = () => reject(one.explain(signal.reason));
    signal.addEventListener('abort', giveUp, { once: true });
    if (signal.aborted) giveUp();
    request(one, call).then(resolve, reject);
  }).finally(one.close);
}

function request(one: OneSession, call: HealthCall): Promise<HealthAnswer> {
  return new Promise((resolve, reject) => {
    const metadata = Object.entries(call.metadata).map(
      ([name, values]) => [name.toLowerCase(), [...values]] as const,
    );
    const stream = one.session.request({
      ...Object.fromEntries(metadata),
      ':method': 'POST',
      ':path': '/grpc.health.v1.Health/Check',
      'content-type': 'application/grpc',
      te: 'trailers',
      'user-agent': 'grpc-node-fargaze',
    });
    const chunks: Buffer[] = [];
    let size = 0;
    let fields: Fields = {};
    const add = (headers: Fields) => {
      fields = { ...fields, ...headers };
    };
    stream
      .on('response', add)
      .on('trailers', add)
      .on('error', (error) => reject(one.explain(error)));
    stream.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size > maxAnswerBytes)
        reject(protocolError(`answer longer than ${maxAnswerBytes} bytes`));
      else chunks.push(chunk);
    });
    const settle = () => {
      if (one.frames.ended) resolve(readAnswer(fields, Buffer.concat(chunks)));
    };
    stream
      .on('end', settle)
      .on('close', settle)
      .on('close', () => reject(one.explain(brokenOff())));
    stream.end(frame(call.service));
  });
}

/** The request message: field 1 is the service's name, and an empty one is left out. */
function frame(service: string): Buffer {
  const name = Buffer.from(service, 'utf8');
  const message =
    name.length === 0 ? name : Buffer.concat([Buffer.from([0x0a, ...varint(name.length)]), name]);
  const head = Buffer.alloc(5);
  head.writeUInt32BE(message.length, 1);
  return Buffer.concat([head, message]);
}

function varint(value: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  for (; rest > 127; rest >>>= 7) bytes.push((rest & 127) | 128);
  return [...bytes, rest];
}

function protocolError(message: string): Error {
  return Object.assign(new Error(message), { code: 'HPE_GRPC' });
}
