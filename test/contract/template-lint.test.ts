// What cfn-lint says of the packaged template: nothing. checkov, which is larger than all else, judges it in test/deployed.
import { resolve } from 'node:path';
import { lasting } from '../../infra/template/losses.ts';
import { runCommand } from '../../local/programs/command.ts';
import { goldenFile } from '../../scripts/golden.ts';
import { testPython } from '../support/moto.ts';
import { runPythonTool } from '../support/python-tool.ts';

it('cfn-lint finds nothing', async () => {
  const { code, output } = await runPythonTool('requirements.txt', ['cfn-lint', goldenFile]);
  expect([output.trim(), code]).toEqual(['', 0]);
}, 600_000);

it('what CloudFormation cannot change without a new resource is what its registry says', async () => {
  const script = resolve('test/support/python/create_only.py');
  const { code, output } = await runCommand(await testPython(), [script, ...Object.keys(lasting)]);
  expect([code, JSON.parse(output)]).toEqual([0, lasting]);
}, 600_000);
