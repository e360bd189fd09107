// A fargaze.yml with a reference at every place that takes one, canaries in the variables that they name and in those of a
// usual shell, and a search of what a command wrote: files, archives, and what is packed into their texts.
import { readdirSync, readFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import { gunzipSync, inflateRawSync } from 'node:zlib';
import { issueCertificate } from './certificates.ts';
import { plant, Witness } from './planted.ts';

const { cert } = issueCertificate({ commonName: 'probe' });

/** Name of the job of the probes whose results can be delivered: of a target that answers. */
export const plantedJob = 'planted';

const modules = `
  planted_bearer: { prober: http, http: { authorization: { credentials: env:PLANTED_TOKEN } } }
  planted_basic: { prober: http, http: { basic_auth: { username: u, password: env:PLANTED_PASSWORD } } }
  planted_headers:
    prober: http
    http: { method: POST, headers: { X-Api-Key: env:PLANTED_KEY, Cookie: env:PLANTED_COOKIE }, body: env:PLANTED_BODY }
  planted_lists: { prober: http, http: { http_headers: { X-Api-Key: { secrets: [env:PLANTED_KEY] } } } }
  planted_oauth:
    prober: http
    http: { oauth2: { client_id: c, client_secret: env:PLANTED_CLIENT, token_url: 'http://127.0.0.1:1/t' } }
  planted_sigv4: { prober: http, http: { sigv4: { region: eu-west-1 } } }
  planted_proxy:
    prober: http
    http: { proxy_url: 'http://127.0.0.1:1', proxy_connect_header: { Proxy-Authorization: [env:PLANTED_PROXY] } }
  planted_tls: { prober: http, http: { tls_config: { key: env:PLANTED_TLS_KEY, cert: ${JSON.stringify(cert)} } } }
  planted_steps:
    prober: http
    http: { method: POST, body: 'p=\${env:PLANTED_PASSWORD}' }
    steps: [{ name: first, path: /first }]
  planted_acl: { prober: redis, redis: { username: u, password: env:PLANTED_REDIS } }
`;

const probes = `
  - { name: pl1, module: planted_bearer, job: ${plantedJob}, target: '\${PLANTED_URL}' }
  - { name: pl2, module: planted_basic, job: planted-2, target: '\${PLANTED_URL}' }
  - { name: pl3, module: planted_headers, job: planted-3, target: '\${PLANTED_URL}' }
  - { name: pl4, module: planted_lists, job: planted-4, target: '\${PLANTED_URL}' }
  - { name: pl5, module: planted_oauth, job: planted-5, target: '\${PLANTED_URL}' }
  - { name: pl6, module: planted_sigv4, job: planted-6, target: '\${PLANTED_URL}' }
  - { name: pl7, module: planted_proxy, job: planted-7, target: 'https://127.0.0.1:1/' }
  - { name: pl8, module: planted_tls, job: planted-8, target: 'https://127.0.0.1:1/' }
  - { name: pl9, module: planted_steps, job: planted-9, target: '\${PLANTED_URL}' }
  - { name: pr1, module: planted_acl, job: planted-r1, target: 'redis://127.0.0.1:1' }
  - { name: pr2, module: redis, job: planted-r2, target: '\${PLANTED_REDIS_URL}' }
`;

/** `text`, a fargaze.yml with modules and probes, with the planted ones before its own. */
export function plantInto(text: string): string {
  return text
    .replace(/^modules:$/m, `modules:${modules}`)
    .replace(/^probes:$/m, `probes:${probes}`);
}

/** Only what is planted. */
export const plantedConfig = plantInto('modules:\nprobes:\n');

/** Variables of the shell: what the references name, with a web target at `url`, and what shells hold besides. */
export function plantedEnvironment(url: string): Readonly<Record<string, string>> {
  const { host } = new URL(url);
  return {
    PLANTED_TOKEN: plant('token'),
    PLANTED_PASSWORD: plant('password'),
    PLANTED_KEY: plant('key'),
    PLANTED_COOKIE: `a=${plant('cookie')}`,
    PLANTED_BODY: `{"password": "${plant('body')}"}`,
    PLANTED_CLIENT: plant('client'),
    PLANTED_PROXY: `Basic ${plant('proxy')}`,
    PLANTED_TLS_KEY: plant('tlskey'),
    PLANTED_REDIS: plant('redis'),
    PLANTED_URL: `http://u:${plant('userinfo')}@${host}/${plant('path')}?token=${plant('query')}#${plant('hash')}`,
    PLANTED_REDIS_URL: `redis://u:${plant('redisinfo')}@127.0.0.1:1/0`,
    GITHUB_TOKEN: plant('github'),
    NPM_TOKEN: plant('npm'),
    GF_SECURITY_ADMIN_PASSWORD: plant('grafana'),
    REDISCLI_AUTH: plant('rediscli'),
    REDIS_PASSWORD: plant('exporter'),
  };
}

/** Lines of files below `directory` that hold a canary, after the name of each. */
export function findPlanted(directory: string): string[] {
  const files = readdirSync(directory, { recursive: true, withFileTypes: true });
  return files
    .filter((entry) => entry.isFile())
    .flatMap(({ name, parentPath }) => findInFile(join(parentPath, name)));
}

function findInFile(path: string): string[] {
  const bytes = readFileSync(path);
  const parts = extname(path) === '.zip' ? unzip(bytes) : [bytes.toString('latin1')];
  return parts.flatMap(findInText).map((line) => `${path}: ${line.slice(0, 200)}`);
}

/** Lines of a text that hold a canary, also in what is gzipped and in base64 in it. */
export function findInText(text: string): string[] {
  const packed = [...text.matchAll(/H4sI[\w+/]{60,}={0,2}/g)].flatMap(([found]) =>
    gunzipped(found),
  );
  const witness = new Witness();
  witness.hear(text, ...packed);
  return witness.found();
}

function gunzipped(text: string): string[] {
  try {
    return [gunzipSync(Buffer.from(text, 'base64')).toString('latin1')];
  } catch {
    return [];
  }
}

/** The contents of an archive (pkware.com, APPNOTE 4.3.12), each as text. */
export function unzip(archive: Buffer): string[] {
  const contents: string[] = [];
  let at = archive.indexOf('PK\x01\x02', 'latin1');
  while (at >= 0 && archive.readUInt32LE(at) === 0x02014b50) {
    const size = archive.readUInt32LE(at + 20);
    const local = archive.readUInt32LE(at + 42);
    const begin = local + 30 + archive.readUInt16LE(local + 26) + archive.readUInt16LE(local + 28);
    const data = archive.subarray(begin, begin + size);
    const deflated = archive.readUInt16LE(at + 10) === 8;
    contents.push((deflated ? inflateRawSync(data) : data).toString('latin1'));
    const lengths = [28, 30, 32].map((offset) => archive.readUInt16LE(at + offset));
    at += 46 + lengths.reduce((sum, length) => sum + length, 0);
  }
  if (contents.length === 0) throw new Error('an archive without contents');
  return contents;
}
