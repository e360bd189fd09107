// The folder of one command's bundles: it goes with the process, however that ends, and temporary files are made in it.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const root = mkdtempSync(join(tmpdir(), 'fargaze-own-build-'));
afterAll(() => rmSync(root, { recursive: true }));

/** What a process that builds in `root` prints, and how it ended. */
function build(then: string) {
  const program = `
    const { existsSync, mkdirSync } = require('node:fs');
    const { tmpdir } = require('node:os');
    const { bundleFolder, useOwnTemporary } = require(${JSON.stringify(resolve('scripts/own-build.cjs'))});
    const root = ${JSON.stringify(root)};
    const folder = require('node:path').join(root, bundleFolder(root));
    mkdirSync(folder, { recursive: true });
    console.log(folder);
    ${then}`;
  const { signal, stderr, stdout } = spawnSync(process.execPath, ['-e', program], {
    encoding: 'utf8',
    env: { ...process.env, TMPDIR: tmpdir(), FARGAZE_BUNDLE_DIR: '' },
  });
  const [folder = '', ...rest] = stdout.trim().split('\n');
  return { signal, stderr, folder, rest };
}

const wait = 'setInterval(() => {}, 1000);';

describe('bundleFolder', () => {
  it.each(['SIGINT', 'SIGTERM', 'SIGHUP'])('goes at %s, which still ends the process', (name) => {
    const { signal, stderr, folder } = build(`${wait} process.kill(process.pid, '${name}')`);
    expect([signal, stderr, existsSync(folder)]).toEqual([name, '', false]);
  });

  it('leaves the end to others who listen, and then goes', () => {
    const { signal, folder, rest } = build(`${wait}
      process.on('SIGINT', () => setImmediate(() => { console.log(existsSync(folder)); process.exit() }));
      process.kill(process.pid, 'SIGINT')`);
    expect([signal, rest, existsSync(folder)]).toEqual([null, ['true'], false]);
  });

  it('of a killed process goes with the next one', () => {
    const killed = build(`${wait} process.kill(process.pid, 'SIGKILL')`);
    expect([killed.signal, existsSync(killed.folder)]).toEqual(['SIGKILL', true]);
    const own = join(root, '.build/bundles', String(process.pid));
    mkdirSync(own);
    expect(build('').stderr).toBe('');
    expect([existsSync(killed.folder), existsSync(own)]).toEqual([false, true]);
  });
});

describe('useOwnTemporary', () => {
  it('has temporary files made in that folder, until it is undone', () => {
    const { folder, rest } = build(`const restore = useOwnTemporary(root);
      console.log(tmpdir(), existsSync(tmpdir())); restore(); console.log(tmpdir())`);
    expect(rest).toEqual([`${join(folder, 'temporary')} true`, tmpdir()]);
  });
});
