// What task definitions carry, unpacked by a real busybox and filled from the environment, is what the deployed Prometheus
// takes; and what cannot be filled stops the task.
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'yaml';
import { readConfigFile } from '../../build/config-file.ts';
import { type BundleName, packBundle, unpackCommand } from '../../infra/bundle.ts';
import { runCommand } from '../../local/programs/command.ts';
import { deployedPrograms } from '../../local/programs/go.ts';
import { type Busybox, openBusybox } from '../support/busybox.ts';
import { items, ofType } from '../support/template.ts';

const directory = mkdtempSync(join(tmpdir(), 'fargaze-bundle-'));
let busybox: Busybox;
beforeAll(async () => {
  busybox = await openBusybox();
}, 300_000);
afterAll(async () => {
  await busybox.close();
  rmSync(directory, { recursive: true });
});

const source = { root: '.', config: readConfigFile('fargaze.yml'), environment: {} };

/** A value for each variable that the template gives the init container of `service`. */
function tokensOf(service: string): Record<string, string> {
  const { properties } =
    ofType('AWS::ECS::TaskDefinition').find(({ id }) => id.startsWith(service)) ?? {};
  const config = items(properties?.ContainerDefinitions).find(({ Name }) => Name === 'config');
  const names = items(config?.Environment).map(({ Name }) => String(Name));
  return Object.fromEntries(
    names.filter((name) => name.startsWith('TOKEN_')).map((name) => [name, values[name] ?? 'x']),
  );
}

const values: Readonly<Record<string, string>> = {
  TOKEN_ALERT_SNS_TOPIC_ARN: 'arn:aws:sns:eu-west-1:123456789012:alarms',
  TOKEN_CLUSTER_ARNS: 'arn:aws:ecs:eu-west-1:123456789012:cluster/shop',
  TOKEN_EVALUATE_ALERTS: 'yes',
  TOKEN_REDIS_HOST: 'redis.fargaze.internal:6379',
  TOKEN_REDIS_SCHEME: 'redis',
  TOKEN_REGION: 'eu-west-1',
  TOKEN_REMOTE_WRITE_URL: 'https://aps.example/workspaces/ws-1/api/v1/remote_write?a=1&b=|2',
  TOKEN_RETENTION_SIZE: '12GB',
  TOKEN_RETENTION_TIME: '15d',
  TOKEN_SCRAPE_INTERVAL: '15s',
  TOKEN_WEB_URL: 'http://web.fargaze.internal:8000/healthy',
};

let count = 0;

/** Runs the init container's command with its absolute directories moved below a fresh one. */
async function unpack(name: BundleName, env: Readonly<Record<string, string>>) {
  count += 1;
  const root = join(directory, String(count));
  for (const folder of ['config', 'data', 'metric-files', 'pushed', 'tmp']) {
    mkdirSync(join(root, folder), { recursive: true });
  }
  const command = unpackCommand(name).replaceAll(/(^|\s)\/(?=\w)/g, `$1${root}/`);
  const result = await busybox.run(command, { CONFIG_TGZ: packBundle(name, source), ...env });
  return { ...result, root, config: join(root, 'config') };
}

async function checkConfig(file: string) {
  const { promtool } = await deployedPrograms(['promtool'], { report: () => undefined });
  return runCommand(promtool.path, ['check', 'config', file]);
}

describe('the bundle of Prometheus', () => {
  it.each([
    { name: 'with everything', changes: {} },
    {
      name: 'without remote write and alerts',
      changes: { TOKEN_EVALUATE_ALERTS: '', TOKEN_REMOTE_WRITE_URL: '' },
    },
  ])(
    '$name is what the deployed Prometheus takes',
    async ({ changes }) => {
      const env = { ...tokensOf('Prometheus'), ...changes };
      const { code, config, output, root } = await unpack('prometheus', env);
      expect([output, code]).toEqual(['', 0]);
      const file = join(config, 'prometheus.yml');
      const text = readFileSync(file, 'utf8');
      expect(text).not.toMatch(/__[A-Z]/);
      const whole = env.TOKEN_REMOTE_WRITE_URL !== '';
      expect(parse(text).remote_write?.[0].url).toBe(
        whole ? env.TOKEN_REMOTE_WRITE_URL : undefined,
      );
      expect(parse(text).rule_files).toHaveLength(whole ? 2 : 1);
      const checked = await checkConfig(file);
      expect([checked.output, checked.code]).toEqual([expect.stringContaining('SUCCESS'), 0]);
      expect(statSync(join(root, 'data')).mode & 0o7777).toBe(0o1777);
      expect(existsSync(join(config, 'unpack.sh'))).toBe(false);
    },
    3_000_000,
  );

  it('misses each configured probe by the name that its results have', async () => {
    const { config } = await unpack('prometheus', tokensOf('Prometheus'));
    const rules = parse(readFileSync(join(config, 'rules/alerting/never-seen.yml'), 'utf8'));
    const expressions = rules.groups[0].rules.map((rule: { readonly expr: string }) => rule.expr);
    for (const instance of [values.TOKEN_WEB_URL, 'redis://redis.fargaze.internal:6379']) {
      expect(expressions).toContainEqual(expect.stringContaining(`instance="${instance}"`));
    }
  });

  it('has the jobs and rules of the local one: scraped, or named by a tag', () => {
    const local = parse(readFileSync('infra/config/prometheus/prometheus.yml', 'utf8'));
    const deployed = parse(readFileSync('infra/config/prometheus/deployed.yml', 'utf8'));
    const tagged = ofType('AWS::ECS::Service').flatMap(({ properties }) =>
      items(properties.Tags)
        .filter(({ Key }) => Key === 'fargaze:job')
        .map(({ Value }) => String(Value)),
    );
    type Job = { readonly job_name: string; readonly honor_labels?: boolean };
    const own: readonly Job[] = deployed.scrape_configs;
    for (const { job_name, honor_labels } of local.scrape_configs as readonly Job[]) {
      const same = own.find((job) => job.job_name === job_name);
      expect([job_name, same !== undefined || tagged.includes(job_name)]).toEqual([job_name, true]);
      if (same !== undefined) expect(same.honor_labels).toBe(honor_labels);
    }
    expect(deployed.rule_files).toEqual(local.rule_files);
    expect(tagged).toEqual(['web', 'redis', 'grafana']);
  });
});

it('the bundle of Grafana holds every board and the provisioning', async () => {
  const { code, config, output } = await unpack('grafana', tokensOf('Grafana'));
  expect([output, code]).toEqual(['', 0]);
  const list = (folder: string) => readdirSync(folder, { recursive: true, encoding: 'utf8' });
  const generated = ['provisioning/alerting/never-seen.yml', 'provisioning/datasources/amp.yml'];
  expect(list(config).sort()).toEqual([...list('infra/config/grafana'), ...generated].sort());
  for (const file of list(config).filter((name) => name.endsWith('.yml'))) {
    expect(readFileSync(join(config, file), 'utf8')).not.toMatch(
      /__[A-Z]|^ *# (?:if|end) [A-Z]+_?$/,
    );
  }
  for (const file of readdirSync('infra/config/grafana/dashboards')) {
    const read = (folder: string) => readFileSync(join(folder, 'dashboards', file), 'utf8');
    expect(read(config)).toBe(read('infra/config/grafana'));
  }
});

it('the bundle of the demo app holds the app', async () => {
  const { code, config, output } = await unpack('web', {});
  expect([output, code]).toEqual(['', 0]);
  expect(readdirSync(config).sort()).toEqual(['fargaze_web', 'requirements.txt']);
  expect(readFileSync(join(config, 'fargaze_web/app.py'), 'utf8')).toBe(
    readFileSync('infra/web/fargaze_web/app.py', 'utf8'),
  );
});

describe('a task does not start', () => {
  it('when a name stays unfilled', async () => {
    const { TOKEN_REGION: _, ...env } = tokensOf('Prometheus');
    const { code, output } = await unpack('prometheus', env);
    expect(output).toContain('names that no TOKEN_ variable fills');
    expect(code).not.toBe(0);
  });

  it('when nobody says whether a part is wanted', async () => {
    const { TOKEN_REMOTE_WRITE_URL: _, ...env } = tokensOf('Prometheus');
    const { code, output } = await unpack('prometheus', env);
    expect(output).toContain('no TOKEN_REMOTE_WRITE_URL');
    expect(code).not.toBe(0);
  });

  it('when the bundle is damaged', async () => {
    const { code } = await unpack('web', { CONFIG_TGZ: 'H4sIAAAA' });
    expect(code).not.toBe(0);
  });
});
