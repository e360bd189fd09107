// What `npm run export` writes: rules that both releases of promtool accept, boards that hold no data source's uid.
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'yaml';
import { parseConfigText } from '../../build/config-file.ts';
import { originRunbooks, runbooksAt } from '../../infra/config/prometheus/origin.ts';
import { expectedOf, renderExport, writeExport } from '../../infra/export/export.ts';
import { runCommand } from '../../local/programs/command.ts';
import { findPrograms } from '../../local/programs/find.ts';
import { objectives } from '../support/rules.ts';

const runbooks = 'https://runbooks.example';
const source = {
  config: objectives,
  expected: expectedOf(objectives, () => undefined),
  links: { runbooks, grafana: 'https://grafana.example' },
};
const files = renderExport({ ...source, jobs: { pushgateway: 'push', prometheus: 'own "p"' } });
const named = (part: string) => Object.entries(files).filter(([path]) => path.startsWith(part));

it('promtool accepts every exported rule file', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'fargaze-export-'));
  try {
    writeExport(directory, files);
    const { promtool } = await findPrograms(['promtool'], { report: () => undefined });
    const paths = [...named('prometheus/'), ...named('amazon/')].map(([path]) => path);
    const { code, output } = await runCommand(
      promtool.path,
      ['check', 'rules', ...paths.map((path) => join(directory, path))],
      { env: promtool.env, timeoutMs: 60_000 },
    );
    expect([output, code]).toEqual([expect.not.stringContaining('FAILED'), 0]);
    expect(output.match(/SUCCESS/g)?.length).toBe(paths.length);
  } finally {
    rmSync(directory, { recursive: true });
  }
});

it('rules of fargaze.yml are among them, and runbooks are absolute', () => {
  const text = named('amazon/')
    .map(([, content]) => content)
    .join('');
  expect(text).toContain('team: shop');
  expect(text).toContain(`runbook_url: ${runbooks}/FargazeProbeFailed.md`);
  expect(Object.values(files).join('')).not.toContain('runbook_url: docs/');
  expect(text).toContain(
    'dashboard_url: https://grafana.example/d/fargaze-probes?var-instance={{ $labels.instance | urlquery }}',
  );
});

it.each([
  ['git@github.com:you/it.git', 'https://github.com/you/it/blob/HEAD/docs/runbooks'],
  ['https://user:secret@gitlab.com/a/b/c', 'https://gitlab.com/a/b/c/-/blob/HEAD/docs/runbooks'],
  ['ssh://git@bitbucket.org/you/it.git', 'https://bitbucket.org/you/it/src/HEAD/docs/runbooks'],
  ['https://git.example.org/you/it', undefined],
  ['/srv/git/it', undefined],
  ['', undefined],
])('the runbooks of %s are at %s', (remote, url) => {
  expect(runbooksAt(remote)).toBe(url);
});

it('the runbooks are where git has them, in a folder of a larger repository too, and nowhere where it has none', () => {
  const home = mkdtempSync(join(tmpdir(), 'fargaze-origin-'));
  const git = (...args: string[]) => execFileSync('git', ['-C', home, ...args], { stdio: 'pipe' });
  const lay = (root: string) => {
    mkdirSync(join(home, root, 'docs/runbooks'), { recursive: true });
    writeFileSync(join(home, root, 'docs/runbooks/One.md'), '');
  };
  for (const root of ['deployment', 'node_modules/fargaze']) lay(root);
  git('init', '-q');
  git('remote', 'add', 'origin', 'git@github.com:you/shop.git');
  git('add', 'deployment');
  expect(originRunbooks(join(home, 'deployment'))).toBe(
    'https://github.com/you/shop/blob/HEAD/deployment/docs/runbooks',
  );
  expect(originRunbooks(join(home, 'node_modules/fargaze'))).toBeUndefined();
  rmSync(home, { recursive: true });
});

it('alerts know the jobs of the Prometheus that they are for, and miss none that it does not have', () => {
  const textOf = (all: Readonly<Record<string, string>>) => all['amazon/fargaze.yml'] ?? '';
  const named = textOf(files);
  expect(named).not.toMatch(/job!?="(?:pushgateway|prometheus)"/);
  expect(named).toContain('absent(up{job="push"})');
  expect(
    parse(named).groups.flatMap(({ rules }: { rules: { expr: string }[] }) => rules),
  ).toContainEqual(expect.objectContaining({ expr: 'absent(up{job="own \\"p\\""} == 1)' }));
  const none = textOf(
    renderExport({ ...source, jobs: { pushgateway: undefined, prometheus: undefined } }),
  );
  expect(none).not.toMatch(/alert: Fargaze(?:PushgatewayDown|PrometheusSilent)\b|absent\(up/);
  expect(none).toContain('alert: FargazeNoProbes');
});

it('boards ask for their data source and name none', () => {
  const boards = named('grafana/boards/').map(([, text]) => text);
  expect(boards.length).toBeGreaterThan(5);
  for (const text of boards) {
    expect(JSON.parse(text).__inputs[0].name).toBe('DS_PROMETHEUS');
    expect(text).not.toMatch(/"uid": ?"prometheus"/);
  }
});

/** Every data source that a file names, with what names it. */
function sourcesIn(value: unknown, at = ''): string[] {
  if (value === null || typeof value !== 'object') return [];
  return Object.entries(value).flatMap(([key, inside]) =>
    key === 'datasource' || key === 'datasourceUid'
      ? [JSON.stringify(inside)]
      : sourcesIn(inside, `${at}/${key}`),
  );
}

it('an imported board asks the data source that was chosen and no other', () => {
  const chosen = 'P1809F7CD0C75ACF3';
  for (const [path, text] of named('grafana/boards/')) {
    // What the page that imports a board does with its inputs.
    const board = JSON.parse(text.replaceAll('${DS_PROMETHEUS}', chosen));
    const [source] = board.templating.list;
    expect([path, source.name, source.current.value]).toEqual([path, 'datasource', chosen]);
    expect([path, [...new Set(sourcesIn(board))]]).toEqual([
      path,
      ['{"type":"prometheus","uid":"${datasource}"}'],
    ]);
  }
});

it('Grafana’s copies of the alerts ask the data source of the uid that is given', () => {
  const jobs = { pushgateway: undefined, prometheus: undefined };
  const copies = (all: Readonly<Record<string, string>>) =>
    new Set(sourcesIn(parse(all['grafana/alerting/rules.yml'] ?? '', { maxAliasCount: -1 })));
  expect([...copies(renderExport({ ...source, jobs, datasourceUid: 'theirs' }))].sort()).toEqual([
    '"__expr__"',
    '"theirs"',
    '{"type":"__expr__","uid":"__expr__"}',
  ]);
  expect(copies(renderExport({ ...source, jobs }))).toContain('"prometheus"');
});

it('Mimir and Amazon get the same groups, one file each, with what the command line of Mimir asks for', () => {
  const [mimir, amazon] = ['mimir', 'amazon'].map((to) => parse(files[`${to}/fargaze.yml`] ?? ''));
  expect(Object.keys(mimir)).toEqual(['namespace', 'groups']);
  expect(Object.keys(amazon)).toEqual(['groups']);
  expect(mimir.groups).toEqual(amazon.groups);
  // A namespace holds each name once.
  const names = amazon.groups.map(({ name }: { readonly name: string }) => name);
  expect(new Set(names).size).toBe(names.length);
});

it('a target without its variable is refused by name', () => {
  const config = parseConfigText(
    `probes: [{ name: p, module: http_2xx, target: 'http://${'$'}{SHOP_HOST}/' }]`,
  );
  expect(() => expectedOf(config, () => undefined)).toThrow(
    "probe p: SHOP_HOST has no value, want the target's address",
  );
});
