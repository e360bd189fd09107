// No command in the documents that nobody runs. What is quick is run here, in a copy of the repository; for the rest stands which
// test runs it, and by which words one sees that it does. A command that is not known fails.
import { cpSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseCommandLine } from '../../cli/command/parse.ts';
import { commands as fargaze } from '../../cli/commands.ts';
import { runCommand } from '../../local/programs/command.ts';
import { commandsOf, listCommands } from '../support/documented-commands.ts';
import { template } from '../support/template.ts';
import { copyTree, type TreeCopy } from '../support/tree-copy.ts';

type Elsewhere = {
  readonly form: RegExp;
  /** The test, or what runs all tests. */
  readonly file: string;
  /** What stands in that file where it runs the command. */
  readonly words: string;
};

const serverlessTest = 'test/system/serverless.test.ts';
const deployTest = 'test/system/deploy.test.ts';

/** Commands that a test of their own runs. */
const elsewhere: readonly Elsewhere[] = [
  {
    form: /^npm ci && npm start$|^npm start$/,
    file: 'test/system/start.test.ts',
    words: "command: ['npm', 'start']",
  },
  {
    form: /^npm run smoke$/,
    file: 'test/system/start.test.ts',
    words: "command: ['npm', 'run', '-s', 'smoke']",
  },
  { form: /^npm ci$/, file: '.ci/run', words: 'npm ci || exit 1' },
  { form: /^(?:npm ci && )?npm test$/, file: '.ci/run', words: 'count npm test' },
  { form: /^npm run test:deployed$/, file: '.ci/run', words: 'count npm run test:deployed' },
  {
    form: /^npm run check$/,
    file: 'scripts/suites.ts',
    words: "command: 'biome', args: ['check', '.']",
  },
  {
    form: /^npm run test:system$|^npm test (?:-- web|\[-- suite…\])$/,
    file: 'scripts/test.ts',
    words: 'const asked = process.argv.slice(2)',
  },
  {
    form: /^npm run preflight(?: -- .*| \[-- options\])?$/,
    file: 'test/deployed/examples.test.ts',
    words: "npmRun('preflight'",
  },
  { form: /^npm run package$/, file: serverlessTest, words: "npmRun('package'" },
  {
    form: /^(?:FARGAZE_SINK=stdout )?npx serverless invoke local -f [\w-]+(?: -d '.*')?$/,
    file: serverlessTest,
    words: "['invoke', 'local', '-f', 'web-probe', '-d', event]",
  },
  {
    form: /^(?:FARGAZE_DISABLE_ROLLBACK=true )?npx serverless deploy(?: --(?:param=|stage |region )\S+)*$/,
    file: deployTest,
    words: "await serverless('deploy')",
  },
  {
    form: /^npx serverless remove(?: --stage \w+)?$/,
    file: deployTest,
    words: "await serverless('remove')",
  },
  {
    form: /^export FARGAZE_PARAMS=\S+ FARGAZE_CONFIG=\S+$/,
    file: 'test/deployed/examples.test.ts',
    words: 'FARGAZE_PARAMS: `examples/${name}/params.yml`',
  },
  {
    form: /^curl -s\w* "\$(?:PROMETHEUS|PUSHGATEWAY)\//,
    file: 'test/system/dashboards.test.ts',
    words: 'askAsDocumented(',
  },
  {
    form: /^node scripts\/run\.mjs local\/fake-aws\/main\.ts /,
    file: 'local/system/cloud.ts',
    words: "const program = 'local/fake-aws/main.ts'",
  },
  {
    form: /^node scripts\/run\.mjs test\/system\/accounting\/main\.ts$/,
    file: 'test/system/accounting/accounting.test.ts',
    words: 'await account(minutes',
  },
  {
    form: /^npm install --prefix \. \.\/fargaze-\S+\.tgz$|^cd deployment$|^npx (?:--no-install )?fargaze (?:check|cost|probe|project)\b/,
    file: 'test/contract/newcomer.test.ts',
    words: "stepsOf('docs/quick-start.md')",
  },
  {
    form: /^npm pack$/,
    file: 'test/contract/newcomer.test.ts',
    words: "runCommand('npm', ['pack',",
  },
  {
    form: /^node scripts\/release-notes\.mjs v0\.1\.0$/,
    file: 'test/contract/newcomer.test.ts',
    words: "['scripts/release-notes.mjs', tag]",
  },
  {
    form: /^npx (?:--no-install )?fargaze (?:init|--version)\b/,
    file: 'test/unit/cli-init.test.ts',
    words: "runCli(['init', ...args]",
  },
  {
    form: /^npx (?:--no-install )?fargaze import\b/,
    file: 'test/unit/cli-import.test.ts',
    words: "imported('blackbox.yml', 'prometheus.yml')",
  },
  {
    form: /^npx (?:--no-install )?fargaze(?: (?:bridge --dry-run|status.*|export --to \S+))?$/,
    file: 'test/unit/cli-status.test.ts',
    words: "['bridge', '--dry-run', '-c', 'bridge.yml']",
  },
  {
    form: /^promtool check /,
    file: 'test/contract/prometheus-rules.test.ts',
    words: "run('check', 'config', join(root, 'prometheus.yml'))",
  },
];

/** Commands that are run here, with what they print. */
const here: Readonly<Record<string, RegExp>> = {
  'npm start -- --help': /^Usage: npm start/m,
  'npm run build': /^fargaze\.yml: \d+ probes/m,
  'npm run cost': /^ +1000 +\d/m,
  'npm run cost -- 100 1000': /^ +1000 +\d/m,
  'npm run generate': /^docs\/metrics\.md$/m,
  'npm run golden': /template\.golden\.json/,
  'npm run compose': /compose\.env/,
  // In the copy of the repository.
  'npm run export -- --to DIR': /^\d+ files in DIR$/m,
  'npm run bench -- size': /^\| web-probe \| \d+ \|/m,
  'node scripts/complete-lock.mjs': /^/,
  'npm run fuzz -- 2000 1': /^20\d\d inputs, 0 faults/m,
  'npm run sbom': /^\.build\/sbom\.cdx\.json: \d+ components$/m,
};

/** Forms of what is run here. */
const sameAs: Readonly<Record<string, string>> = {
  'npm run fuzz': 'npm run fuzz -- 2000 1',
  'npm run cost [-- services…]': 'npm run cost -- 100 1000',
  'npm run bench': 'npm run bench -- size',
  'npm run bench -- bridge': 'npm run bench -- size',
};

/** Commands that no test can run, and why. */
const byHand: readonly { readonly form: RegExp; readonly why: string }[] = [
  { form: /^(?:aws|npx serverless logs) /, why: 'asks an AWS account of the reader' },
  { form: /^curl -sv TARGET/, why: 'asks a service of the reader' },
  { form: /^openssl s_client -connect HOST/, why: 'asks a service of the reader' },
  { form: /^redis-cli -u "\$REDIS_URL"/, why: 'asks a Redis of the reader' },
  { form: /^jq -r .* message\.json /, why: 'reads a message that the reader took from the queue' },
  { form: /^export SHOP_URL=/, why: 'an address of the reader' },
  { form: /^date \+%s$/, why: 'is a program of the system' },
  { form: /^npm install --save-exact …$/, why: 'changes what the repository depends on' },
  { form: /^npm run picture$/, why: 'takes five minutes and records what then was' },
  {
    form: /^npm (?:ci --prefix test\/mutation|run mutation)/,
    why: 'installs 65 MB and takes minutes for one file',
  },
  {
    form: /week\/record\.ts$/,
    why: 'runs for minutes; test/contract/alerts-week.test.ts runs the same',
  },
  { form: /record-yace\.ts$/, why: 'builds YACE and rewrites what tests compare with' },
];

const commands = listCommands();

it('every command is run by a test, or is one that none can run', () => {
  const unknown = commands.filter(
    ({ command }) =>
      !elsewhere.some(({ form }) => form.test(command)) &&
      !byHand.some(({ form }) => form.test(command)) &&
      !Object.hasOwn(here, sameAs[command] ?? command),
  );
  expect(unknown).toEqual([]);
  expect(commands.length).toBeGreaterThan(150);
});

it('nothing is listed that no document says any more', () => {
  const said = commands.map(({ command }) => sameAs[command] ?? command);
  const forms = [...elsewhere, ...byHand].filter(({ form }) => !said.some((one) => form.test(one)));
  const quick = Object.keys(here).filter((command) => !said.includes(command));
  expect([forms, quick]).toEqual([[], []]);
});

it.each(elsewhere)('$form is run by $file', ({ file, words }) => {
  expect([words, readFileSync(file, 'utf8').replace(/\s+/g, ' ').includes(words)]).toEqual([
    words,
    true,
  ]);
});

it('every call of fargaze in them is one that it understands', () => {
  const typed = commands.flatMap(({ command }) => command.split(' && '));
  const calls = typed.flatMap((command) => {
    const [, name, rest = ''] = /^npx (?:--no-install )?fargaze ([a-z]+)(.*)$/.exec(command) ?? [];
    return name === undefined ? [] : [{ command, name, args: rest.split(' ').filter(Boolean) }];
  });
  expect(calls.length).toBeGreaterThan(15);
  for (const { args, command, name } of calls) {
    const spec = fargaze.find((one) => one.name === name);
    expect([command, spec?.name]).toEqual([command, name]);
    if (spec !== undefined) expect(() => parseCommandLine(args, spec)).not.toThrow();
  }
});

it('the first call of fargaze on each page where a reader may begin installs nothing from a registry', () => {
  const pages = ['README.md', 'quick-start', 'cli', 'migrating', 'troubleshooting'];
  for (const name of pages) {
    const page = name.endsWith('.md') ? name : `docs/${name}.md`;
    const [first] = /npx [^\n`]*?fargaze/.exec(readFileSync(page, 'utf8')) ?? [];
    expect([page, first]).toEqual([page, 'npx --no-install fargaze']);
  }
});

it('every npm script in them is there', () => {
  const { scripts } = JSON.parse(readFileSync('package.json', 'utf8'));
  const named = commands.flatMap(({ command }) =>
    [...command.matchAll(/npm run (?:-s )?([\w:]+)/g)].map(([, name = '']) => name),
  );
  expect(named.filter((name) => !Object.hasOwn(scripts, name))).toEqual([]);
});

it('every parameter of a deployment is one of the template', () => {
  const named = commands.flatMap(({ command }) =>
    [...command.matchAll(/--param=(\w+)=/g)].map(([, name = '']) => name),
  );
  expect(named.length).toBeGreaterThan(5);
  expect(named.filter((name) => !Object.hasOwn(template.Parameters, name))).toEqual([]);
});

describe('in a copy of the repository', () => {
  let tree: TreeCopy;
  beforeAll(() => {
    tree = copyTree();
    cpSync('bench', join(tree.directory, 'bench'), { recursive: true });
    // What `npm run package` leaves; the template is the one that was reviewed.
    cpSync(
      'test/fixtures/template.golden.json',
      join(tree.directory, '.serverless/cloudformation-template-update-stack.json'),
    );
  });
  afterAll(() => tree.remove());

  it.each(Object.entries(here))('%s does what is said of it', async (command, want) => {
    const [program = '', ...args] = command.split(' ');
    const { code, output } = await runCommand(program, args, { cwd: tree.directory });
    expect([output, code]).toEqual([expect.stringMatching(want), 0]);
  });
});

it.each([
  {
    text: '```sh\nnpm start # now\n\n# why\nnpm run \\\n  build\n```',
    want: ['npm start', 'npm run build'],
  },
  { text: 'Type `npm\ntest`, not `test`.', want: ['npm test'] },
  { text: '```yaml\nnpm: 1\n```', want: [] },
  { text: "```sh\ncurl 'a#b'\n```", want: ["curl 'a#b'"] },
])('$want are the commands of $text', ({ text, want }) => {
  expect(commandsOf(text, 'x').map(({ command }) => command)).toEqual(want);
});
