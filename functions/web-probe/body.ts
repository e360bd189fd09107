// The body of an answer: read to its end, decompressed if asked, never longer than allowed. It is handed on in parts: a
// large one costs no more memory than a small one.
import type { IncomingMessage } from 'node:http';
import { pipeline, type Readable } from 'node:stream';
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
export type Reading = {
  readonly options: HttpOptions;
  readonly env: ProbeEnvironment;
  /** Takes each part as it comes; what it throws ends the reading. */
  readonly take: (part: Buffer) => Promise<void>;
};

/** Reads the body. Only the option decides about decompression, whatever the answer's headers say. */
export async function readBody(hop: Answered, reading: Reading): Promise<Body> {
  const { bodySizeLimit, compression } = reading.options;
  const count = { length: 0 };
  try {
    const source = decode(hop.response, compression);
    const tooLong = await raceDeadline(collect(source, count, reading), reading.env.deadline);
    if (!tooLong) return count;
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

/** Whether the body is longer than allowed; what is too much is neither counted nor handed on. */
async function collect(
  source: Readable,
  count: { length: number },
  { options, take }: Reading,
): Promise<boolean> {
  for await (const chunk of source as AsyncIterable<Buffer>) {
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
