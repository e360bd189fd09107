// A real busybox: what the init containers run on.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fetchPackages, unpackedDir } from './debian.ts';
import type { Report } from './find.ts';

/** The path of busybox, unpacked from Debian's package into the cache where there is none. @throws Error when it cannot be had. */
export async function findBusybox(report: Report): Promise<string> {
  const places = [
    '/bin/busybox',
    '/usr/bin/busybox',
    ...['bin', 'usr/bin'].map((directory) => join(unpackedDir(), directory, 'busybox')),
  ];
  if (!places.some(existsSync)) await fetchPackages(['busybox'], report);
  const program = places.find(existsSync);
  if (program === undefined) throw new Error(`no busybox at ${places.join(', ')}`);
  return program;
}
