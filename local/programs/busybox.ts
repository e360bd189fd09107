// A real busybox: what the init containers run on.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fetchPackages, hasApt, unpackedDir } from './debian.ts';
import { MissingProgramError, type Report } from './program.ts';

/**
 * The path of busybox, unpacked from Debian's package into the cache where there is none.
 * @throws MissingProgramError where there is none and none can be fetched.
 */
export async function findBusybox(report: Report): Promise<string> {
  const places = [
    '/bin/busybox',
    '/usr/bin/busybox',
    ...['bin', 'usr/bin'].map((directory) => join(unpackedDir(), directory, 'busybox')),
  ];
  const present = places.find(existsSync);
  if (present !== undefined) return present;
  if (hasApt()) await fetchPackages(['busybox'], { report, why: 'init containers run on it' });
  const program = places.find(existsSync);
  if (program === undefined) throw new MissingProgramError(`no busybox at ${places.join(', ')}`);
  return program;
}
