// Where the cache is, and folders that no file system wants to make.
import { existsSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { cacheDir } from '../../local/programs/cache.ts';
import { makeDirectories } from '../../local/programs/directories.ts';
import { openRunFolder } from '../../local/system/run-folder.ts';

const directory = mkdtempSync(join(tmpdir(), 'fargaze-cache-'));
const environment = { ...process.env };
afterEach(() => {
  process.env = { ...environment };
});
afterAll(() => rmSync(directory, { recursive: true }));

it('folders are made with those above them, and once more is no error', () => {
  const path = join(directory, 'a/b/c');
  makeDirectories(path);
  makeDirectories(path);
  expect(existsSync(path)).toBe(true);
});

it('a link to nothing is an error of the file system', () => {
  symlinkSync(join(directory, 'nowhere'), join(directory, 'link'));
  expect(() => makeDirectories(join(directory, 'link/cache'))).toThrow(/ENOENT/);
});

// Linux answers ENOENT in /proc; other systems have no such folder and let nobody make it.
it('a file system that makes no folders ends the start instead of stopping it for ever', async () => {
  process.env.XDG_CACHE_HOME = '/proc/fargaze-nowhere';
  expect(cacheDir).toThrow('the cache /proc/fargaze-nowhere/fargaze cannot be written (E');
  const opening = openRunFolder('/proc/fargaze-nowhere/stack', () => undefined);
  await expect(opening).rejects.toThrow('/proc/fargaze-nowhere/stack cannot be written (E');
});

it('a relative XDG_CACHE_HOME counts as none: programs start in folders of their own', () => {
  process.env.XDG_CACHE_HOME = 'relative/cache';
  expect(cacheDir()).toBe(join(homedir(), '.cache/fargaze'));
});
