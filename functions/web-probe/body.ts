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
  /** What rules read; empty where there are none. */
  readonly bytes: Buffer;
  /** Bytes that came, after decompression. */
  readonly length: number;
  /** Why it is not complete; undefined when it is. */
  readonly fault?: Failure;
};

/** Bytes that are kept for rules at most, whatever body_size_limit allows: a function has little memory. */
const keptBytes = 10 * 1024 * 1024;

/** Reads the body. Only the option decides about decompression, whatever the answer's headers say. */
export async function readBody(
  hop: Answered,
  options: HttpOptions,
  deadline: Deadline,
): Promise<Body> {
  const { bodySizeLimit, compression } = options;
  const judged = options.failIfBodyMatches.length + options.failIfBodyNotMatches.length > 0;
  const limit = judged ? Math.min(bodySizeLimit, keptBytes) : bodySizeLimit;
  const collected = { length: 0, chunks: judged ? [] : undefined };
  const source = decode(hop.response, compression);
  const broken = (fault: Failure) => ({ bytes: none, length: collected.length, fault });
  try {
    const tooLong = await raceDeadline(collect(source, collected, limit), deadline);
    if (!tooLong) return { bytes: Buffer.concat(collected.chunks ?? []), length: collected.length };
    const why = limit < bodySizeLimit ? ', which is what rules on the body read at most' : '';
    return broken(failure('transfer', 'size_limit', `body longer than ${limit} bytes${why}`));
  } catch (error) {
    if (isDecodeError(error)) {
      const detail = `body is not ${compression}: ${messageOf(error)}`;
      return broken(failure('transfer', 'decode', detail));
    }
    return broken(hop.explainEnd(error));
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

const none = Buffer.alloc(0);

/** What has come; parts of it only where they are wanted. */
type Collected = { length: number; readonly chunks: Buffer[] | undefined };

/** Whether the body is longer than `limit`; what is longer is not counted. */
async function collect(source: Readable, to: Collected, limit: number): Promise<boolean> {
  for await (const chunk of source as AsyncIterable<Buffer>) {
    const part = chunk.subarray(0, limit - to.length);
    to.length += part.length;
    to.chunks?.push(part);
    if (part.length < chunk.length) return true;
  }
  return false;
}

function isDecodeError(error: unknown): boolean {
  const code = codeOf(error) ?? '';
  return code.startsWith('Z_') || code.startsWith('ERR_BROTLI') || code.startsWith('ERR__ERROR_');
}
