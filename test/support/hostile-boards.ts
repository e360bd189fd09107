// The boards' page beside a real Prometheus whose series have names that would be markup.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type BoardsPage, serveBoards } from '../../local/boards/serve.ts';
import { waitFor } from '../../local/programs/process.ts';
import { type PrometheusServer, startPrometheus } from '../../local/programs/servers.ts';

/** What a target is called. */
export const hostileName =
  'http://a.example/<script>document.title="taken"</script>"><img src=x onerror=alert(1)>';

/** Everything that runs. */
export type HostileBoards = {
  readonly page: BoardsPage;
  readonly prometheus: PrometheusServer;
  stop(): Promise<void>;
};

/** Starts all of it; ends once Prometheus has the series. */
export async function startHostileBoards(): Promise<HostileBoards> {
  const directory = await mkdtemp(join(tmpdir(), 'fargaze-page-'));
  const exporter = createServer((_, response) => {
    // Without a type Prometheus 3 scrapes nothing.
    response.setHeader('content-type', 'text/plain; version=0.0.4');
    response.end(exposition());
  });
  await new Promise<void>((resolve) => exporter.listen(0, '127.0.0.1', resolve));
  const { port } = exporter.address() as AddressInfo;
  const configFile = join(directory, 'prometheus.yml');
  await writeFile(configFile, configuration(port));
  const prometheus = await startPrometheus({ configFile });
  const page = await serveBoards({
    ...{ root: process.cwd(), prometheusUrl: prometheus.url, scrapeSeconds: 1 },
  });
  const check = async () => (await prometheus.query('fargaze:probe_success:fresh')).length === 2;
  await waitFor({ what: 'the first scrape', seconds: 60, check });
  // Graphs ask for points at full steps.
  const seen = async () => (await (await fetch(page.url)).text()).includes('>UP<');
  await waitFor({ what: 'a state on the page', seconds: 60, check: seen });
  const stop = async () => {
    await page.stop();
    await prometheus.stop();
    exporter.closeAllConnections();
    exporter.close();
    await rm(directory, { recursive: true, force: true });
  };
  return { page, prometheus, stop };
}

/** What the rules of the deployment would have made of two targets, one of which is down. */
function exposition(): string {
  const instance = hostileName.replaceAll('"', '\\"');
  const labels = (more = '') => `{job="web",instance="${instance}"${more}}`;
  return [
    `fargaze_probe_timestamp_seconds${labels()} 1790000000`,
    `fargaze_probe_info${labels(',probe="a",vantage="local",module="m"')} 1`,
    `fargaze:probe_success:fresh${labels()} 1`,
    `fargaze:probe_success:fresh{job="web",instance="b"} 0`,
    `fargaze:probe_duration_seconds:fresh${labels()} 0.25`,
    `fargaze:probe_age_seconds${labels()} 4`,
    `fargaze:probe_fresh${labels()} 1`,
    '',
  ].join('\n');
}

const configuration = (port: number) => `
global: { scrape_interval: 1s }
scrape_configs:
  - job_name: made
    honor_labels: true
    static_configs: [{ targets: ['127.0.0.1:${port}'] }]
`;
