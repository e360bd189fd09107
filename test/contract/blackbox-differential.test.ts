// blackbox_exporter and web-probe on the same servers: same series, same values, but for what is listed here.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { stringify } from 'yaml';
import { probeWeb } from '../../functions/web-probe/probe.ts';
import { freePort } from '../../local/programs/process.ts';
import { type Server, startBlackboxExporter } from '../../local/programs/servers.ts';
import { issueCertificate } from '../support/certificates.ts';
import { httpModule, runProbe } from '../support/probing.ts';
import { answerWith, httpAnswer, type RawServer, startRawServer } from '../support/raw-server.ts';

const ca = issueCertificate({ commonName: 'Test CA', ca: true });
const leaf = issueCertificate({
  commonName: 'localhost',
  organization: ['Example, Inc'],
  issuer: ca.issuer,
  dns: ['localhost', 'www.example.test'],
  ip: ['127.0.0.1'],
});
const expired = issueCertificate({
  commonName: 'localhost',
  issuer: ca.issuer,
  ip: ['127.0.0.1'],
  validForDays: -0.5,
});

/** Series whose values are times or lengths of time: only that both have them is compared. */
const timed =
  /^(?:probe_duration_seconds|probe_dns_lookup_time_seconds|probe_http_duration_seconds\{.*\})$/;

/** Series that we add, and that core adds to every probe. */
const added =
  /^(?:fargaze_probe_ssl_earliest_cert_expiry|probe_ssl_verified|probe_ssl_leaf_not_before_timestamp_seconds|probe_tls_cipher_info\{.*\})$/;

/** Series that blackbox_exporter's handler adds, which for us is core's part. */
const handled = /^(?:probe_success|probe_duration_seconds)$/;

type Case = {
  readonly name: string;
  readonly serve: Parameters<typeof startRawServer>[0];
  readonly tls?: { readonly cert: string; readonly key: string };
  readonly http?: Record<string, unknown>;
  /** Series in which we differ on purpose, with the reason. */
  readonly deviations?: Readonly<Record<string, string>>;
};

const json = httpAnswer(
  '200 OK',
  ['Content-Type: application/json', 'X-A: b', 'Last-Modified: Sun, 06 Nov 1994 08:49:37 GMT'],
  '{"a":1}',
);
const certificateKept = 'the certificate is reported although it is not valid';
const timeKept = 'the connection that there was is reported';

const cases: readonly Case[] = [
  { name: 'a healthy page', serve: answerWith(json) },
  { name: 'a 404', serve: answerWith(httpAnswer('404 Not Found', [], 'no')) },
  {
    name: 'a wanted 404',
    serve: answerWith(httpAnswer('404 Not Found')),
    http: { valid_status_codes: [404] },
  },
  {
    name: 'an unknown length',
    serve: answerWith('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\n\r\n'),
  },
  { name: 'a body without length', serve: answerWith('HTTP/1.1 200 OK\r\n\r\nuntil the end') },
  { name: 'HTTP/1.0', serve: answerWith(json.replace('HTTP/1.1', 'HTTP/1.0')) },
  {
    name: 'an unwanted body',
    serve: answerWith(json),
    http: { fail_if_body_matches_regexp: ['"a"'] },
  },
  {
    name: 'a wanted body',
    serve: answerWith(json),
    http: { fail_if_body_not_matches_regexp: ['"a":\\d'] },
  },
  {
    name: 'an unwanted header',
    serve: answerWith(json),
    http: { fail_if_header_matches: [{ header: 'x-a', regexp: 'b' }] },
  },
  {
    name: 'a wanted header that is missing',
    serve: answerWith(json),
    http: { fail_if_header_not_matches: [{ header: 'x-b', regexp: 'b' }] },
  },
  { name: 'no TLS where it is wanted', serve: answerWith(json), http: { fail_if_not_ssl: true } },
  { name: 'a body that is too long', serve: answerWith(json), http: { body_size_limit: '3B' } },
  {
    name: 'a gzip body',
    serve: answerWith(
      Buffer.concat([
        Buffer.from('HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nConnection: close\r\n\r\n'),
        gzipSync('hello hello hello'),
      ]),
    ),
    http: { compression: 'gzip' },
  },
  {
    name: 'a redirect that is followed',
    serve: (socket) => {
      socket.once('data', (chunk: Buffer) => {
        socket.end(
          chunk.toString().startsWith('GET / ') ? httpAnswer('302 Found', ['Location: /b']) : json,
        );
      });
    },
  },
  {
    name: 'a redirect that is not followed',
    serve: answerWith(httpAnswer('302 Found', ['Location: /b'])),
    http: { follow_redirects: false, valid_status_codes: [302] },
  },
  { name: 'redirects without end', serve: answerWith(httpAnswer('302 Found', ['Location: /b'])) },
  { name: 'TLS', serve: answerWith(json), tls: leaf },
  {
    name: 'TLS where none is wanted',
    serve: answerWith(json),
    tls: leaf,
    http: { fail_if_ssl: true },
  },
  {
    name: 'an expired certificate',
    serve: answerWith(json),
    tls: expired,
    deviations: {
      probe_ssl_earliest_cert_expiry: certificateKept,
      probe_ssl_last_chain_info: certificateKept,
      probe_tls_version_info: certificateKept,
    },
  },
  { name: 'an end before the answer', serve: answerWith('') },
];

let blackbox: Server;
let directory: string;
const servers: RawServer[] = [];

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'fargaze-differential-'));
  writeFileSync(join(directory, 'ca.pem'), ca.cert);
  const module = (http: Record<string, unknown>) => ({
    prober: 'http',
    timeout: '2s',
    http: {
      preferred_ip_protocol: 'ip4',
      tls_config: { ca_file: join(directory, 'ca.pem') },
      ...http,
    },
  });
  const modules = Object.fromEntries(cases.map(({ name, http = {} }) => [name, module(http)]));
  blackbox = await startBlackboxExporter({ config: stringify({ modules }) });
});

afterAll(async () => {
  await blackbox.stop();
  rmSync(directory, { recursive: true });
});

afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()));
});

/** Series by name with sorted labels. */
function normalise(key: string): string {
  const [, name = '', inner = ''] = /^([^{]+)(?:\{(.*)\})?$/s.exec(key) ?? [];
  const labels = [...inner.matchAll(/(\w+)="((?:[^"\\]|\\.)*)"/g)]
    .map(([whole]) => whole)
    // The label serialnumber came with 0.26; what is compared with may be older.
    .filter((label) => !label.startsWith('serialnumber='))
    .sort();
  return labels.length === 0 ? name : `${name}{${labels.join(',')}}`;
}

async function askBlackbox(module: string, target: string): Promise<Map<string, number>> {
  const query = `module=${encodeURIComponent(module)}&target=${encodeURIComponent(target)}`;
  const text = await (await fetch(`${blackbox.url}/probe?${query}`)).text();
  const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return new Map(
    lines.map((line) => {
      const at = line.lastIndexOf(' ');
      return [normalise(line.slice(0, at).replaceAll('\\\\', '\\')), Number(line.slice(at + 1))];
    }),
  );
}

it.each(cases)('$name', async ({ name, serve, tls, http = {}, deviations = {} }) => {
  const server = await startRawServer(serve, tls);
  servers.push(server);
  const target = `${tls === undefined ? 'http' : 'https'}://127.0.0.1:${server.port}/`;
  const theirs = await askBlackbox(name, target);
  const probed = await runProbe(
    probeWeb,
    httpModule({ tls_config: { ca: ca.cert }, ...http }),
    target,
  );
  const ours = new Map(
    Object.entries(probed.samples).map(([key, value]) => [normalise(key), value]),
  );
  expect(probed.outcome.ok ? 1 : 0).toBe(theirs.get('probe_success'));
  const differs = (key: string) => (key.split('{')[0] ?? '') in deviations;
  for (const [key, value] of theirs) {
    if (handled.test(key) || differs(key)) continue;
    expect([key, ours.has(key)]).toEqual([key, true]);
    if (!timed.test(key)) expect([key, ours.get(key)]).toEqual([key, value]);
  }
  const extra = [...ours.keys()].filter(
    (key) => !theirs.has(key) && !added.test(key) && !differs(key),
  );
  expect(extra).toEqual([]);
});

it('a closed port: same series, and ours keep the time of the attempt', async () => {
  const target = `http://127.0.0.1:${await freePort()}/`;
  const theirs = await askBlackbox('a healthy page', target);
  const probed = await runProbe(probeWeb, httpModule({}), target);
  const connect = 'probe_http_duration_seconds{phase="connect"}';
  expect(theirs.get(connect)).toBe(0);
  expect([timeKept, probed.samples[connect]]).toEqual([timeKept, expect.any(Number)]);
  expect(probed.samples[connect]).toBeGreaterThan(0);
  const ours = Object.keys(probed.samples).map(normalise).sort();
  expect(ours).toEqual([...theirs.keys()].filter((key) => !handled.test(key)).sort());
});
