// Answers to a gRPC health call, good and odd: each has the status that blackbox_exporter 0.28 (grpc-go) gives it.
import { once } from 'node:events';
import { createServer, type OutgoingHttpHeaders, type ServerHttp2Stream } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { probeByModule } from '../../functions/web-probe/probers.ts';
import type { WebModule } from '../../layers/core/src/config/modules.ts';
import { compileModule, detail, runProbe, verdict } from '../support/probing.ts';

const health = compileModule({ prober: 'grpc', timeout: '20s' }) as WebModule;
const head = { ':status': 200, 'content-type': 'application/grpc' };
const ok = { 'grpc-status': '0' };
const message = (...bytes: readonly number[]) => Buffer.from([0, 0, 0, 0, bytes.length, ...bytes]);
const serving = message(8, 1);

type Behave = (stream: ServerHttp2Stream) => void;

const answer =
  (trailers: OutgoingHttpHeaders, body = serving, first: OutgoingHttpHeaders = head): Behave =>
  (stream) => {
    stream.respond(first, { waitForTrailers: true });
    stream.once('wantTrailers', () => stream.sendTrailers(trailers));
    stream.end(body);
  };
const onlyHead =
  (fields: OutgoingHttpHeaders): Behave =>
  (stream) =>
    stream.respond(fields, { endStream: true });
const reset =
  (code: number): Behave =>
  (stream) =>
    stream.close(code);

async function probe(behave: Behave) {
  const server = createServer().on('stream', (stream: ServerHttp2Stream) => {
    stream.on('error', () => undefined);
    behave(stream);
  });
  server.on('sessionError', () => undefined).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const probed = await runProbe(probeByModule, health, `127.0.0.1:${port}`);
  server.close();
  return probed;
}

it.each([
  { name: 'as it is', behave: answer(ok) },
  {
    name: 'of a subtype',
    behave: answer(ok, serving, { ...head, 'content-type': 'application/grpc+proto' }),
  },
  { name: 'in two bytes', behave: answer(ok, message(8, 0x81, 0)) },
  { name: 'behind another field', behave: answer(ok, message(0x10, 5, 8, 1)) },
  {
    name: 'between fields of every kind',
    behave: answer(
      ok,
      message(0x11, 1, 2, 3, 4, 5, 6, 7, 8, 8, 1, 0x1a, 1, 9, 0x25, 1, 2, 3, 4, 0x20, 7),
    ),
  },
  { name: 'said twice, the last', behave: answer(ok, message(8, 2, 8, 1)) },
])('a health of SERVING $name is a success', async ({ behave }) => {
  const probed = await probe(behave);
  expect(verdict(probed)).toBe('ok');
  expect(probed.samples['probe_grpc_healthcheck_response{serving_status="SERVING"}']).toBe(1);
});

const html = { ':status': 200, 'content-type': 'text/html' };
const web = { ...head, 'content-type': 'application/grpc-web' };

it.each([
  { name: 'a page', behave: onlyHead(html), status: 2, says: 'content type text/html, want' },
  { name: 'no type', behave: answer(ok, serving, {}), status: 2, says: '200, no content type' },
  { name: 'gRPC-Web', behave: answer(ok, serving, web), status: 2, says: 'application/grpc-web,' },
  { name: 'a page of 404', behave: onlyHead({ ...html, ':status': 404 }), status: 12, says: '404' },
  { name: '503', behave: onlyHead({ ':status': 503 }), status: 14, says: 'HTTP status 503' },
  { name: 'a redirect', behave: onlyHead({ ':status': 302 }), status: 2, says: 'status 302' },
  { name: 'two answers', behave: answer(ok, Buffer.concat([serving, serving])), status: 2 },
  { name: 'no answer', behave: answer(ok, Buffer.alloc(0)), status: 2 },
  { name: 'half an answer', behave: answer(ok, serving.subarray(0, 6)), status: 13 },
  { name: 'no message of protobuf', behave: answer(ok, message(0xff, 0xff)), status: 13 },
  { name: 'a field without end', behave: answer(ok, message(0x1a, 9, 1)), status: 13 },
  { name: 'a number without end', behave: answer(ok, message(8, 0x80)), status: 13 },
  { name: 'field 0', behave: answer(ok, message(0, 1)), status: 13 },
  {
    name: 'a compressed one',
    behave: answer(ok, Buffer.from([1, ...serving.subarray(1)])),
    status: 13,
  },
  { name: 'no status', behave: answer({}), status: 13, says: 'no grpc-status' },
  { name: 'a status in words', behave: answer({ 'grpc-status': 'abc' }), status: 13, says: 'abc' },
  { name: 'an empty status', behave: answer({ 'grpc-status': '' }), status: 13 },
  { name: 'a status below 0', behave: answer({ 'grpc-status': '-1' }), status: 4294967295 },
  {
    name: 'a message in percents',
    behave: onlyHead({ ...head, 'grpc-status': '5', 'grpc-message': 'a%20b%zz%C3%A4' }),
    status: 5,
    says: '"a b%zzä"',
  },
])('$name is status $status', async ({ behave, says = '', status }) => {
  const probed = await probe(behave);
  expect([verdict(probed), probed.samples.probe_grpc_status_code]).toEqual([
    'check/grpc_status',
    status,
  ]);
  expect(detail(probed)).toContain(says);
});

it('a health that has no name is not SERVING', async () => {
  const probed = await probe(answer(ok, message(8, 9)));
  expect([verdict(probed), detail(probed), probed.samples.probe_grpc_status_code]).toEqual([
    'check/not_serving',
    '9, want SERVING',
    0,
  ]);
});

it.each([
  { code: 8, name: 'CANCEL', status: 1 },
  { code: 7, name: 'REFUSED_STREAM (asked 3 times)', status: 14 },
  { code: 11, name: 'ENHANCE_YOUR_CALM', status: 8 },
  { code: 2, name: 'INTERNAL_ERROR', status: 13 },
])('a reset by $name is status $status', async ({ code, name, status }) => {
  const probed = await probe(reset(code));
  expect([verdict(probed), detail(probed), probed.samples.probe_grpc_status_code]).toEqual([
    'check/reset',
    `the server broke off with ${name}`,
    status,
  ]);
});
