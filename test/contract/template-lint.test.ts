// What cfn-lint says of the packaged template: nothing. checkov, which is larger than all else, judges it in test/deployed.
import { resolve } from 'node:path';
import { functionGrants } from '../../infra/deployer/functions.ts';
import { networkGrants } from '../../infra/deployer/network.ts';
import { lasting, sometimes } from '../../infra/template/losses.ts';
import { runCommand } from '../../local/programs/command.ts';
import { goldenFile } from '../../scripts/golden.ts';
import { testPython } from '../support/moto.ts';
import { runPythonTool } from '../support/python-tool.ts';
import { resources } from '../support/template.ts';

it('cfn-lint finds nothing', async () => {
  const { code, output } = await runPythonTool('requirements.txt', ['cfn-lint', goldenFile]);
  expect([output.trim(), code]).toEqual(['', 0]);
}, 600_000);

it('what CloudFormation cannot change without a new resource is what its registry says', async () => {
  const script = resolve('test/support/python/create_only.py');
  const types = Object.keys(lasting);
  const { code, output } = await runCommand(await testPython(), [script, ...types]);
  expect([code, JSON.parse(output)]).toEqual([0, lasting]);
  const all = Object.fromEntries(types.map((type) => [type, sometimes[type] ?? []]));
  const asked = await runCommand(await testPython(), [script, '--conditional', ...types]);
  expect([asked.code, JSON.parse(asked.output)]).toEqual([0, all]);
}, 600_000);

it('whoever deploys may tag whatever the tags of the stack go to', async () => {
  const types = [...new Set(resources.map(({ type }) => type))];
  const script = resolve('test/support/python/taggable.py');
  const { code, output } = await runCommand(await testPython(), [script, ...types]);
  const taggable: readonly string[] = JSON.parse(output);
  expect([code, taggable.length > 15]).toEqual([0, true]);
  const grants = [...networkGrants, ...functionGrants];
  const tagging = new Set(
    grants.filter(({ calls }) => calls.some(isTagging)).map(({ type }) => type),
  );
  // One call of EC2 tags all that it makes.
  expect(tagging).toContain('AWS::EC2::VPC');
  const others = taggable.filter((type) => !type.startsWith('AWS::EC2::'));
  expect(others.filter((type) => !tagging.has(type))).toEqual([]);
}, 600_000);

function isTagging(call: string): boolean {
  return /:(?:Add|Create|Put)?(?:Bucket)?(?:Tag|Tags|Tagging|TagResource|TagRole|TagPolicy|TagQueue)$/.test(
    call,
  );
}
