// Boards and provisioning against what the Grafana that we deploy accepts.
import { readFileSync } from 'node:fs';
import * as v from 'valibot';
import { parse } from 'yaml';
import { readConfigFile } from '../../build/config-file.ts';
import { renderExport } from '../../infra/export/export.ts';
import { deployed } from '../../infra/versions.ts';
import { readBoards } from '../support/boards.ts';
import { checkAgainstSchema } from '../support/grafana-schema.ts';

const provisioning = 'infra/config/grafana/provisioning';
const read = (file: string): unknown => parse(readFileSync(`${provisioning}/${file}`, 'utf8'));

it('the types are those of the Grafana that is deployed', () => {
  const { version } = JSON.parse(readFileSync('node_modules/@grafana/schema/package.json', 'utf8'));
  expect(version).toBe(deployed.grafana);
});

it('Grafana’s own types accept every board', async () => {
  expect(await checkAgainstSchema('boards', readBoards())).toEqual({ output: '', code: 0 });
});

it('Grafana’s own types accept every board that is exported, once its inputs are filled in', async () => {
  const jobs = { pushgateway: undefined, prometheus: undefined };
  const config = readConfigFile('fargaze.yml');
  const exported = Object.entries(renderExport({ config, expected: [], links: {}, jobs }))
    .filter(([path]) => path.startsWith('grafana/boards/'))
    .map(([, text]) => {
      const { __inputs, __requires, ...board } = JSON.parse(text);
      expect(__inputs.map(({ name }: { readonly name: string }) => name)).toEqual([
        'DS_PROMETHEUS',
      ]);
      expect(__requires).toHaveLength(1);
      return board;
    });
  expect(exported).toHaveLength(6);
  expect(await checkAgainstSchema('exported', exported)).toEqual({ output: '', code: 0 });
});

it.each([
  { name: 'an unknown key', from: '"noValue"', to: '"noValues"', says: 'noValues' },
  {
    name: 'an option of another kind of panel',
    from: '"graphMode"',
    to: '"showUnfilled"',
    says: 'showUnfilled',
  },
  {
    name: 'a value that is none of its kind',
    from: '"mode":"absolute"',
    to: '"mode":"exact"',
    says: '"exact"',
  },
  {
    name: 'a kind of panel that Grafana does not have',
    from: '"type":"stat"',
    to: '"type":"number"',
    says: '"number"',
  },
])(
  '$name is refused',
  async ({ name, from, to, says }) => {
    const good = JSON.stringify(readBoards().find(({ uid }) => uid === 'fargaze-overview'));
    expect(good).toContain(from);
    const { output } = await checkAgainstSchema(name.replaceAll(' ', '-'), [
      JSON.parse(good.replace(from, to)),
    ]);
    expect(output).toContain(says);
  },
  120_000,
);

const flag = v.boolean();
const uid = v.pipe(v.string(), v.regex(/^[a-zA-Z0-9_-]{1,40}$/));

/** The keys of Grafana 13's reader of data source files (docs: administration/provisioning). */
const dataSources = v.strictObject({
  apiVersion: v.literal(1),
  prune: flag,
  datasources: v.array(
    v.strictObject({
      name: v.string(),
      uid,
      type: v.literal('prometheus'),
      access: v.literal('proxy'),
      url: v.string(),
      isDefault: flag,
      editable: v.literal(false),
      jsonData: v.strictObject({
        httpMethod: v.picklist(['POST', 'GET']),
        timeInterval: v.literal('$__env{FARGAZE_SCRAPE_INTERVAL}'),
        prometheusType: v.picklist(['Prometheus', 'Cortex', 'Mimir', 'Thanos']),
        manageAlerts: flag,
        allowAsRecordingRulesTarget: flag,
      }),
    }),
  ),
});

/** The keys of its reader of dashboard files. */
const providers = v.strictObject({
  apiVersion: v.literal(1),
  providers: v.array(
    v.strictObject({
      name: v.string(),
      orgId: v.number(),
      type: v.literal('file'),
      folder: v.string(),
      folderUid: uid,
      disableDeletion: flag,
      allowUiUpdates: v.literal(false),
      updateIntervalSeconds: v.pipe(v.number(), v.minValue(10)),
      options: v.strictObject({ path: v.string(), foldersFromFilesStructure: flag }),
    }),
  ),
});

it('the data source is the one that is chosen on every board at first, and takes its address from the environment', () => {
  const { datasources, prune } = v.parse(dataSources, read('datasources/prometheus.yml'));
  expect(prune).toBe(true);
  expect(datasources.map((source) => source.uid)).toEqual(['prometheus']);
  expect(datasources[0]?.url).toBe('$__env{FARGAZE_PROMETHEUS_URL}');
  for (const board of readBoards()) {
    expect(board.templating.list[0]).toMatchObject({
      ...{ name: 'datasource', type: 'datasource', query: 'prometheus' },
      current: { value: 'prometheus' },
    });
  }
});

it('the deployed Grafana is given what provisioning takes from the environment, and the interval that is deployed', () => {
  const files = ['datasources/prometheus.yml', 'dashboards/fargaze.yml'];
  const names = files.flatMap((file) => [
    ...readFileSync(`${provisioning}/${file}`, 'utf8').matchAll(/\$__env\{(\w+)\}/g),
  ]);
  const template = readFileSync('infra/grafana.yml', 'utf8');
  expect(names.length).toBe(3);
  for (const [, name = ''] of names) expect(template).toMatch(new RegExp(`Name: ${name}[,\n]`));
  expect(template).toContain('Name: FARGAZE_SCRAPE_INTERVAL, Value: !Ref ScrapeInterval');
});

it('boards are provisioned into one folder, from where the environment says, and not edited in the browser', () => {
  const [provider, ...more] = v.parse(providers, read('dashboards/fargaze.yml')).providers;
  expect(more).toEqual([]);
  expect(provider?.options.path).toBe('$__env{FARGAZE_GRAFANA_DASHBOARDS}');
  const uids = ['prometheus', provider?.folderUid, ...readBoards().map((board) => board.uid)];
  expect(new Set(uids).size).toBe(uids.length);
});

it('a key that Grafana would overlook is refused', () => {
  const file = read('dashboards/fargaze.yml') as { providers: Record<string, unknown>[] };
  const wrong = { ...file, providers: [{ ...file.providers[0], allowUIUpdates: true }] };
  expect(() => v.parse(providers, wrong)).toThrow('allowUIUpdates');
});
