// What checkov says of the packaged template: nothing, or nothing without a reason beside the resource. And what AWS's list of
// calls says of the policies of whoever deploys it.
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { deployerPolicies } from '../../infra/deployer/policy.ts';
import { goldenFile } from '../../scripts/golden.ts';
import { runPythonTool } from '../support/python-tool.ts';

describe('checkov', () => {
  type Check = {
    readonly check_id: string;
    readonly resource: string;
    readonly check_result: { readonly suppress_comment?: string };
  };
  let results: {
    readonly passed_checks: readonly Check[];
    readonly failed_checks: readonly Check[];
    readonly skipped_checks: readonly Check[];
    readonly parsing_errors: readonly string[];
  };
  beforeAll(async () => {
    const { output } = await runPythonTool('deployed.txt', [
      'checkov',
      ...['--file', goldenFile, '--framework', 'cloudformation'],
      ...['--output', 'json', '--skip-download'],
    ]);
    results = JSON.parse(output.slice(output.indexOf('{'))).results;
  }, 900_000);

  it('finds nothing', () => {
    const name = ({ check_id, resource }: Check) => `${check_id} ${resource}`;
    expect(results.failed_checks.map(name)).toEqual([]);
    expect(results.parsing_errors).toEqual([]);
    expect(results.passed_checks.length).toBeGreaterThan(200);
  });

  it('leaves out only what has its reason beside the resource', () => {
    const skips = [
      ...readFileSync(goldenFile, 'utf8').matchAll(/"id": "(CKV_\w+)",\s+"comment": "(.{20,})"/g),
    ];
    const reasons = new Map(skips.map(([, id = '', comment = '']) => [id, comment]));
    expect(results.skipped_checks.length).toBeGreaterThan(10);
    for (const { check_id, check_result } of results.skipped_checks) {
      expect([check_id, reasons.has(check_id)]).toEqual([check_id, true]);
      expect(check_result.suppress_comment?.length).toBeGreaterThan(20);
    }
  });
});

it('every call of the deployer is one that AWS knows, on things that it knows it for', async () => {
  const files = Object.keys(deployerPolicies).map((name) => `infra/${name}`);
  const script = resolve('test/support/python/iam_calls.py');
  expect(await runPythonTool('deployed.txt', ['python', script, ...files])).toMatchObject({
    code: 0,
    output: '',
  });
}, 900_000);
