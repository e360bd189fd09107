// Snappy's block format (github.com/google/snappy/blob/main/format_description.txt): compression only, greedy,
// with a table of 4-byte sequences. Good where text repeats, which series do.

const tableBits = 14;
const minMatch = 4;
/** Blocks refer back within themselves only, so that offsets fit into two bytes. */
const blockSize = 65_536;
/** Bytes at a block's end that are not searched: sequences are read four bytes at a time. */
const margin = 8;
/** Below this a loop copies faster than a call. */
const shortCopy = 48;

/** Positions of sequences within the block, by hash. One for all: compression never yields. */
const table = new Uint16Array(1 << tableBits);

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

function slotOf(sequence: number): number {
  return Math.imul(sequence, 0x1e35a7bd) >>> (32 - tableBits);
}

function compressBlock(block: Buffer, output: Buffer, start: number): number {
  const view = new DataView(block.buffer, block.byteOffset, block.length);
  const end = block.length - margin;
  table.fill(0);
  let size = start;
  let literal = 0;
  let at = 1;
  // Every 32 misses in a row the step grows: what does not repeat is soon passed over.
  let misses = 32;
  while (at < end) {
    const sequence = view.getUint32(at, true);
    const slot = slotOf(sequence);
    const candidate = table[slot] as number;
    table[slot] = at;
    if (view.getUint32(candidate, true) !== sequence || candidate >= at) {
      at += misses++ >>> 5;
      continue;
    }
    misses = 32;
    size = writeLiteral(output, size, { block, from: literal, to: at });
    const length = matchLength(view, candidate, at);
    size = writeCopies(output, size, { offset: at - candidate, length });
    at += length;
    literal = at;
    // What the match ended with is where the next one of its kind is looked for.
    if (at < end) table[slotOf(view.getUint32(at - 1, true))] = at - 1;
  }
  return writeLiteral(output, size, { block, from: literal, to: block.length });
}

/** Equal bytes from `candidate` and from `at`, the first four of which are known to be equal. */
function matchLength(view: DataView, candidate: number, at: number): number {
  const end = view.byteLength;
  const distance = at - candidate;
  let next = at + minMatch;
  while (next + 4 <= end && view.getUint32(next - distance, true) === view.getUint32(next, true)) {
    next += 4;
  }
  while (next < end && view.getUint8(next - distance) === view.getUint8(next)) next += 1;
  return next - at;
}

type Literal = { readonly block: Buffer; readonly from: number; readonly to: number };

function writeLiteral(output: Buffer, start: number, { block, from, to }: Literal): number {
  if (from === to) return start;
  let size = start;
  const length = to - from - 1;
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
  if (length < shortCopy) {
    for (let at = from; at < to; at++) output[size++] = block[at] as number;
    return size;
  }
  output.set(block.subarray(from, to), size);
  return size + to - from;
}

type Copy = { readonly length: number; readonly offset: number };

/** Copies of 1 to 64 bytes with a two-byte offset, or of 4 to 11 bytes from near with one byte less. */
function writeCopies(output: Buffer, start: number, { length, offset }: Copy): number {
  let size = start;
  let rest = length;
  while (rest > 11 || (rest > 0 && offset >= 2048)) {
    // What is left must be 4 bytes at least, or nothing, to end with the short form.
    const part = rest > 64 && rest < 68 ? 60 : Math.min(64, rest);
    output[size++] = ((part - 1) << 2) | 2;
    output[size++] = offset & 255;
    output[size++] = offset >>> 8;
    rest -= part;
  }
  if (rest > 0) {
    output[size++] = ((offset >>> 8) << 5) | ((rest - minMatch) << 2) | 1;
    output[size++] = offset & 255;
  }
  return size;
}
