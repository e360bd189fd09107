// What Grafana and Amazon Managed Prometheus are given with LongTermStorage=amp: one data source of the same uid, and every
// recording rule, which Prometheus's own tool takes. Whether the service takes them no test here can ask.
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'yaml';
import { readConfigFile } from '../../build/config-file.ts';
import { managedRules } from '../../infra/managed-rules.ts';
import { namesIn } from '../../infra/template/template.ts';
import { runCommand } from '../../local/programs/command.ts';
import { findPrograms } from '../../local/programs/find.ts';
import { prometheusTokens, unpackBundle } from '../support/unpacked.ts';

const directory = mkdtempSync(join(tmpdir(), 'fargaze-amp-'));
afterAll(() => rmSync(directory, { recursive: true }));

const grafanaTokens = {
  ...prometheusTokens,
  TOKEN_ALERT_ANY: '1',
  TOKEN_ALERT_EMAIL: '',
};

it.each([
  { region: '', type: 'prometheus', signed: undefined },
  { region: 'eu-west-1', type: 'grafana-amazonprometheus-datasource', signed: 'eu-west-1' },
])('with region "$region" Grafana has one data source, of type $type', async (expected) => {
  const config = await unpackBundle('grafana', mkdtempSync(join(directory, 'task-')), {
    ...grafanaTokens,
    TOKEN_AMP_REGION: expected.region,
    TOKEN_PLAIN_PROMETHEUS: expected.region === '' ? '1' : '',
  });
  const folder = join(config, 'provisioning/datasources');
  const sources = readdirSync(folder).flatMap(
    (file) => parse(readFileSync(join(folder, file), 'utf8')).datasources ?? [],
  );
  expect(sources).toMatchObject([{ uid: 'prometheus', type: expected.type }]);
  expect(sources[0].jsonData.sigV4Region).toBe(expected.signed);
});

it('the workspace evaluates every recording rule of the deployment, and no other', async () => {
  const root = mkdtempSync(join(directory, 'task-'));
  const rules = join(await unpackBundle('prometheus', root, prometheusTokens), 'rules/recording');
  const recorded = (text: string) =>
    parse(text).groups.flatMap(
      (group: { readonly rules: readonly { readonly record: string }[] }) =>
        group.rules.map(({ record }) => record),
    );
  const local = readdirSync(rules).flatMap((file) =>
    recorded(readFileSync(join(rules, file), 'utf8')),
  );
  const source = { root: '.', config: readConfigFile('fargaze.yml'), environment: {} };
  const value = managedRules(source) as { readonly 'Fn::Sub': readonly [string, object] };
  const [text, variables] = value['Fn::Sub'];
  expect(Object.keys(variables).sort()).toEqual(['REDIS_HOST', 'REDIS_SCHEME', 'WEB_URL']);
  // CloudFormation finds no name in it that is not given beside it.
  expect(namesIn([text, variables])).toEqual([]);
  expect(recorded(text).sort()).toEqual(local.sort());

  const { promtool } = await findPrograms(['promtool'], { report: () => undefined });
  const file = join(directory, 'managed.yml');
  writeFileSync(file, text);
  const { output } = await runCommand(promtool.path, ['check', 'rules', file], {
    env: promtool.env,
  });
  expect(output).toContain(`SUCCESS: ${local.length} rules found`);
});

it('what the workspace evaluates itself Prometheus does not send there', async () => {
  const root = mkdtempSync(join(directory, 'task-'));
  const config = await unpackBundle('prometheus', root, {
    ...prometheusTokens,
    TOKEN_REMOTE_WRITE_URL: 'https://aps.example/workspaces/ws-1/api/v1/remote_write',
  });
  const { remote_write } = parse(readFileSync(join(config, 'prometheus.yml'), 'utf8'));
  expect(remote_write[0].write_relabel_configs).toEqual([
    { source_labels: ['__name__'], regex: 'fargaze:.*', action: 'drop' },
    { regex: 'fargaze_stack', action: 'labeldrop' },
  ]);
});
