// The body of an answer: read to its end, decompressed if asked, never longer than allowed.
import type { IncomingMessage } from 'node:http';
import { pipeline, type Readable } from 'node:stream';
import {
  codeOf,
  type Deadline,
  type Failure,
  failure,
  type HttpOptions,
  messageOf,
  raceDeadline,
} from '@fargaze/core/internal';
import type { Answered } from './hop.ts';

/** A body, complete or as far as it came. */
export type Body = {
  readonly bytes: Buffer;
  /** Why it is not complete; undefined when it is. */
  readonly fault?: Failure;
};

/** Reads the body. Only the option decides about decompression, whatever the answer's headers say. */
export async function readBody(
  hop: Answered,
  options: HttpOptions,
  deadline: Deadline,
): Promise<Body> {
  const chunks: Buffer[] = [];
  const { compression } = options;
  const source = decode(hop.response, compression);
  try {
    const tooLong = await raceDeadline(collect(source, chunks, options.bodySizeLimit), deadline);
    const bytes = Buffer.concat(chunks);
    if (!tooLong) return { bytes };
    const detail = `body longer than ${options.bodySizeLimit} bytes`;
    return { bytes, fault: failure('transfer', 'size_limit', detail) };
  } catch (error) {
    const bytes = Buffer.concat(chunks);
    if (isDecodeError(error)) {
      const detail = `body is not ${compression}: ${messageOf(error)}`;
      return { bytes, fault: failure('transfer', 'decode', detail) };
    }
    return { bytes, fault: hop.explainEnd(error) };
  } finally {
    hop.close();
  }
}

function decode(response: IncomingMessage, compression: HttpOptions['compression']): Readable {
  if (compression === undefined || compression === 'identity') return response;
  const zlib = process.getBuiltinModule('node:zlib');
  const decoder = {
    gzip: zlib.createGunzip,
    br: zlib.createBrotliDecompress,
    // Go's deflate, and so blackbox_exporter's, has no zlib header.
    deflate: zlib.createInflateRaw,
  }[compression]();
  // Errors of either stream surface when the result is read.
  return pipeline(response, decoder, () => undefined) as unknown as Readable;
}

/** Whether the body is longer than `limit`; at most `limit` bytes are kept. */
async function collect(source: Readable, chunks: Buffer[], limit: number): Promise<boolean> {
  let room = limit;
  for await (const chunk of source as AsyncIterable<Buffer>) {
    chunks.push(chunk.subarray(0, room));
    if (chunk.length > room) return true;
    room -= chunk.length;
  }
  return false;
}

function isDecodeError(error: unknown): boolean {
  const code = codeOf(error) ?? '';
  return code.startsWith('Z_') || code.startsWith('ERR_BROTLI') || code.startsWith('ERR__ERROR_');
}
