// blackbox_exporter and web-probe on the same servers, by the same blackbox.yml: same series, same values, same words, but for
// what docs/metrics.md lists.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { parseWithWarnings } from '../../build/config-file.ts';
import { probeByModule } from '../../functions/web-probe/probers.ts';
import { catalogue } from '../../layers/core/src/catalogue.ts';
import { mapConcurrently } from '../../layers/core/src/concurrency.ts';
import type { WebModule } from '../../layers/core/src/config/modules.ts';
import { findPrograms } from '../../local/programs/find.ts';
import { freePort } from '../../local/programs/ports.ts';
import { type Server, startBlackboxExporter } from '../../local/programs/servers.ts';
import { startLineServers } from '../support/peer/line-servers.ts';
import {
  differences,
  newerOptions,
  type Situation,
  situations,
} from '../support/peer/situations.ts';
import { certificates, startWebServers } from '../support/peer/web-servers.ts';
import { type Probed, runProbe } from '../support/probing.ts';

type Series = ReadonlyMap<string, number>;

/** What both found, and we once more when we are strict. */
type Answers = { readonly theirs: Series; readonly ours: Probed; readonly strict: Probed };

/** Series whose values are lengths of time: only that both have them is compared. */
const timed =
  /^probe_(?:duration|dns_lookup_time|http_duration|dns_duration|grpc_duration)_?\w*seconds/;

/** Series that only we have. */
const added =
  /^(?:probe_ssl_verified|probe_ssl_leaf_not_before_timestamp_seconds|fargaze_\w+|probe_tcp_duration_seconds)(?:\{|$)/;

/** Series of blackbox_exporter's handler, which core adds to every probe. */
const handled = /^probe_(?:duration_seconds|timeout_seconds)$/;

let blackbox: Server;
let release: string;
let directory: string;
let helps: ReadonlyMap<string, string>;
const found = new Map<string, Answers>();
const closing: (() => Promise<void>)[] = [];

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'fargaze-differential-'));
  const [web, line, closed] = await Promise.all([
    startWebServers(),
    startLineServers(),
    freePort(),
  ]);
  closing.push(web.close, line.close);
  const portOf = (name: string) => {
    if (name === 'closed') return closed;
    try {
      return web.port(name);
    } catch {
      return line.port(name);
    }
  };
  const { blackbox_exporter: program } = await findPrograms(['blackbox_exporter'], {
    report: () => undefined,
  });
  release = program.version;
  const asked = situations.filter(isKnown);
  writeFiles();
  const modules = Object.fromEntries(
    asked.map((one, index) => [`m${index}`, moduleOf(one, portOf)]),
  );
  const file = join(directory, 'blackbox.yml');
  writeFileSync(file, stringify({ modules }));
  blackbox = await startBlackboxExporter({ config: stringify({ modules }) });
  closing.push(blackbox.stop);
  const compiled = (key: string) =>
    parseWithWarnings(`${key}\n`, { name: 'fargaze.yml', directory }).config.modules;
  const plain = compiled('blackbox: blackbox.yml');
  const strict = compiled('blackbox: { file: blackbox.yml, compat: strict }');
  const texts: string[] = [];
  await mapConcurrently(
    asked.map((one, index) => ({ one, index })),
    12,
    async ({ index, one }) => {
      const target = targetOf(one).replace('{port}', String(portOf(one.server)));
      const key = `m${index}`;
      const [text, ours, again] = await Promise.all([
        askBlackbox(key, target),
        runProbe(probeByModule, plain[key] as WebModule, target),
        runProbe(probeByModule, strict[key] as WebModule, target),
      ]);
      texts.push(text);
      found.set(one.name, { theirs: readSeries(text), ours, strict: again });
    },
  );
  helps = new Map(
    [...texts.join('\n').matchAll(/^# HELP (\S+) (.*)$/gm)].map(([, name = '', help = '']) => [
      name,
      help,
    ]),
  );
});

afterAll(async () => {
  await Promise.all(closing.map((close) => close()));
  rmSync(directory, { recursive: true });
});

/** An older blackbox_exporter is asked what it knows. */
function isKnown({ options = {}, server }: Situation): boolean {
  if (!isOld()) return true;
  const text = JSON.stringify(options);
  // It took nothing at all for an empty text in Brotli.
  if (server === 'empty' && text.includes('"br"')) return false;
  // It wrote an IPv4 address within an IPv6 one as IPv4.
  return !newerOptions.test(text) && !text.includes('::ffff:');
}

function writeFiles(): void {
  const { ca, client } = certificates;
  const files = { 'ca.pem': ca.cert, 'client.pem': client.cert, 'client.key': client.key };
  const texts = { ...files, 'body.txt': 'from a file', secret: 's3cret', token: 't0ken' };
  for (const [name, text] of Object.entries(texts)) writeFileSync(join(directory, name), text);
}

function moduleOf(
  { options = {}, prober, timeout = '30s' }: Situation,
  portOf: (name: string) => number,
) {
  const own = { preferred_ip_protocol: 'ip4', ip_protocol_fallback: true, ...options };
  const filled = JSON.stringify(own)
    .replace(/\{port:(\w+)\}/g, (_, name: string) => String(portOf(name)))
    .replace(/\{(ca|client|key|file|secret|token)\}/g, (_, name: string) =>
      join(directory, fileNames[name] ?? name),
    );
  return { prober, timeout, [prober]: JSON.parse(filled) };
}

const fileNames: Readonly<Record<string, string>> = {
  ca: 'ca.pem',
  client: 'client.pem',
  key: 'client.key',
  file: 'body.txt',
};

function targetOf({ prober, target }: Situation): string {
  return target ?? (prober === 'http' ? 'http://127.0.0.1:{port}/' : '127.0.0.1:{port}');
}

async function askBlackbox(module: string, target: string): Promise<string> {
  const query = `module=${module}&target=${encodeURIComponent(target)}`;
  return (await fetch(`${blackbox.url}/probe?${query}`)).text();
}

/** Series by name with sorted labels. */
function normalise(key: string): string {
  const [, name = '', inner = ''] = /^([^{]+)(?:\{(.*)\})?$/s.exec(key) ?? [];
  const labels = [...inner.matchAll(/(\w+)="((?:[^"\\]|\\.)*)"/g)]
    .map(([whole]) => whole)
    .filter((label) => !isOld() || !label.startsWith('serialnumber='))
    .sort();
  return labels.length === 0 ? name : `${name}{${labels.join(',')}}`;
}

function isOld(): boolean {
  return Number(release.split('.')[1]) < 26;
}

function readSeries(text: string): Series {
  const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return new Map(
    lines.map((line) => {
      const at = line.lastIndexOf(' ');
      return [normalise(line.slice(0, at).replaceAll('\\\\', '\\')), Number(line.slice(at + 1))];
    }),
  );
}

/** Our series, with the verdict that core makes a series of. */
function seriesOf({ outcome, samples }: Probed): Series {
  const own = Object.entries(samples).map(([key, value]) => [normalise(key), value] as const);
  return new Map([...own, ['probe_success', outcome.ok ? 1 : 0]]);
}

/** Every series in which the two differ, with both values. */
function compare(
  theirs: Series,
  probed: Probed,
  prober: Situation['prober'],
): Record<string, readonly unknown[]> {
  const ours = seriesOf(probed);
  const keys = new Set([...theirs.keys(), ...ours.keys()]);
  const differing = [...keys].filter((key) => {
    if (handled.test(key) || (added.test(key) && !theirs.has(key))) return false;
    if (isOld() && changedSince(key, prober)) return false;
    // Only the http prober shows a cipher, and the dns prober nothing of TLS.
    if (!theirs.has(key) && isOurs(key, prober)) return false;
    if (timed.test(key)) return ours.has(key) !== theirs.has(key);
    return ours.get(key) !== theirs.get(key);
  });
  return Object.fromEntries(differing.map((key) => [key, [theirs.get(key), ours.get(key)]]));
}

/** What 0.23 shows in other situations than 0.28. */
function changedSince(key: string, prober: Situation['prober']): boolean {
  if (prober === 'tcp') return /^probe_failed_due_to_/.test(key);
  return prober === 'grpc' && /^probe_(?:ssl|tls|grpc_ssl)/.test(key);
}

function isOurs(key: string, prober: Situation['prober']): boolean {
  if (/^probe_tls_cipher_info/.test(key)) return prober !== 'http' || isOld();
  if (prober === 'grpc' && /^probe_ssl_last_chain_expiry/.test(key)) return true;
  return prober === 'dns' && /^probe_(?:ssl|tls)_/.test(key);
}

it('compares in at least 120 situations', () => {
  expect(new Set(situations.map(({ name }) => name)).size).toBe(situations.length);
  expect(found.size).toBeGreaterThanOrEqual(120);
  expect(situations.length).toBeGreaterThanOrEqual(270);
});

it.each(situations)('$prober: $name', (situation) => {
  if (!isKnown(situation)) return;
  const { ours, strict, theirs } = found.get(situation.name) ?? {};
  if (theirs === undefined || ours === undefined || strict === undefined)
    throw new Error('not asked');
  const allowed = situation.differs && differences[situation.differs].series;
  const unlisted = Object.entries(compare(theirs, ours, situation.prober)).filter(
    ([key]) => allowed === undefined || !allowed.test(key),
  );
  expect(Object.fromEntries(unlisted)).toEqual({});
  const restored = situation.differs === undefined || differences[situation.differs].restored;
  if (restored) expect(compare(theirs, strict, situation.prober)).toEqual({});
});

it('has the words of every metric', () => {
  const known = Object.entries(catalogue).filter(([name]) => helps.has(name));
  expect(known.length).toBeGreaterThan(20);
  expect(known.map(([name, { help }]) => [name, help])).toEqual(
    known.map(([name]) => [name, helps.get(name)]),
  );
});

it('every difference is described in docs/metrics.md', () => {
  const page = readFileSync('docs/metrics.md', 'utf8');
  const missing = Object.entries(differences).filter(([, { words }]) => !page.includes(words));
  expect(missing).toEqual([]);
});
