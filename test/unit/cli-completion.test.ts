// Completion as the shells do it. Where zsh or fish is on PATH it is asked itself; elsewhere the script is held against what they
// want, and that of zsh is read by bash, whose quotes are the same.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { commands } from '../../cli/commands.ts';
import { renderCompletion, type Shell } from '../../cli/completion/scripts.ts';
import { runCommand } from '../../local/programs/command.ts';
import { runCli } from '../support/run-cli.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'fargaze-completion-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** The script of a shell in a file. */
function write(shell: Shell): string {
  const script = join(folder, shell);
  writeFileSync(script, renderCompletion(shell, commands));
  return script;
}

const isThere = async (shell: string) =>
  (await runCommand('bash', ['-c', `command -v ${shell}`])).code === 0;

it('bash completes commands, their options, shells and files', async () => {
  const script = write('bash');
  const complete = async (words: string, at: number) => {
    const line = `source ${script}; COMP_WORDS=(fargaze ${words}); COMP_CWORD=${at}; _fargaze; IFS=+; echo "\${COMPREPLY[*]}"`;
    return (await runCommand('bash', ['-c', line])).output;
  };
  expect(await complete('p', 1)).toBe('probe+project+preflight\n');
  expect(await complete('probe --m', 2)).toBe('--module+--metrics\n');
  expect(await complete('completion ""', 2)).toBe('bash+zsh+fish\n');
  expect(await complete('help co', 2)).toBe('cost+completion\n');
  writeFileSync(join(folder, 'mine.yml'), '');
  const file = join(folder, 'mine');
  expect(await complete(`check --config = ${file}`, 4)).toBe(`${file}.yml\n`);
  expect(await complete(`probe --quiet -c ${file}`, 4)).toBe(`${file}.yml\n`);
  expect(await complete(`probe --module ${file}`, 3)).toBe('\n');
  writeFileSync(join(folder, 'of é s.yml'), '');
  expect(await complete(`check ${join(folder, 'of')}`, 2)).toBe(`${folder}/of é s.yml\n`);
});

it('zsh is given every command, both forms of an option, and more than one --target', async () => {
  const script = write('zsh');
  const text = renderCompletion('zsh', commands);
  for (const { name, summary } of commands) expect(text).toContain(`'${name}:${summary}'`);
  expect(text).toContain("'*--target=[");
  expect(text).toContain("'(-c --config)-c[");
  expect(text).toContain("'(-c --config)--config=[");
  expect(text).toMatch(/^#compdef fargaze\n/);
  const shell = (await isThere('zsh')) ? 'zsh' : 'bash';
  expect(await runCommand(shell, ['-n', script])).toEqual({ code: 0, output: '' });
});

it('fish is given every command and option, and completes them where it is there', async () => {
  const script = write('fish');
  const lines = renderCompletion('fish', commands).split('\n').slice(1);
  for (const { name, options } of commands) {
    expect(lines).toContainEqual(expect.stringContaining(`-f -a ${name} -d '`));
    for (const option of Object.keys(options))
      expect(lines).toContainEqual(
        expect.stringMatching(new RegExp(`seen_subcommand_from ${name}' -l ${option}( |$)`)),
      );
  }
  // Each is one command with closed quotes.
  for (const line of lines)
    expect(line).toMatch(/^complete -c fargaze (?:'(?:[^'\\]|'\\'')*'|[^'])+$/);
  if (!(await isThere('fish'))) return;
  const complete = async (line: string) =>
    (
      await runCommand('fish', ['--no-config', '-c', `source ${script}; complete -C '${line}'`])
    ).output
      .split('\n')
      .map((row) => row.split('\t')[0]);
  expect(await complete('fargaze pr')).toEqual(['preflight', 'probe', 'project', '']);
  expect(await complete('fargaze probe --m')).toEqual(['--metrics', '--module', '']);
  expect(await complete('fargaze completion ')).toEqual(['bash', 'fish', 'zsh', '']);
});

it('a shell that is nearly one of them is answered with it', async () => {
  expect(await runCli(['completion', 'bsh'])).toMatchObject({
    code: 2,
    err: expect.stringContaining('did you mean "bash"'),
  });
});
