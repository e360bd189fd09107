// `npm run preflight [-- --param=… --stage=… --deployed=FILE]`: packages offline with those options and reports on the template.
// FILE is what `aws cloudformation get-template` or describe-stacks wrote, or a template.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import type { Stack } from '../infra/template/stack.ts';
import { type Item, isItem, type Template } from '../infra/template/template.ts';
import { writeLine } from '../layers/core/src/log.ts';
import { packagedFile } from './golden.ts';
import { reportPreflight } from './preflight.ts';

const option = '--deployed=';

function main(): number {
  const given = process.argv.slice(2);
  const [deployed] = given.filter((text) => text.startsWith(option));
  const before = deployed === undefined ? undefined : readStack(deployed.slice(option.length));
  const rest = given.filter((text) => !text.startsWith(option));
  const { error, status, stderr, stdout } = spawnSync(
    process.execPath,
    ['scripts/run.mjs', 'scripts/package.ts', ...rest],
    { encoding: 'utf8' },
  );
  if (error !== undefined) throw error;
  if (status !== 0) {
    process.stderr.write(`${stdout}${stderr}`);
    return 1;
  }
  const told = stderr.split('\n').filter((line) => line.startsWith('Not watched'));
  const report = reportPreflight(JSON.parse(readFileSync(packagedFile, 'utf8')), before);
  writeLine([...told, report.text].join('\n\n'));
  return report.sound ? 0 : 1;
}

/** @throws Error when the file is not there or is no template. */
function readStack(file: string): Stack {
  const read: unknown = JSON.parse(readFileSync(file, 'utf8'));
  const body = isItem(read) && read.TemplateBody !== undefined ? read.TemplateBody : read;
  const template: unknown = typeof body === 'string' ? JSON.parse(body) : body;
  if (!isItem(template) || !isItem(template.Resources)) {
    throw new Error(`${file}: got no Resources, want a template of CloudFormation in JSON`);
  }
  const values =
    isItem(read) && isItem(read.Parameters) && read !== template ? read.Parameters : {};
  return { template: template as unknown as Template, values: toValues(values) };
}

function toValues(parameters: Item): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(parameters).map(([name, value]) => [name, String(value)]),
  );
}

try {
  process.exitCode = main();
} catch (error) {
  process.stderr.write(`${(error as Error).message}\n`);
  process.exitCode = 1;
}
