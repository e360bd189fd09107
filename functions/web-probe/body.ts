// The body of an answer: read to its end, decompressed if asked, never longer than allowed. It is handed on in parts: a
// large one costs no more memory than a small one.
import type { IncomingMessage } from 'node:http';
import { pipeline, Readable } from 'node:stream';
import {
  codeOf,
  type Failure,
  failure,
  type HttpOptions,
  messageOf,
  type ProbeEnvironment,
  raceDeadline,
} from '@fargaze/core/internal';
import type { Answered } from './hop.ts';

/** What became of a body. */
export type Body = {
  /** Bytes that came, after decompression. */
  readonly length: number;
  /** Why they are not all; undefined when they are. */
  readonly fault?: Failure;
};

/** What reading needs. */
export type BodyReading = {
  readonly options: HttpOptions;
  readonly env: ProbeEnvironment;
  /** Takes each part as it comes; what it throws ends the reading. */
  readonly take: (part: Buffer) => Promise<void>;
};

/** Reads the body. Only the option decides about decompression, whatever the answer's headers say. */
export async function readBody(hop: Answered, reading: BodyReading): Promise<Body> {
  const { bodySizeLimit, compression } = reading.options;
  const count = { length: 0 };
  try {
    const source = openBody(hop, compression);
    const tooLong = await raceDeadline(collect(source, count, reading), reading.env.deadline);
    if (!tooLong) return { ...count, ...findBreak(hop) };
    const detail = `body longer than ${bodySizeLimit} bytes`;
    return { ...count, fault: failure('transfer', 'size_limit', detail) };
  } catch (error) {
    if (isDecodeError(error)) {
      const detail = `body is not ${compression}: ${messageOf(error)}`;
      return { ...count, fault: failure('transfer', 'decode', detail) };
    }
    return { ...count, fault: hop.explainEnd(error) };
  } finally {
    hop.close();
  }
}

function openBody(
  { response }: Answered,
  compression: HttpOptions['compression'],
): AsyncIterable<Buffer> {
  // After a switch of protocols there is a connection, and no body.
  if (response.statusCode === 101) return Readable.from([]);
  if (compression === undefined || compression === 'identity') return response;
  return decode(response, compression);
}

async function* decode(
  response: IncomingMessage,
  compression: 'gzip' | 'br' | 'deflate',
): AsyncGenerator<Buffer> {
  const zlib = process.getBuiltinModule('node:zlib');
  const decoder = {
    gzip: zlib.createGunzip,
    br: zlib.createBrotliDecompress,
    // Go's deflate, and so blackbox_exporter's, has no zlib header.
    deflate: zlib.createInflateRaw,
  }[compression]();
  let received = 0;
  const counted = async function* (source: AsyncIterable<Buffer>) {
    for await (const chunk of source) {
      received += chunk.length;
      yield chunk;
    }
  };
  // Errors of either stream surface when the result is read.
  yield* pipeline(response, counted, decoder, () => undefined) as unknown as Readable;
  if (compression === 'deflate' || decoder.bytesWritten >= received) return;
  const rest = received - decoder.bytesWritten;
  throw Object.assign(new Error(`${rest} bytes behind its end`), { code: 'Z_DATA_ERROR' });
}

/** A body that only the end of the connection ends has broken off when that was an error. */
function findBreak({ endedBy, explainEnd, response }: Answered): { fault?: Failure } {
  const { headers } = response;
  const framed = headers['content-length'] ?? headers['transfer-encoding'];
  const error = framed === undefined ? endedBy() : undefined;
  return error === undefined ? {} : { fault: explainEnd(error) };
}

/** Whether the body is longer than allowed; what is too much is neither counted nor handed on. */
async function collect(
  source: AsyncIterable<Buffer>,
  count: { length: number },
  { options, take }: BodyReading,
): Promise<boolean> {
  for await (const chunk of source) {
    const part = chunk.subarray(0, options.bodySizeLimit - count.length);
    count.length += part.length;
    await take(part);
    if (part.length < chunk.length) return true;
  }
  return false;
}

function isDecodeError(error: unknown): boolean {
  const code = codeOf(error) ?? '';
  return code.startsWith('Z_') || code.startsWith('ERR_BROTLI') || code.startsWith('ERR__ERROR_');
}
