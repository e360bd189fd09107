// What cfn-lint and checkov say of the packaged template: nothing, or nothing without a reason beside the resource.
import { readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { runCommand } from '../../local/programs/command.ts';
import { preparePython } from '../../local/programs/python.ts';
import { goldenFile } from '../../scripts/golden.ts';

/** Runs a program of the Python environment that `requirements` pins. */
async function runTool(requirements: string, args: readonly string[]) {
  const { python } = await preparePython({
    requirements: resolve('test/support/python', requirements),
    report: () => undefined,
  });
  const [program = '', ...rest] = args;
  return runCommand(join(dirname(python), program), rest, {
    env: { AWS_DEFAULT_REGION: 'us-east-1' },
  });
}

it('cfn-lint finds nothing', async () => {
  const { code, output } = await runTool('requirements.txt', ['cfn-lint', goldenFile]);
  expect([output.trim(), code]).toEqual(['', 0]);
}, 600_000);

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
    const { output } = await runTool('checkov.txt', [
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
