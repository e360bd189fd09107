// Packs configuration into task definitions: a deterministic tar.gz as base64, which an init container unpacks and
// fills. So a rollback brings the old configuration back. Refuses what does not fit. Holds no secret: whoever may
// describe a task definition can read it.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { Config } from '../layers/core/src/config/config.ts';
import { interpolate } from '../layers/core/src/config/interpolate.ts';
import { instanceOf } from '../layers/core/src/config/probes.ts';
import { deployedLogs, type LinkBases, linkAlerts } from './config/prometheus/links.ts';
import { originRunbooks } from './config/prometheus/origin.ts';
import { renderRules } from './config/prometheus/render.ts';
import { renderAlertFiles } from './grafana/alert-files.ts';
import { type TarFile, writeTar } from './tar.ts';

/** Bytes of base64 that a bundle may have: a task definition takes 64 KiB in all. */
export const bundleLimit = 56 * 1024;

/** The bundles by the service that they are for. */
export const bundleNames = ['grafana', 'prometheus', 'web'] as const;

/** A service with a bundle. */
export type BundleName = (typeof bundleNames)[number];

/** What bundles are made from. */
export type BundleSource = {
  /** The repository. */
  readonly root: string;
  readonly config: Config;
  /** Variables of the functions, for targets in fargaze.yml. */
  readonly environment: Readonly<Record<string, string>>;
};

/** The files of a bundle, with paths relative to where it is unpacked. */
export function listBundle(name: BundleName, source: BundleSource): TarFile[] {
  return [...contents[name](source), readFrom(source.root, 'infra/config/unpack.sh', 'unpack.sh')];
}

/**
 * Base64 of the bundle's tar.gz.
 * @throws RangeError when it is larger than {@link bundleLimit}, with its size.
 */
export function packBundle(name: BundleName, source: BundleSource): string {
  const packed = gzipSync(writeTar(listBundle(name, source)), { level: 9 });
  // The operating system on which it was packed is no part of it (RFC 1952, 2.3.1).
  packed[9] = 255;
  const text = packed.toString('base64');
  if (text.length > bundleLimit) {
    throw new RangeError(
      `configuration of ${name} is ${text.length} bytes packed, want at most ${bundleLimit}: a task definition holds no more`,
    );
  }
  return text;
}

/** Directories that the init container opens to the users of the other containers. */
const opened: Readonly<Record<BundleName, readonly string[]>> = {
  grafana: ['/data', '/tmp'],
  prometheus: ['/data', '/notify', '/pushed'],
  web: ['/config', '/metric-files', '/tmp'],
};

/** The shell command of the init container. It runs as root without capabilities, so it cannot give files away. */
export function unpackCommand(name: BundleName): string {
  return [
    'set -eu',
    'printf %s "$CONFIG_TGZ" | base64 -d | tar -xzof - -C /config',
    'sh /config/unpack.sh /config',
    // What an image brings with another owner is its own to open; without capabilities root could not.
    `for d in ${opened[name].join(' ')}; do if [ -O "$d" ]; then chmod 1777 "$d"; fi; done`,
  ].join('; ');
}

const contents: Readonly<Record<BundleName, (source: BundleSource) => TarFile[]>> = {
  grafana: (source) => [
    ...readTree(join(source.root, 'infra/config/grafana')).filter(
      ({ path }) => path !== 'provisioning/alerting/rules.yml',
    ),
    readFrom(
      source.root,
      'infra/config/grafana-amp/prometheus.yml',
      'provisioning/datasources/amp.yml',
    ),
    ...toFiles(
      'provisioning/alerting/',
      renderAlertFiles({ ...ruleSource(source), root: source.root, links: linksOf(source) }),
    ),
  ],
  prometheus: (source) => [
    readFrom(source.root, 'infra/config/prometheus/deployed.yml', 'prometheus.yml'),
    ...readTree(join(source.root, 'infra/config/alertmanager')),
    ...ruleFiles(source),
  ],
  web: ({ root }) => [
    ...readTree(join(root, 'infra/web/fargaze_web'), 'fargaze_web/'),
    readFrom(root, 'infra/web/requirements.txt', 'requirements.txt'),
  ],
};

/** The rules, shipped ones and those of fargaze.yml, with their links. */
function ruleFiles(source: BundleSource): TarFile[] {
  const links = linksOf(source);
  return [
    ...readTree(join(source.root, 'infra/config/prometheus/rules'), 'rules/'),
    ...toFiles('rules/', renderRules(ruleSource(source))),
  ].map(({ path, content }) => ({
    path,
    content: path.startsWith('rules/alerting/')
      ? Buffer.from(linkAlerts(content.toString(), links))
      : content,
  }));
}

function linksOf({ config, root }: BundleSource): LinkBases {
  const runbooks = originRunbooks(root);
  return { ...(runbooks !== undefined && { runbooks }), ...config.links, logs: deployedLogs };
}

/** What rules and alerts are generated from. */
export function ruleSource(source: BundleSource) {
  return { config: source.config, expected: expectedProbes(source) };
}

/** Generated texts as files below `prefix`. */
function toFiles(prefix: string, texts: Readonly<Record<string, string>>): TarFile[] {
  return Object.entries(texts).map(([path, text]) => ({
    path: `${prefix}${path}`,
    content: Buffer.from(text),
  }));
}

/** Addresses that only a deployment knows; the init container fills them in. */
const unknownAddresses: Readonly<Record<string, string>> = {
  REDIS_URL: '__REDIS_SCHEME__://__REDIS_HOST__',
  WEB_URL: '__WEB_URL__',
};

function expectedProbes({ config, environment }: BundleSource) {
  return config.probes.map(({ instance, interval, job, name, target }) => {
    const { text } = interpolate(
      target,
      (variable) => unknownAddresses[variable] ?? environment[variable],
    );
    return { name, job, instance: instanceOf({ instance }, text), interval };
  });
}

function readFrom(root: string, file: string, path: string): TarFile {
  return { path, content: readFileSync(join(root, file)) };
}

/** Every file below `directory`, hidden and compiled ones left out. */
function readTree(directory: string, prefix = ''): TarFile[] {
  return readdirSync(directory, { withFileTypes: true }).flatMap((entry) => {
    const { name } = entry;
    if (name.startsWith('.') || name === '__pycache__') return [];
    if (entry.isDirectory()) return readTree(join(directory, name), `${prefix}${name}/`);
    return [{ path: `${prefix}${name}`, content: readFileSync(join(directory, name)) }];
  });
}
