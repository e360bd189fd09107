// That every lock file can be installed, wheels only and each by its hash, by the oldest and the newest Python that a machine
// may have, on each machine that is supported.
import { resolve } from 'node:path';
import { preparePython } from '../../local/programs/python.ts';
import { lockFiles, lockMachines, lockPythons, resolveLock } from '../../scripts/python-locks.ts';

const cases = lockFiles.flatMap((file) => lockPythons.map((version) => ({ file, version })));

it.each(cases)('$file is whole for Python $version', async ({ file, version }) => {
  const requirements = resolve('test/support/python/deployed.txt');
  const { python } = await preparePython({ requirements, report: () => undefined });
  for (const machine of lockMachines) {
    const { code, output } = await resolveLock({ file, version, machine, python });
    expect([machine, output, code]).toEqual([machine, expect.stringContaining('Would'), 0]);
  }
});
