// What a redirect takes along, and what stays behind.
import type { IncomingMessage } from 'node:http';
import { CookieJar } from '../../functions/web-probe/cookies.ts';
import type { HopRequest } from '../../functions/web-probe/hop.ts';
import { nextRequest } from '../../functions/web-probe/redirects.ts';

const first = (url: string): HopRequest => ({
  url: new URL(url),
  method: 'GET',
  headers: { Authorization: 'Bearer x', 'WWW-Authenticate': 'y', Accept: '*/*' },
  body: '',
  serverName: undefined,
  firstHost: true,
});
const redirect = (location: string) =>
  ({ statusCode: 302, headers: { location } }) as unknown as IncomingMessage;

it.each([
  { name: 'the same host', from: 'https://a/', to: 'https://a/next', kept: true },
  { name: 'a path only', from: 'https://a/', to: '/next', kept: true },
  { name: 'the same host by TLS', from: 'http://a/', to: 'https://a/', kept: true },
  { name: 'the same host without TLS', from: 'https://a/', to: 'http://a/', kept: false },
  { name: 'another host', from: 'https://a/', to: 'https://b/', kept: false },
  { name: 'another port', from: 'https://a/', to: 'https://a:8443/', kept: false },
])('credentials led to $name are kept: $kept', ({ from, kept, to }) => {
  const request = first(from);
  const next = nextRequest(request, redirect(to), new CookieJar(request));
  if (!('headers' in next)) throw new Error(next.detail);
  expect(Object.keys(next.headers).includes('Authorization')).toBe(kept);
  expect(Object.keys(next.headers).includes('WWW-Authenticate')).toBe(kept);
  expect(next.headers.Accept).toBe('*/*');
});
