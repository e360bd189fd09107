// `npm run preflight [-- --param=… --stage=… --deployed FILE]`: packages offline with those options and reports on the template.
// FILE is what `aws cloudformation get-template` wrote, or a template.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { UsageError } from '../cli/command/command.ts';
import { writeLine } from '../layers/core/src/log.ts';
import { runScript } from './command-line.ts';
import { readDeployedFile } from './deployed-file.ts';
import { packagedFile } from './golden.ts';
import { reportPreflight } from './preflight.ts';

const text =
  'npm run preflight [-- [--deployed FILE] [--stage NAME] [--region NAME] [--param NAME=VALUE]…]';

void runScript({ text, options: ['deployed', 'stage', 'region', 'param'] }, (given) => {
  const { file, rest } = partDeployed(given);
  const before = file === undefined ? undefined : readDeployedFile(file);
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
});

/** The file of `--deployed`, with a space or `=`, and the options that are the framework's. */
function partDeployed(given: readonly string[]) {
  const rest: string[] = [];
  const files: (string | undefined)[] = [];
  const left = [...given];
  for (let next = left.shift(); next !== undefined; next = left.shift()) {
    const [, value] = /^--deployed(?:=(.*))?$/s.exec(next) ?? [undefined, undefined];
    if (!/^--deployed(?:=|$)/.test(next)) rest.push(next);
    else files.push(value ?? left.shift());
  }
  const [file, second] = files;
  if (second !== undefined) throw new UsageError('--deployed: got two files, want one');
  if (files.length > 0 && (file === undefined || file === '' || file.startsWith('--'))) {
    throw new UsageError(`--deployed: got ${file || 'nothing'}, want a file`);
  }
  return { file, rest };
}
