// What a redirect takes along, and what stays behind.
import type { IncomingMessage } from 'node:http';
import { CookieJar } from '../../functions/web-probe/cookies.ts';
import type { HopRequest } from '../../functions/web-probe/hop.ts';
import { nextRequest } from '../../functions/web-probe/redirects.ts';

const first = (url: string): HopRequest => ({
  url: new URL(url),
  method: 'POST',
  headers: { Authorization: 'Bearer x', 'X-Api-Key': 'k', Accept: 'text/html', Cookie: 'own=1' },
  body: 'data',
  serverName: undefined,
  firstHost: true,
});
const redirect = (location: string) =>
  ({
    statusCode: 307,
    headers: { location, 'set-cookie': ['theirs=2'] },
  }) as unknown as IncomingMessage;

function follow(from: string, ...to: string[]): HopRequest {
  const jar = new CookieJar(first(from));
  return to.reduce((request, location) => {
    const answer = redirect(location);
    jar.store(request.url, answer, 0);
    const next = nextRequest(request, answer, { jar, hosts: ['friend.test'] });
    if (!('headers' in next)) throw new Error(next.detail);
    return next;
  }, first(from));
}

it.each([
  { name: 'the same host', from: 'https://a/', to: ['https://a/next'], kept: true },
  { name: 'a path only', from: 'https://a/', to: ['/next'], kept: true },
  { name: 'the same host by TLS', from: 'http://a/', to: ['https://a/'], kept: true },
  {
    name: 'a host that the module names',
    from: 'https://a/',
    to: ['https://friend.test/'],
    kept: true,
  },
  { name: 'the same host without TLS', from: 'https://a/', to: ['http://a/'], kept: false },
  { name: 'another host', from: 'https://a/', to: ['https://b/'], kept: false },
  { name: 'another port', from: 'https://a/', to: ['https://a:8443/'], kept: false },
  {
    name: 'a named host without TLS',
    from: 'https://a/',
    to: ['http://friend.test/'],
    kept: false,
  },
  {
    name: 'back from another host',
    from: 'https://a/',
    to: ['https://b/', 'https://a/'],
    kept: false,
  },
])('what the module sends led to $name is kept: $kept', ({ from, kept, to }) => {
  const { body, firstHost, headers, method } = follow(from, ...to);
  expect({ method, body, firstHost, key: headers['X-Api-Key'] }).toEqual({
    method: 'POST',
    body: kept ? 'data' : '',
    firstHost: kept,
    key: kept ? 'k' : undefined,
  });
  expect(headers.Authorization).toBe(kept ? 'Bearer x' : undefined);
  expect(headers.Accept).toBe(kept ? 'text/html' : '*/*');
  // Cookies are of one host, named or not.
  const same = kept && !to[0]?.includes('friend');
  expect(headers.Cookie?.includes('own=1') ?? false).toBe(same);
});

it('cookies of an answer go back to its own host only', () => {
  expect(follow('https://a/', 'https://b/').headers.Cookie).toBeUndefined();
  expect(follow('https://a/', 'https://a:8443/').headers.Cookie).toBe('theirs=2');
});

it.each([
  { to: 'mailto:a@b', shown: 'mailto:b' },
  { to: 'tel:+123', shown: 'tel:+123' },
  { to: 'ftp://u:p@h/', shown: 'ftp://h/' },
])('a redirect to $to is named as $shown', ({ shown, to }) => {
  expect(() => follow('https://a/', to)).toThrow(`redirect to "${shown}", want an http`);
});
