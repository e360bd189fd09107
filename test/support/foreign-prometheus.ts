// A Prometheus of somebody else: it has what another one has, under job and instance names of its own.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type PrometheusServer, startPrometheus } from '../../local/programs/servers.ts';

/** What its jobs and instances begin with. */
const foreignPrefix = 'acme.eu/';

/** Starts it beside the Prometheus at `url`, which it reads every 5 s. */
export async function startForeignPrometheus(url: string): Promise<PrometheusServer> {
  const directory = await mkdtemp(join(tmpdir(), 'fargaze-foreign-'));
  const configFile = join(directory, 'prometheus.yml');
  const rename = (label: string) =>
    `{ source_labels: [${label}], regex: '(.+)', target_label: ${label}, replacement: '${foreignPrefix}$1' }`;
  await writeFile(
    configFile,
    `
scrape_configs:
  - job_name: federate
    scrape_interval: 5s
    honor_labels: true
    honor_timestamps: false
    metrics_path: /federate
    params: { 'match[]': ['{__name__!=""}'] }
    static_configs: [{ targets: ['${new URL(url).host}'] }]
    metric_relabel_configs:
      - ${rename('job')}
      - ${rename('instance')}
`,
  );
  const server = await startPrometheus({ configFile });
  const stop = async () => {
    await server.stop();
    await rm(directory, { recursive: true, force: true });
  };
  return { ...server, stop };
}
