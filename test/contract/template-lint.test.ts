// What cfn-lint says of the packaged template: nothing. checkov, which is larger than all else, judges it in test/deployed.
import { goldenFile } from '../../scripts/golden.ts';
import { runPythonTool } from '../support/python-tool.ts';

it('cfn-lint finds nothing', async () => {
  const { code, output } = await runPythonTool('requirements.txt', ['cfn-lint', goldenFile]);
  expect([output.trim(), code]).toEqual(['', 0]);
}, 600_000);
