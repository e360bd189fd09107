// A proxy that wants to know who asks: user and password of its address reach it, for http and https and for a token, and nobody else.
import { createServer, type RequestListener } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { AddressInfo, Server } from 'node:net';
import { probeByModule } from '../../functions/web-probe/probers.ts';
import type { WebModule } from '../../layers/core/src/config/modules.ts';
import { issueCertificate } from '../support/certificates.ts';
import { startLoginProxy } from '../support/login-proxy.ts';
import { plant, Witness } from '../support/planted.ts';
import { compileModule, runProbe } from '../support/probing.ts';

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const name of ['HTTP_PROXY', 'HTTPS_PROXY', 'NO_PROXY', 'PROXY_LOGIN'])
    delete process.env[name];
  await Promise.all(closing.splice(0).map((close) => close()));
});

/** Servers of http and https that keep the headers of what they are asked. */
async function startTargets() {
  const heard: string[] = [];
  const answer: RequestListener = ({ headers }, response) => {
    heard.push(JSON.stringify(headers));
    response.end('{"access_token":"granted"}');
  };
  const issued = issueCertificate({ commonName: 'shop.test', dns: ['shop.test'] });
  const listen = (server: Server) =>
    new Promise<number>((resolve) => {
      closing.push(() => new Promise((done) => server.close(done)));
      server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port));
    });
  return {
    ca: issued.cert,
    heard,
    http: await listen(createServer(answer)),
    https: await listen(createSecureServer(issued, answer)),
  };
}

const secret = plant('proxy');
const login = `me:${secret}/@é`;
const written = `me:${secret}%2F%40%C3%A9`;

async function through(http: object, address: string) {
  const module = compileModule({ prober: 'http', timeout: '20s', http });
  const probed = await runProbe(probeByModule, module as WebModule, address);
  const witness = new Witness();
  witness.hear(probed);
  return { probed, leaks: witness.found() };
}

const environment = { proxy_from_environment: true, skip_resolve_phase_with_proxy: true };

it.each(['http', 'https'] as const)('of the environment, for %s', async (scheme) => {
  const targets = await startTargets();
  const proxy = await startLoginProxy(login, targets[scheme]);
  closing.push(proxy.close);
  process.env[`${scheme.toUpperCase()}_PROXY`] = `http://${written}@127.0.0.1:${proxy.port}`;
  const http = { ...environment, enable_http2: false, tls_config: { ca: targets.ca } };
  const { leaks, probed } = await through(http, `${scheme}://shop.test/a`);
  expect(probed.outcome).toEqual({ ok: true });
  expect(proxy.passed).toEqual([
    scheme === 'http' ? 'GET http://shop.test:80/a' : 'CONNECT shop.test:443',
  ]);
  expect(targets.heard).toEqual([expect.not.stringMatching(/proxy-authorization/i)]);
  expect(leaks).toEqual([]);
});

it.each(['http', 'https'] as const)(
  'who is refused, for %s, is told nothing of it',
  async (scheme) => {
    const proxy = await startLoginProxy('me:another', 9);
    closing.push(proxy.close);
    process.env[`${scheme.toUpperCase()}_PROXY`] = `${written}@127.0.0.1:${proxy.port}`;
    const http = {
      ...environment,
      fail_if_header_not_matches: [{ header: 'X-Sent', regexp: 'nothing' }],
      valid_status_codes: [407],
    };
    const { leaks, probed } = await through(http, `${scheme}://shop.test/`);
    expect(probed.outcome).toMatchObject({
      ok: false,
      reason: scheme === 'http' ? 'header' : 'proxy',
    });
    expect(leaks).toEqual([]);
  },
);

it('a token is fetched through one too', async () => {
  const targets = await startTargets();
  const proxy = await startLoginProxy(login, targets.http);
  closing.push(proxy.close);
  process.env.HTTP_PROXY = `http://${written}@127.0.0.1:${proxy.port}`;
  process.env.PROXY_LOGIN = `${plant('key')}&`;
  const oauth2 = {
    client_id: 'a',
    // A name that only begins like loopback goes through the proxy.
    token_url: 'http://127.0.0.1.login.test/token?key=${env:PROXY_LOGIN}',
    proxy_from_environment: true,
  };
  const http = { ...environment, oauth2 };
  const { leaks, probed } = await through(http, 'http://shop.test/a');
  expect(probed.outcome).toEqual({ ok: true });
  expect(proxy.passed).toEqual([
    `POST http://127.0.0.1.login.test:80/token?key=${plant('key')}%26`,
    'GET http://shop.test:80/a',
  ]);
  expect(targets.heard[1]).toContain('Bearer granted');
  expect(leaks).toEqual([]);
});

it('what the module gives for that header goes before the address', async () => {
  const targets = await startTargets();
  const proxy = await startLoginProxy('module:password', targets.https);
  closing.push(proxy.close);
  process.env.PROXY_LOGIN = `Basic ${Buffer.from('module:password').toString('base64')}`;
  process.env.HTTPS_PROXY = `http://${written}@127.0.0.1:${proxy.port}`;
  const http = {
    ...environment,
    enable_http2: false,
    proxy_connect_header: { 'proxy-authorization': ['env:PROXY_LOGIN'] },
    tls_config: { ca: targets.ca },
  };
  expect((await through(http, 'https://shop.test/')).probed.outcome).toEqual({ ok: true });
});

it.each([`http://me:${secret}/@127.0.0.1:3128`, `socks5://me:${secret}@127.0.0.1:1080`])(
  'an address that is none of a proxy is refused, not passed over: %#',
  async (address) => {
    process.env.HTTP_PROXY = address;
    const probing = through(environment, 'http://shop.test/');
    await expect(probing).rejects.toMatchObject({
      issues: [{ path: 'HTTP_PROXY', message: expect.stringMatching(/^is no http:\/\/ or/) }],
    });
    await expect(probing).rejects.not.toThrow(secret);
  },
);
