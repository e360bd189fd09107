// A Redis that hangs, watched by a real redis_exporter and a real Prometheus: FargazeRedisDown fires where the exporter says so in
// time, and where its scrape times out and all of its series are gone.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse, stringify } from 'yaml';
import { waitFor } from '../../local/programs/process.ts';
import {
  type PrometheusServer,
  type Server,
  startPrometheus,
  startRedis,
  startRedisExporter,
} from '../../local/programs/servers.ts';

let directory: string;
let redis: Server;
/** One each: an exporter answers one scrape after the other, and the hasty job leaves it no time. */
let exporters: readonly Server[] = [];
let prometheus: PrometheusServer;

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'fargaze-hung-'));
  redis = await startRedis();
  exporters = [
    await startRedisExporter({ redisUrl: redis.url }),
    await startRedisExporter({ redisUrl: redis.url }),
  ];
  const file = join(directory, 'prometheus.yml');
  writeFileSync(file, configuration());
  prometheus = await startPrometheus({ configFile: file });
});

afterAll(async () => {
  signal('SIGCONT');
  for (const server of [prometheus, ...exporters, redis]) await server?.stop();
  rmSync(directory, { recursive: true, force: true });
});

const signal = (name: NodeJS.Signals) => process.kill(redis.process.pid, name);

/** The shipped rule without its waits; one job has the patience of a deployment, one less than the exporter needs. */
function configuration(): string {
  const rules = join(directory, 'redis.yml');
  const { groups } = parse(
    readFileSync('infra/config/prometheus/rules/alerting/redis.yml', 'utf8'),
  );
  const [rule] = groups[0].rules;
  expect(rule.alert).toBe('FargazeRedisDown');
  const { for: _, keep_firing_for: __, ...quick } = rule;
  writeFileSync(rules, stringify({ groups: [{ name: 'redis', interval: '1s', rules: [quick] }] }));
  const scrape = (job_name: string, seconds: number, exporter?: Server) => ({
    ...{ job_name, scrape_interval: `${seconds}s`, scrape_timeout: `${seconds}s` },
    static_configs: [{ targets: [new URL(exporter?.url ?? '').host] }],
  });
  return stringify({
    rule_files: [rules],
    scrape_configs: [scrape('patient', 6, exporters[0]), scrape('hasty', 1, exporters[1])],
  });
}

const jobsOf = async (expr: string) =>
  (await prometheus.query(expr)).map(({ labels }) => labels.job).sort();
const firing = () => jobsOf('ALERTS{alertname="FargazeRedisDown",alertstate="firing"}');

it('is down by the exporter where it answers in time, by the scrape where it does not, and up again after', async () => {
  const both = async (expr: string) => (await jobsOf(expr)).length === 2;
  // On a busy machine the hasty scrape may take longer than its second at first.
  await waitFor({
    what: 'both scrapes and no alert',
    seconds: 60,
    check: async () => (await both('redis_up == 1')) && (await firing()).length === 0,
  });
  signal('SIGSTOP');
  await waitFor({
    what: 'both alerts',
    seconds: 60,
    check: async () => (await firing()).length === 2,
  });
  // One scrape after the other, so all at once: the patient one may be late once, too.
  const said = async () =>
    (await Promise.all(['redis_up == 0', 'redis_up', 'up == 0'].map(jobsOf))).join(' ');
  await waitFor({
    what: 'the word of the exporter, and none where its scrape times out',
    seconds: 60,
    check: async () => (await said()) === 'patient patient hasty',
  });
  signal('SIGCONT');
  await waitFor({ what: 'the end', seconds: 60, check: async () => (await firing()).length === 0 });
}, 240_000);
