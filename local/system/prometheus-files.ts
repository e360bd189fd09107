// The deployed configuration of Prometheus, with what only this machine knows: addresses, and a quicker pace for people who watch.
import { cp, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse, stringify } from 'yaml';
import { type LinkBases, linkAlerts } from '../../infra/config/prometheus/links.ts';
import { originRunbooks } from '../../infra/config/prometheus/origin.ts';
import { renderRules } from '../../infra/config/prometheus/render.ts';
import type { Config } from '../../layers/core/src/config/config.ts';

/** A configured probe with its target's variables filled in. */
export type LocalProbe = {
  readonly name: string;
  readonly job: string;
  readonly instance: string;
  /** Seconds between two results. */
  readonly interval: number;
};

/** What {@link layOutPrometheus} writes from. */
export type PrometheusFiles = {
  /** The repository. */
  readonly root: string;
  /** Where to write. */
  readonly directory: string;
  readonly config: Config;
  /** Addresses to scrape, by job. */
  readonly targets: Readonly<Record<string, string>>;
  /** host:port of what the exporter of a job reports on; rules match probes by it. */
  readonly servers: Readonly<Record<string, string>>;
  readonly probes: readonly LocalProbe[];
};

/** Seconds between two scrapes and evaluations. */
export const scrapeSeconds = 5;

/** The same as Prometheus writes it. */
export const interval = `${scrapeSeconds}s`;

/** Writes everything; answers with the path of the configuration file. */
export async function layOutPrometheus(files: PrometheusFiles): Promise<string> {
  const { directory, root } = files;
  const source = join(root, 'infra/config/prometheus');
  await mkdir(join(directory, 'targets'), { recursive: true });
  await cp(join(source, 'rules'), join(directory, 'rules'), { recursive: true });
  const config = parse(await readFile(join(source, 'prometheus.yml'), 'utf8'));
  config.global = { ...config.global, scrape_interval: interval, evaluation_interval: interval };
  await writeFile(join(directory, 'prometheus.yml'), stringify(config));
  const rendered = renderRules({ config: files.config, expected: files.probes });
  for (const [path, text] of Object.entries(rendered)) {
    await writeFile(join(directory, 'rules', path), text);
  }
  const runbooks = originRunbooks(root);
  await hasten(join(directory, 'rules'), { ...(runbooks && { runbooks }), ...files.config.links });
  for (const [job, url] of Object.entries(files.targets)) {
    const server = files.servers[job];
    const labels = { job, ...(server !== undefined && { server }) };
    const groups = [{ targets: [new URL(url).host], labels }];
    await writeFile(join(directory, `targets/${job}.json`), JSON.stringify(groups));
  }
  return join(directory, 'prometheus.yml');
}

/** With links; and groups that take their time when deployed are evaluated as often as all others: people watch. */
async function hasten(rules: string, links: LinkBases): Promise<void> {
  const files = await readdir(rules, { recursive: true });
  for (const file of files.filter((name) => name.endsWith('.yml'))) {
    const { groups } = parse(linkAlerts(await readFile(join(rules, file), 'utf8'), links));
    for (const group of groups) delete group.interval;
    await writeFile(join(rules, file), stringify({ groups }, { lineWidth: 0 }));
  }
}
