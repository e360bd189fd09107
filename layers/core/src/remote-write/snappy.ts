// Snappy's block format (github.com/google/snappy/blob/main/format_description.txt): compression alone, greedy,
// with a table of 4-byte sequences. Good where text repeats, which series do.

const tableBits = 14;
const minMatch = 4;
/** Blocks refer back within themselves only, so that offsets fit into two bytes. */
const blockSize = 65_536;

/** `input` as one snappy block. */
export function compressSnappy(input: Buffer): Buffer {
  const output = Buffer.allocUnsafe(32 + input.length + Math.ceil(input.length / 6));
  let size = writeLength(output, input.length);
  for (let start = 0; start < input.length; start += blockSize) {
    size = compressBlock(input.subarray(start, start + blockSize), output, size);
  }
  return Buffer.from(output.subarray(0, size));
}

function writeLength(output: Buffer, length: number): number {
  let at = 0;
  let rest = length;
  for (; rest > 127; rest >>>= 7) output[at++] = (rest & 127) | 128;
  output[at++] = rest;
  return at;
}

function compressBlock(block: Buffer, output: Buffer, start: number): number {
  const table = new Uint16Array(1 << tableBits);
  let size = start;
  let literal = 0;
  let at = 1;
  // Every 32 misses in a row the step grows: what does not repeat is soon passed over.
  let misses = 32;
  while (at + minMatch <= block.length) {
    const sequence = block.readUInt32LE(at);
    const slot = Math.imul(sequence, 0x1e35a7bd) >>> (32 - tableBits);
    const candidate = table[slot] ?? 0;
    table[slot] = at;
    if (block.readUInt32LE(candidate) !== sequence || candidate >= at) {
      at += misses++ >>> 5;
      continue;
    }
    misses = 32;
    size = writeLiteral(output, size, block.subarray(literal, at));
    let length = minMatch;
    while (at + length < block.length && block[candidate + length] === block[at + length]) length++;
    size = writeCopies(output, size, { offset: at - candidate, length });
    at += length;
    literal = at;
  }
  return writeLiteral(output, size, block.subarray(literal));
}

function writeLiteral(output: Buffer, start: number, bytes: Buffer): number {
  if (bytes.length === 0) return start;
  let size = start;
  const length = bytes.length - 1;
  if (length < 60) {
    output[size++] = length << 2;
  } else if (length < 256) {
    output[size++] = 60 << 2;
    output[size++] = length;
  } else {
    output[size++] = 61 << 2;
    output[size++] = length & 255;
    output[size++] = length >>> 8;
  }
  output.set(bytes, size);
  return size + bytes.length;
}

/** Copies of 1 to 64 bytes with a two-byte offset. */
function writeCopies(
  output: Buffer,
  start: number,
  { length, offset }: { readonly length: number; readonly offset: number },
): number {
  let size = start;
  for (let rest = length; rest > 0; ) {
    const part = Math.min(64, rest);
    output[size++] = ((part - 1) << 2) | 2;
    output[size++] = offset & 255;
    output[size++] = offset >>> 8;
    rest -= part;
  }
  return size;
}
