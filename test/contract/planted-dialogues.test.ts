// Secrets of dialogues, calls, bodies, tokens and proxies: each is sent in its place, and nothing that is shown holds it although
// the server repeats all that it was sent. What a server says is never read as a reference.
import { createServer, type IncomingHttpHeaders } from 'node:http2';
import type { AddressInfo, Socket } from 'node:net';
import { probeByModule } from '../../functions/web-probe/probers.ts';
import type { WebModule } from '../../layers/core/src/config/modules.ts';
import { ConfigError } from '../../layers/core/src/errors.ts';
import { plant, Witness } from '../support/planted.ts';
import { compileModule, type Probed, runProbe, verdict } from '../support/probing.ts';
import { answerWith, httpAnswer, startRawServer } from '../support/raw-server.ts';

const secrets = {
  PLANTED_WORD: plant('word'),
  PLANTED_LINE: `AUTH user ${plant('line')}`,
  PLANTED_QUOTED: `"${plant('quoted')}`,
  PLANTED_GROUPS: `$1\${1}${plant('groups')}`,
};

beforeEach(() => void Object.assign(process.env, secrets));
afterEach(() => {
  for (const name of Object.keys(secrets)) delete process.env[name];
});

function expectNothingFound(probed: Probed): void {
  const witness = new Witness();
  witness.hear(probed.outcome, probed.samples, probed.trace);
  expect(witness.found()).toEqual([]);
  expect(witness.said()).toContain('redacted');
}

/** Greets, then repeats each line with a word before it. */
const repeating = (socket: Socket) => {
  socket.write('220 ready 42\n');
  socket.on('data', (chunk) => socket.end(`-ERR unknown ${chunk}`));
};

async function speak(steps: readonly object[]) {
  const server = await startRawServer(repeating);
  const module = compileModule({ prober: 'tcp', timeout: '20s', tcp: { query_response: steps } });
  const probed = await runProbe(
    probeByModule,
    module as WebModule,
    `127.0.0.1:${server.port}`,
  ).finally(server.close);
  return { probed, received: server.received() };
}

const greeting = { expect: '^220 (\\S+) (?P<count>\\d+)' };

it.each([
  { send: 'AUTH ${env:PLANTED_WORD}', sent: `AUTH ${plant('word')}\n` },
  { send: 'env:PLANTED_LINE', sent: `AUTH user ${plant('line')}\n` },
  { send: `AUTH ${plant('literal')}`, sent: `AUTH ${plant('literal')}\n` },
  { send: '${count} ${env:PLANTED_GROUPS} $1', sent: `42 ${secrets.PLANTED_GROUPS} ready\n` },
])('tcp: of $send the password is sent and not shown', async ({ send, sent }) => {
  const wanted = { expect: '^OK' };
  const { probed, received } = await speak([{ ...greeting, send }, wanted]);
  expect(received).toBe(sent);
  expect(verdict(probed)).toBe('query/expect');
  expectNothingFound(probed);
});

it('tcp: a password is hidden in labels and in bytes too', async () => {
  const send = 'AUTH ${env:PLANTED_WORD}';
  const labels = [{ name: 'said', value: '${1}' }];
  const labelled = await speak([{ send }, greeting, { expect: 'unknown (.*)', labels }]);
  expect(verdict(labelled.probed)).toBe('ok');
  expectNothingFound(labelled.probed);
  const whole = 'x'.repeat(`-ERR unknown AUTH ${plant('word')}`.length);
  for (const expect_bytes of [whole, whole.slice(3)]) {
    const { probed } = await speak([{ ...greeting, send }, { expect_bytes }]);
    expect(verdict(probed)).toBe('query/expect');
    const witness = new Witness();
    witness.hear(probed.outcome);
    expect(witness.said()).not.toContain(plant('word').slice(0, 6));
  }
});

it('tcp: what a server says is no reference, and $${ is that text itself', async () => {
  const { received } = await speak([
    { expect: '^(.*)$', send: '$${env:PLANTED_WORD} $${HOME}' },
    { expect: 'x' },
  ]);
  expect(received).toBe('${env:PLANTED_WORD} ${HOME}\n');
});

it('tcp and gRPC: a variable that is not set is named before anything is connected', async () => {
  await expect(speak([{ send: 'AUTH ${env:PLANTED_NONE}' }])).rejects.toThrow(
    'modules.m.tcp.query_response[0].send: env:PLANTED_NONE: is unset or empty',
  );
  const module = compileModule({ prober: 'grpc', grpc: { metadata: { k: ['env:PLANTED_NONE'] } } });
  const asked = runProbe(probeByModule, module as WebModule, '127.0.0.1:1');
  await expect(asked).rejects.toThrow('modules.m.grpc.metadata.k: env:PLANTED_NONE: is unset');
  await expect(asked).rejects.toBeInstanceOf(ConfigError);
});

it('gRPC: metadata is sent and not shown', async () => {
  let seen: IncomingHttpHeaders = {};
  const server = createServer().on('stream', (stream, headers) => {
    seen = headers;
    const said = [headers.authorization, headers['accept-language'], headers['x-plain']].join(' ');
    const type = { 'content-type': 'application/grpc' };
    stream.respond({ ':status': 200, ...type, 'grpc-status': '16', 'grpc-message': said });
    stream.end();
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  const metadata = {
    authorization: ['Bearer ${env:PLANTED_WORD}'],
    // Even where no secret is usual.
    'accept-language': ['env:PLANTED_QUOTED'],
    'x-plain': ['1'],
  };
  const module = compileModule({ prober: 'grpc', timeout: '20s', grpc: { metadata } });
  const { port } = server.address() as AddressInfo;
  const probed = await runProbe(probeByModule, module as WebModule, `127.0.0.1:${port}`);
  server.close();
  expect([seen.authorization, seen['accept-language']]).toEqual([
    `Bearer ${plant('word')}`,
    secrets.PLANTED_QUOTED,
  ]);
  expect(verdict(probed)).toBe('check/grpc_status');
  expectNothingFound(probed);
  // A value of one character is no secret.
  expect(JSON.stringify(probed.outcome)).toMatch(/status 16 .* 1\\/);
});

async function ask(http: object, answer: (sent: string) => string) {
  const server = await startRawServer((socket) => {
    let head = '';
    socket.on('data', (chunk: Buffer) => {
      head += chunk.toString('latin1');
      if (head.includes('\r\n\r\n')) socket.end(answer(head));
    });
  });
  const own = JSON.parse(JSON.stringify(http).replaceAll('PORT', String(server.port))) as object;
  const module = compileModule({ prober: 'http', timeout: '20s', http: own }) as WebModule;
  const probed = await runProbe(probeByModule, module, `http://127.0.0.1:${server.port}/`);
  await server.close();
  return { probed, received: server.received() };
}

it('http: headers and bodies hold secrets within other text, each written as its place wants it', async () => {
  const http = {
    method: 'POST',
    headers: { Authorization: 'Bearer ${env:PLANTED_WORD}', 'Content-Type': 'application/json' },
    http_headers: { 'X-Key': { values: ['k=${env:PLANTED_WORD}'] } },
    body: '{"password": "${env:PLANTED_QUOTED}", "x": "$${env:PLANTED_WORD}"}',
    fail_if_header_matches: [{ header: 'Server', regexp: '.' }],
  };
  const { probed, received } = await ask(http, (sent) =>
    httpAnswer('200 OK', [`Server: ${sent.replace(/\s+/g, ' ')}`]),
  );
  expect(received).toContain(`Authorization: Bearer ${plant('word')}\r\n`);
  expect(received).toContain(`X-Key: k=${plant('word')}\r\n`);
  expect(received).toContain(`{"password": "\\"${plant('quoted')}", "x": "\${env:PLANTED_WORD}"}`);
  expect(verdict(probed)).toBe('processing/header');
  const witness = new Witness();
  witness.hear(probed.outcome, probed.trace);
  expect(witness.found()).toEqual([]);
});

it('http: a user name by reference, and parameters of a token, which its server repeats', async () => {
  const named = await ask({ basic_auth: { username: 'env:PLANTED_WORD' } }, () =>
    httpAnswer('200 OK'),
  );
  const pair = Buffer.from(`${plant('word')}:`).toString('base64');
  expect(named.received).toContain(`Authorization: Basic ${pair}`);
  const oauth2 = {
    client_id: 'c',
    token_url: 'http://127.0.0.1:PORT/token',
    endpoint_params: { password: 'env:PLANTED_WORD', scope: 'a ${env:PLANTED_QUOTED}' },
  };
  // The answer is shown up to its 120th character, in the middle of the second secret.
  const filling = '.'.repeat(112 - plant('word').length);
  const { probed, received } = await ask({ oauth2 }, () =>
    httpAnswer('400 Bad', [], `${plant('word')}${filling}${secrets.PLANTED_QUOTED}`),
  );
  expect(new URLSearchParams(received.split('\r\n\r\n')[1]).get('password')).toBe(plant('word'));
  expect(verdict(probed)).toBe('auth/token');
  expectNothingFound(probed);
  expect(JSON.stringify(probed.outcome)).not.toContain(plant('').slice(0, 5));
});

it('http: of a parameter of a token its server may repeat the last word', async () => {
  const oauth2 = {
    client_id: 'c',
    token_url: 'http://127.0.0.1:PORT/token',
    endpoint_params: { login: 'env:PLANTED_LINE' },
  };
  const refusal = () => httpAnswer('400 Bad', [], `no user with ${plant('line')}`);
  const { probed } = await ask({ oauth2 }, refusal);
  expect(verdict(probed)).toBe('auth/token');
  expectNothingFound(probed);
});

it('a proxy that repeats what it was sent in its refusal', async () => {
  const proxy = await startRawServer(
    answerWith(`HTTP/1.1 407 No ${plant('word')} ${'.'.repeat(39)}"${plant('quoted')}\r\n\r\n`),
  );
  const http = {
    proxy_url: `http://127.0.0.1:${proxy.port}`,
    proxy_connect_header: {
      'Proxy-Authorization': ['Bearer ${env:PLANTED_WORD}'],
      'X-Key': ['env:PLANTED_QUOTED'],
    },
  };
  const module = compileModule({ prober: 'http', timeout: '20s', http }) as WebModule;
  const probed = await runProbe(probeByModule, module, 'https://127.0.0.1:1/');
  await proxy.close();
  expect(proxy.received()).toContain(`Proxy-Authorization: Bearer ${plant('word')}`);
  expect(verdict(probed)).toBe('connect/proxy');
  expectNothingFound(probed);
  expect(JSON.stringify(probed.outcome)).not.toContain(plant('').slice(0, 5));
});
