// As planted-secrets.test.ts, for what stands between a probe and its target, and for the probers that speak no plain HTTP: a
// proxy, an authorization server, a gRPC server, a line server and steps repeat all that they are sent.
import { createServer as createHttp2Server, type Http2Server } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { probeByModule } from '../../functions/web-probe/probers.ts';
import type { WebModule } from '../../layers/core/src/config/modules.ts';
import { plant, startEcho, Witness } from '../support/planted.ts';
import { compileModule, runProbe } from '../support/probing.ts';
import { type RawServer, startRawServer } from '../support/raw-server.ts';

const closing: (() => Promise<unknown>)[] = [];
const planted: string[] = [];
afterEach(async () => {
  for (const name of planted.splice(0)) delete process.env[name];
  await Promise.all(closing.splice(0).map((close) => close()));
});

async function serve(starting: Promise<RawServer>): Promise<RawServer> {
  const server = await starting;
  closing.push(server.close);
  return server;
}

function setSecret(name: string, value: string): void {
  planted.push(name);
  process.env[name] = value;
}

/** What became of a probe, and the lines of it that hold a canary. */
async function leaks(module: object, address: string) {
  const probed = await runProbe(probeByModule, compileModule(module) as WebModule, address);
  const witness = new Witness();
  witness.hear(probed);
  return { probed, found: witness.found() };
}

/** Answers with all that it was sent: in the reason, in a header and in the body, from the same place on. */
const repeat = (status: string, fill = '') =>
  startRawServer((socket) => {
    let heard = '';
    socket.on('data', (chunk: Buffer) => {
      heard += chunk.toString('latin1');
      if (!heard.includes('\r\n\r\n')) return;
      const [, length = '0'] = /^content-length: (\d+)/im.exec(heard) ?? [];
      if (heard.length < heard.indexOf('\r\n\r\n') + 4 + Number(length)) return;
      const secrets = /^(?:proxy-)?authorization: (?:\S+ )?(.*)$/im.exec(heard)?.[1]?.trim() ?? '';
      const sent = heard.slice(heard.indexOf('\r\n\r\n') + 4);
      const body = `${fill}${secrets} ${sent}`;
      socket.end(
        `HTTP/1.1 ${status} ${secrets}\r\nX-Sent: ${secrets}\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
      );
    });
  });

describe('a proxy that repeats what it was sent', () => {
  const connectHeaders = {
    'Proxy-Authorization': ['env:PLANTED_PROXY'],
    'X-Api-Key': [plant('literal')],
  };
  beforeEach(() => setSecret('PLANTED_PROXY', `Bearer ${plant('proxy')}`));

  it.each(['http', 'https'])('and refuses, for %s', async (scheme) => {
    const { port, received } = await serve(repeat('407'));
    const http = {
      proxy_url: `http://127.0.0.1:${port}`,
      proxy_connect_header: connectHeaders,
      skip_resolve_phase_with_proxy: true,
    };
    const { found, probed } = await leaks(
      { prober: 'http', timeout: '20s', http },
      `${scheme}://elsewhere.test/`,
    );
    if (scheme === 'https') expect(received()).toContain(plant('proxy'));
    expect(probed.outcome.ok).toBe(false);
    expect(found).toEqual([]);
  });

  it('of the environment, with a password in its address', async () => {
    const { port } = await serve(repeat('407'));
    setSecret('HTTPS_PROXY', `http://u:${plant('envproxy')}@127.0.0.1:${port}`);
    const http = { proxy_from_environment: true, skip_resolve_phase_with_proxy: true };
    const { found, probed } = await leaks(
      { prober: 'http', timeout: '20s', http },
      'https://elsewhere.test/',
    );
    expect(probed.outcome.ok).toBe(false);
    expect(found).toEqual([]);
  });
});

it.each(['400', '500', '200'])(
  'an authorization server that answers %s and repeats what it was sent, from wherever on',
  async (status) => {
    setSecret('PLANTED_CLIENT', `${plant('client')}+/=é`);
    // Wherever its words are cut, no half of a secret is shown.
    for (let at = 1; at < 180; at += 12) {
      const { close, port, received } = await repeat(status, 'x'.repeat(at));
      const oauth2 = {
        client_id: 'fargaze',
        client_secret: 'env:PLANTED_CLIENT',
        token_url: `http://127.0.0.1:${port}/token?key=${plant('tokenquery')}`,
        endpoint_params: { password: plant('param'), audience: 'https://api.test' },
      };
      const { found, probed } = await leaks(
        { prober: 'http', timeout: '20s', http: { oauth2 } },
        'http://127.0.0.1:1/',
      );
      await close();
      expect(received()).toContain(plant('param'));
      expect(probed.outcome).toMatchObject({ ok: false, phase: 'auth' });
      expect(JSON.stringify(probed)).not.toMatch(/Kn4ry8z/);
      expect(found).toEqual([]);
    }
  },
);

describe('a gRPC server that repeats its metadata', () => {
  let server: Http2Server;
  beforeEach(async () => {
    server = createHttp2Server();
    server.on('stream', (stream, headers) => {
      const said = ['authorization', 'x-api-key', 'cookie'].flatMap((name) => headers[name]);
      // Words of it, as servers do: the token without its scheme.
      const message = said.map((value) => String(value).replace(/^\S+ /, '')).join(' and ');
      stream.respond(
        {
          ':status': 200,
          'content-type': 'application/grpc',
          'grpc-status': '16',
          'grpc-message': encodeURIComponent(message),
        },
        { endStream: true },
      );
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    closing.push(() => new Promise((resolve) => server.close(resolve)));
  });

  it('shows nothing of it', async () => {
    const metadata = {
      Authorization: [`Bearer ${plant('token')}`],
      'X-Api-Key': [plant('key')],
      Cookie: [`session=${plant('session')}; other=${plant('other')}`],
    };
    const { port } = server.address() as AddressInfo;
    const { found, probed } = await leaks(
      { prober: 'grpc', timeout: '20s', grpc: { metadata } },
      `127.0.0.1:${port}`,
    );
    expect(probed.outcome).toMatchObject({ phase: 'check', reason: 'grpc_status' });
    expect(found).toEqual([]);
  });
});

describe('a line server that repeats what it was sent', () => {
  const echo = () =>
    startRawServer((socket) => {
      socket.on('data', (chunk: Buffer) => {
        const words = chunk.toString('latin1').trim().split(' ');
        socket.end(`ERR got ${words.at(-1)}\n`);
      });
    });

  it.each([
    { name: 'where another line is wanted', want: { expect: '^OK' } },
    { name: 'where other bytes are wanted', want: { expect_bytes: 'OK'.padEnd(22, '.') } },
  ])('$name', async ({ want }) => {
    const { port, received } = await serve(echo());
    const steps = [{ send: `AUTH probe ${plant('sent')}` }, want];
    const { found, probed } = await leaks(
      { prober: 'tcp', timeout: '20s', tcp: { query_response: steps } },
      `127.0.0.1:${port}`,
    );
    expect(received()).toContain(plant('sent'));
    expect(probed.outcome).toMatchObject({ phase: 'query', reason: 'expect' });
    expect(found).toEqual([]);
  });
});

describe('steps against a server that repeats what it was sent', () => {
  it.each([
    {
      name: 'an unwanted header',
      http: { fail_if_header_matches: [{ header: 'X-Request-Id', regexp: '.' }] },
    },
    { name: 'an unwanted status', http: { valid_status_codes: [299] } },
    { name: 'CEL', http: { fail_if_body_json_not_matches_cel: 'body.x == 1' } },
  ])('$name', async ({ http }) => {
    const { port, received } = await serve(startEcho('200 OK'));
    setSecret('PLANTED_USER', plant('user'));
    const steps = [
      {
        name: 'login',
        path: `/login?key=${plant('steppath')}`,
        http: {
          method: 'POST',
          body: `{"password": "${plant('stepbody')}", "user": "\${env:PLANTED_USER}"}`,
        },
        extract: { id: { header: 'X-Request-Id' } },
      },
      {
        name: 'read',
        path: '/read/${login.id}',
        http: { headers: { 'X-Token': '${login.id}' }, ...http },
      },
    ];
    const { found, probed } = await leaks(
      { prober: 'http', timeout: '20s', steps },
      `http://127.0.0.1:${port}/`,
    );
    for (const place of ['user', 'stepbody', 'request']) expect(received()).toContain(plant(place));
    expect(probed.outcome.ok).toBe(false);
    expect(found).toEqual([]);
  });
});
