// The repository's commands as people mistype them: one message that says what was seen and wanted, no stack trace, status 2
// for what was typed and 1 for what was found.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runCommand } from '../../local/programs/command.ts';

const folder = mkdtempSync(join(tmpdir(), 'fargaze-commands-'));
afterAll(() => rmSync(folder, { recursive: true }));

const fileOf = (name: string, text: string) => {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
};

const run = (command: string, args: readonly string[], env: Record<string, string> = {}) =>
  runCommand(process.execPath, ['scripts/run.mjs', `scripts/${command}-cli.ts`, ...args], { env });

const wanted = 'want what aws cloudformation get-template --output json writes';

it.each([
  ...['build', 'compose', 'golden', 'generate', 'sbom'].map((command) => ({
    ...{ command, args: ['--nope'], code: 2, told: `Unknown option '--nope'\nusage: npm run` },
  })),
  { command: 'export', args: ['--nope'], code: 2, told: "Unknown option '--nope'\nusage: npm run" },
  { command: 'export', args: ['--to'], code: 2, told: 'argument missing\nusage: npm run export' },
  { command: 'export', args: ['--to='], code: 2, told: '--to: got nothing, want a value\nusage: ' },
  { command: 'export', args: [], code: 2, told: '--to is missing, want a folder\nusage: npm run' },
  {
    command: 'export',
    args: ['--to', folder, '--grafana', 'here'],
    code: 2,
    told: '--grafana: got here, want a URL such as https://example.org/grafana\nusage: ',
  },
  {
    command: 'export',
    args: ['--to', fileOf('file', '')],
    code: 1,
    told: 'is a file, want a folder',
  },
  { command: 'cost', args: ['ten'], code: 2, told: 'got ten, want numbers of services\nusage: ' },
  { command: 'preflight', args: ['--deployed'], code: 2, told: '--deployed: got nothing, want a' },
  { command: 'preflight', args: ['--deployed='], code: 2, told: '--deployed: got nothing, want' },
  {
    command: 'preflight',
    args: ['--deployed', '--stage=prod'],
    code: 2,
    told: '--deployed: got --stage=prod, want a file\nusage: npm run preflight',
  },
  {
    command: 'preflight',
    args: ['--deployed', 'a', '--deployed=b'],
    code: 2,
    told: '--deployed: got two files, want one',
  },
  {
    command: 'preflight',
    args: ['--deployed', join(folder, 'none')],
    code: 1,
    told: `--deployed ${join(folder, 'none')}: 1 problem\n  does not exist, ${wanted}`,
  },
  {
    command: 'preflight',
    args: [`--deployed=${folder}`],
    code: 1,
    told: `is a directory, want a file, ${wanted}`,
  },
  {
    command: 'preflight',
    args: ['--deployed', fileOf('a.yml', 'Resources: {}\n')],
    code: 1,
    told: `is not JSON: Unexpected token`,
  },
  {
    command: 'preflight',
    args: ['--deployed', fileOf('b.json', '{"TemplateBody": {}}')],
    code: 1,
    told: `b.json: 1 problem\n  has no Resources, ${wanted}`,
  },
  {
    command: 'preflight',
    args: ['--deployed', fileOf('c.json', '[]')],
    code: 1,
    told: `has no Resources, ${wanted}`,
  },
])(
  'npm run $command -- $args ends with $code and says so',
  async ({ args, code, command, told }) => {
    const ended = await run(command, args);
    expect(ended.output).toContain(told);
    expect(ended.output).not.toMatch(/\n\s+at /);
    expect(ended.code).toBe(code);
  },
);

it.each(['build', 'compose', 'cost', 'export', 'generate', 'golden', 'preflight', 'sbom'])(
  'npm run %s -- --help says how it is called, and does nothing',
  async (command) => {
    const { code, output } = await run(command, ['--help']);
    expect([code, output]).toEqual([
      0,
      expect.stringMatching(RegExp(`^usage: npm run ${command}.*\\n$`)),
    ]);
  },
);

it('an option that npm kept to itself is not lost', async () => {
  const { code, output } = await run('preflight', [], { npm_config_deployed: 'x' });
  expect([code, output]).toEqual([
    2,
    expect.stringContaining('--deployed: npm keeps it to itself, want "--" before it'),
  ]);
});
