// Requests that are signed for AWS: a server computes each signature anew, with the signer of the AWS SDK, from what it received.
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { SignatureV4 } from '@smithy/signature-v4';
import { probeByModule } from '../../functions/web-probe/probers.ts';
import type { WebModule } from '../../layers/core/src/config/modules.ts';
import { isBound } from '../../layers/core/src/probe/bound-hosts.ts';
import { compileModule, runProbe, verdict } from '../support/probing.ts';
import { Sha256 } from '../support/sha256.ts';

const credentials = {
  accessKeyId: 'AKIDEXAMPLE123456789',
  secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY',
  sessionToken: 'session/token+of==the-function',
};

const seen: { request: IncomingMessage; fits: boolean }[] = [];

/** Whether the SDK makes the same signature of what arrived. */
async function verify(request: IncomingMessage, body: Buffer): Promise<boolean> {
  const { authorization = '' } = request.headers;
  const [, scope = '', names = '', signature] =
    /^AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE123456789\/(\S+), SignedHeaders=(\S+), Signature=([0-9a-f]{64})$/.exec(
      authorization,
    ) ?? [];
  if (signature === undefined) return false;
  const [, region = '', service = ''] = scope.split('/');
  const url = new URL(request.url ?? '', 'http://x');
  const query: Record<string, string[]> = {};
  for (const [name, value] of url.searchParams) query[name] = [...(query[name] ?? []), value];
  const headers = Object.fromEntries(
    names.split(';').map((name) => [name, String(request.headers[name])]),
  );
  const signer = new SignatureV4({
    credentials,
    region,
    service,
    sha256: Sha256 as never,
    uriEscapePath: service !== 's3',
    applyChecksum: service === 's3',
  });
  const time = String(headers['x-amz-date']).replace(
    /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/,
    '$1-$2-$3T$4:$5:$6Z',
  );
  const signed = await signer.sign(
    {
      method: request.method ?? '',
      protocol: 'http:',
      hostname: 'x',
      path: url.pathname,
      query,
      headers,
      body,
    },
    { signingDate: new Date(time) },
  );
  return signed.headers.authorization?.endsWith(`Signature=${signature}`) === true;
}

const server = createServer((request, response) => {
  const parts: Buffer[] = [];
  request.on('data', (part: Buffer) => parts.push(part));
  request.on('end', async () => {
    const fits = await verify(request, Buffer.concat(parts));
    seen.push({ request, fits });
    if (request.url === '/moved') response.writeHead(307, { Location: '/here?a=1' }).end();
    else if (request.url === '/away') {
      response.writeHead(307, { Location: `http://localhost:${port()}/` }).end();
    } else response.writeHead(fits ? 200 : 403).end(request.headers.authorization);
  });
});

const port = () => (server.address() as AddressInfo).port;

beforeAll(async () => {
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
});

afterAll(() => {
  server.closeAllConnections();
  server.close();
});

beforeEach(() => {
  seen.length = 0;
  process.env.AWS_ACCESS_KEY_ID = credentials.accessKeyId;
  process.env.AWS_SECRET_ACCESS_KEY = credentials.secretAccessKey;
  process.env.AWS_SESSION_TOKEN = credentials.sessionToken;
  process.env.AWS_REGION = 'eu-central-1';
});

afterEach(() => {
  for (const name of ['ACCESS_KEY_ID', 'SECRET_ACCESS_KEY', 'SESSION_TOKEN', 'REGION']) {
    delete process.env[`AWS_${name}`];
  }
});

async function probe(http: object, path = '/', more: object = {}) {
  const module = compileModule({ prober: 'http', timeout: '20s', http, ...more }) as WebModule;
  return runProbe(probeByModule, module, `http://127.0.0.1:${port()}${path}`);
}

it.each([
  { name: 'a plain GET', http: {}, path: '/' },
  {
    name: 'a path and a query that need encoding',
    http: {},
    path: '/a b/%2F/~é/c*?a1=2&a=x+y&a=%2b&b&z=%C3%A9',
  },
  {
    name: 'a body with its type',
    http: {
      method: 'POST',
      body: '{"é":1}',
      headers: { 'content-type': 'application/json', 'X-Amz-Target': 'a.B' },
    },
    path: '/p',
  },
  { name: 'another host', http: { headers: { Host: 'api.example.com' } }, path: '/' },
])('$name is signed as AWS expects it', async ({ http, path }) => {
  const probed = await probe({ ...http, sigv4: {} }, path);
  expect([verdict(probed), seen.map(({ fits }) => fits)]).toEqual(['ok', [true]]);
  expect(seen[0]?.request.headers['x-amz-security-token']).toBe(credentials.sessionToken);
  expect(seen[0]?.request.headers.authorization).toContain(
    '/eu-central-1/execute-api/aws4_request',
  );
});

it('S3 is signed in its own way', async () => {
  const probed = await probe(
    { sigv4: { service: 's3', region: 'us-east-1' } },
    '/bucket/a%20b/c?list-type=2',
  );
  expect([verdict(probed), seen.map(({ fits }) => fits)]).toEqual(['ok', [true]]);
});

it('each hop to the same server is signed anew, another server gets nothing', async () => {
  await probe({ sigv4: {} }, '/moved');
  expect(seen.map(({ fits }) => fits)).toEqual([true, true]);
  await probe({ sigv4: {} }, '/away');
  expect(seen.map(({ fits }) => fits)).toEqual([true, true, true, false]);
  const last = seen.at(-1)?.request.headers ?? {};
  expect(Object.keys(last).filter((name) => /amz|authorization/.test(name))).toEqual([]);
});

it('steps are signed too', async () => {
  const probed = await probe({ sigv4: {} }, '', {
    steps: [
      { name: 'a', path: '/a' },
      { name: 'b', path: '/b' },
    ],
  });
  expect([verdict(probed), seen.map(({ fits }) => fits)]).toEqual(['ok', [true, true]]);
});

it('nothing of it is shown, though a server repeats it', async () => {
  const repeat = [{ header: 'server', regexp: 'x' }];
  const probed = await probe({
    sigv4: {},
    fail_if_header_not_matches: repeat,
    fail_if_body_matches_regexp: ['AWS4'],
  });
  const { authorization = '' } = seen[0]?.request.headers ?? {};
  const signature = authorization.slice(-64);
  const all = JSON.stringify(probed);
  expect(verdict(probed)).not.toBe('ok');
  for (const secret of [signature, ...Object.values(credentials)])
    expect(all).not.toContain(secret);
});

it('what is missing is said', async () => {
  delete process.env.AWS_REGION;
  await expect(probe({ sigv4: {} })).rejects.toThrow(
    /AWS_REGION: is unset or empty, want it, or region in sigv4/,
  );
  delete process.env.AWS_SECRET_ACCESS_KEY;
  await expect(probe({ sigv4: { region: 'eu-west-1' } })).rejects.toThrow(/AWS_SECRET_ACCESS_KEY/);
  expect(seen).toEqual([]);
});

it('is for the servers of its probes only', () => {
  expect(isBound(compileModule({ prober: 'http', http: { sigv4: {} } }))).toBe(true);
});

it.each([
  {
    http: { sigv4: { region: 'EU' } },
    want: /sigv4\.region: got "EU", want a region such as eu-central-1/,
  },
  { http: { sigv4: { profile: 'a' } }, want: /sigv4\.profile: unknown key/ },
  { http: { sigv4: true }, want: /sigv4: got true, want a mapping with region and service/ },
  {
    http: { sigv4: {}, basic_auth: { username: 'u' } },
    want: /at most one of basic_auth and sigv4/,
  },
  {
    http: { sigv4: {}, headers: { authorization: 'a' } },
    want: /want no header authorization beside sigv4/,
  },
])('$http is refused', ({ http, want }) => {
  expect(() => compileModule({ prober: 'http', http })).toThrow(want);
});
