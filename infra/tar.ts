// Writes tar archives (POSIX ustar) that depend only on names and contents: sorted, without times, owned by root.
// Refuses names that do not fit the format's 100 bytes.

/** A regular file of an archive. */
export type TarFile = { readonly path: string; readonly content: Uint8Array };

const block = 512;

/**
 * An archive of `files` and the directories above them.
 * @throws RangeError for a path of more than 100 bytes, an absolute one and one that leads out.
 */
export function writeTar(files: readonly TarFile[]): Buffer {
  const sorted = files.toSorted((a, b) => (a.path < b.path ? -1 : 1));
  const directories = [...new Set(sorted.flatMap(({ path }) => parentsOf(path)))].sort();
  return Buffer.concat([
    ...directories.map((path) => header({ path: `${path}/`, size: 0, mode: 0o755, type: '5' })),
    ...sorted.flatMap(({ path, content }) => [
      header({ path, size: content.length, mode: 0o644, type: '0' }),
      content,
      Buffer.alloc((block - (content.length % block)) % block),
    ]),
    Buffer.alloc(2 * block),
  ]);
}

function parentsOf(path: string): string[] {
  const parts = path.split('/').slice(0, -1);
  return parts.map((_, index) => parts.slice(0, index + 1).join('/'));
}

type Entry = {
  readonly path: string;
  readonly size: number;
  readonly mode: number;
  readonly type: '0' | '5';
};

// https://pubs.opengroup.org/onlinepubs/9799919799/utilities/pax.html (ustar Interchange Format)
function header({ path, size, mode, type }: Entry): Buffer {
  const length = Buffer.byteLength(path);
  if (length > 100 || path.startsWith('/') || path.split('/').includes('..')) {
    throw new RangeError(`got path ${path} (${length} bytes), want a relative one of 100 bytes`);
  }
  const bytes = Buffer.alloc(block);
  bytes.write(path, 0);
  writeOctal(bytes, { at: 100, digits: 7, value: mode });
  writeOctal(bytes, { at: 108, digits: 7, value: 0 });
  writeOctal(bytes, { at: 116, digits: 7, value: 0 });
  writeOctal(bytes, { at: 124, digits: 11, value: size });
  writeOctal(bytes, { at: 136, digits: 11, value: 0 });
  bytes.fill(' ', 148, 156);
  bytes.write(type, 156);
  bytes.write('ustar\0', 257);
  bytes.write('00', 263);
  const checksum = bytes.reduce((sum, byte) => sum + byte, 0);
  writeOctal(bytes, { at: 148, digits: 6, value: checksum });
  bytes[154] = 0;
  return bytes;
}

function writeOctal(
  bytes: Buffer,
  { at, digits, value }: { readonly at: number; readonly digits: number; readonly value: number },
): void {
  bytes.write(value.toString(8).padStart(digits, '0'), at);
}
