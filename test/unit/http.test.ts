// What every receiver shares: credentials, what may be shown of an answer, and when something is tried again.

import { startDeadline } from '../../layers/core/src/deadline.ts';
import { ConfigError } from '../../layers/core/src/errors.ts';
import { authorize } from '../../layers/core/src/http/auth.ts';
import { backoffOf, readRetryAfter, retry } from '../../layers/core/src/http/retry.ts';
import { foldLine, showText } from '../../layers/core/src/http/show.ts';
import { signRequest } from '../../layers/core/src/http/sigv4.ts';
import { createFakeClock } from '../support/fake-clock.ts';
import { fc } from '../support/property.ts';

const request = {
  method: 'POST',
  url: new URL('http://receiver.example/write?x=1'),
  headers: {},
  body: new Uint8Array(),
};

describe('authorize', () => {
  afterEach(() => {
    delete process.env.HTTP_TEST_SECRET;
  });

  it('takes user info out of the address, decoded, and sends it as basic authentication', async () => {
    const url = new URL('http://a%40b:p%3Aw@receiver.example/write');
    const { headers, secrets, url: bare } = await authorize(undefined, { ...request, url });
    expect(bare.href).toBe('http://receiver.example/write');
    const pair = Buffer.from('a@b:p:w').toString('base64');
    expect(headers).toEqual({ authorization: `Basic ${pair}` });
    expect(secrets).toEqual(expect.arrayContaining([pair, 'p:w', 'a@b:p:w']));
  });

  it.each([
    { address: 'http://only-a-user@receiver.example/', pair: 'only-a-user:' },
    { address: 'http://:only-a-password@receiver.example/', pair: ':only-a-password' },
  ])('sends $pair where one half is empty', async ({ address, pair }) => {
    const answer = await authorize(undefined, { ...request, url: new URL(address) });
    expect(answer.url.href).toBe('http://receiver.example/');
    expect(answer.headers).toEqual({
      authorization: `Basic ${Buffer.from(pair).toString('base64')}`,
    });
  });

  it('adds nothing, and hides nothing, where nobody is named', async () => {
    const answer = await authorize(undefined, request);
    expect(answer).toEqual({ url: request.url, headers: {}, secrets: [] });
  });

  it('sends a configured user with the password of its reference', async () => {
    process.env.HTTP_TEST_SECRET = 'pässword';
    const basic = { username: 'u', password: 'env:HTTP_TEST_SECRET' } as const;
    const { headers, secrets } = await authorize({ kind: 'basic', basic }, request);
    const pair = Buffer.from('u:pässword', 'utf8').toString('base64');
    expect(headers).toEqual({ authorization: `Basic ${pair}` });
    expect(secrets).toEqual([pair, 'u:pässword', 'pässword']);
  });

  it('signs without a session token where the credentials have none', async () => {
    const auth = {
      kind: 'sigv4',
      service: 'aps',
      region: 'eu-west-1',
      clock: createFakeClock(),
      credentials: () => ({ accessKeyId: 'AKID', secretAccessKey: 's3cret' }),
    } as const;
    const { headers, secrets } = await authorize(auth, request);
    expect(Object.keys(headers).join()).not.toContain('token');
    expect(secrets.filter((secret) => secret !== '')).toHaveLength(3);
  });

  it('prefers what is configured, and still hides what stood in the address', async () => {
    process.env.HTTP_TEST_SECRET = 'token-1';
    const url = new URL('http://u:in-address@receiver.example/');
    const auth = { kind: 'bearer', token: 'env:HTTP_TEST_SECRET' } as const;
    const { headers, secrets } = await authorize(auth, { ...request, url });
    expect(headers).toEqual({ authorization: 'Bearer token-1' });
    expect(secrets).toEqual(expect.arrayContaining(['token-1', 'in-address']));
  });

  it.each(['abc\n', 'abc\r\n', 'a\u0000b', 'schl\u0151ssel'])(
    'refuses a token that no header can carry, without repeating it: %j',
    async (token) => {
      process.env.HTTP_TEST_SECRET = token;
      const auth = { kind: 'bearer', token: 'env:HTTP_TEST_SECRET' } as const;
      const error = await authorize(auth, request).catch((thrown: unknown) => thrown);
      // The system cannot hold a NUL in the environment, and cuts it there.
      if (token.includes('\u0000')) return;
      expect(error).toBeInstanceOf(ConfigError);
      expect(String(error)).toContain('env:HTTP_TEST_SECRET');
      expect(String(error)).not.toContain(token.trim());
    },
  );

  it('knows the session token, the signature and the secret key of a signed request', async () => {
    const auth = {
      kind: 'sigv4',
      service: 'aps',
      region: 'eu-west-1',
      clock: createFakeClock(),
      credentials: () => ({ accessKeyId: 'AKID', secretAccessKey: 's3cret', sessionToken: 'sess' }),
    } as const;
    const { headers, secrets } = await authorize(auth, request);
    const signature = /Signature=([0-9a-f]{64})$/.exec(headers.authorization ?? '')?.[1];
    expect(secrets).toEqual(
      expect.arrayContaining([headers.authorization, signature, 's3cret', 'sess']),
    );
  });
});

describe('showText', () => {
  const secret = 'p&w "x"/+=<1>';
  it.each([
    { name: 'as it is', said: secret },
    { name: 'in base64', said: Buffer.from(secret).toString('base64') },
    { name: 'in base64 for URLs', said: Buffer.from(secret).toString('base64url') },
    { name: 'percent-encoded', said: encodeURIComponent(secret) },
    { name: 'as a form field', said: new URLSearchParams({ a: secret }).toString().slice(2) },
    { name: 'in JSON', said: JSON.stringify({ password: secret }) },
    { name: 'in HTML', said: 'p&amp;w &quot;x&quot;/+=&lt;1&gt;' },
  ])('hides a secret that is repeated $name', ({ said }) => {
    const shown = showText(`you sent ${said}!`, { secrets: [secret] });
    expect(shown).toContain('redacted');
    expect(shown).not.toMatch(/p(?:&|%26|&amp;).{0,4}w/);
  });

  it('never shows a secret, wherever it stands and wherever the text was cut', () => {
    fc.assert(
      fc.property(
        // Its first letter stands nowhere else, so that what is found of it is it.
        fc.stringMatching(/^[A-Z][a-z0-9 "&+/=<%]{5,40}$/),
        fc.stringMatching(/^[^A-Z]{0,600}$/),
        fc.stringMatching(/^[^A-Z]{0,100}$/),
        fc.nat(700),
        (key, before, after, length) => {
          const said = `${before}${key}${after}`.slice(0, length);
          const shown = showText(said, {
            secrets: [key],
            cut: length < before.length + key.length,
          });
          expect(shown.length).toBeLessThanOrEqual(512);
          expect(shown).not.toContain(foldLine(key).slice(0, 2));
        },
      ),
      { numRuns: 500 },
    );
  });

  it('hides before it cuts: a secret at the edge of what is shown is whole', () => {
    const shown = showText(`${'x'.repeat(505)}hush-hush`, { secrets: ['hush-hush'] });
    expect(shown).toBe(`${'x'.repeat(505)}redacte`);
  });

  it('is one line without control characters and marks that turn it round', () => {
    expect(foldLine(' a\r\n\tb\u001b[31mc\u202ed\u2028e ')).toBe('a b [31mc d e');
  });
});

describe('retry', () => {
  const within = (seconds: number, clock = createFakeClock()) => ({
    clock,
    deadline: startDeadline(seconds, clock),
  });

  it('waits twice as long each time, with jitter of half of it, and five seconds at most', () => {
    expect([0, 1, 2, 5, 6, 20].map((n) => backoffOf(n, () => 1))).toEqual([
      0.1, 0.2, 0.4, 3.2, 5, 5,
    ]);
    expect(backoffOf(3, () => 0)).toBe(0.4);
  });

  it('gives the first result that is not worth another attempt', async () => {
    const { clock, deadline } = within(60);
    let made = 0;
    const result = await retry(async () => (made += 1), {
      ...{ clock, deadline, random: () => 1 },
      again: (n) => n < 4 && {},
    });
    deadline.close();
    expect([result, clock.slept]).toEqual([4, [0.1, 0.2, 0.4]]);
  });

  it('waits as long as the far side asks, where that is longer', async () => {
    const { clock, deadline } = within(60);
    let made = 0;
    await retry(async () => (made += 1), {
      ...{ clock, deadline, random: () => 1 },
      again: (n) => n < 3 && { afterSeconds: n === 1 ? 7 : 0 },
    });
    deadline.close();
    expect(clock.slept).toEqual([7, 0.2]);
  });

  it('does not wait beyond the deadline: the last result stands', async () => {
    const { clock, deadline } = within(10);
    let made = 0;
    const again = () => ({ afterSeconds: 4 });
    const result = await retry(async () => (made += 1), { clock, deadline, again });
    deadline.close();
    expect([result, clock.slept]).toEqual([3, [4, 4]]);
  });

  it('ends its wait when the deadline is ended: the last result stands', async () => {
    const { clock, deadline } = within(60);
    const sleep = async () => {
      deadline.close();
      throw new Error('ended');
    };
    let made = 0;
    const options = { clock: { ...clock, sleep }, deadline, again: () => ({}) };
    expect(await retry(async () => (made += 1), options)).toBe(1);
  });

  it('makes as many attempts as it may', async () => {
    const { clock, deadline } = within(60);
    let made = 0;
    const options = { clock, deadline, again: () => ({}), maxAttempts: 3 };
    expect(await retry(async () => (made += 1), options)).toBe(3);
    deadline.close();
  });

  it.each([
    { said: '12', seconds: 12 },
    { said: ' 0 ', seconds: 0 },
    { said: 'Tue, 14 Nov 2023 22:14:20 GMT', seconds: 60 },
    { said: 'Tue, 14 Nov 2023 22:12:20 GMT', seconds: 0 },
    { said: 'soon', seconds: undefined },
    { said: '12 or so', seconds: undefined },
    { said: 'in 12', seconds: undefined },
    { said: '1.5', seconds: undefined },
    { said: 'Tuesday, 14-Nov-23 22:14:20 GMT', seconds: 60 },
    { said: 'x12', seconds: undefined },
    { said: '12x', seconds: undefined },
    { said: 'Tue, 14 Nov 2023 22:14:20 GMT ', seconds: 60 },
    { said: undefined, seconds: undefined },
  ])('reads Retry-After $said', ({ said, seconds }) => {
    const answer = { status: 503, body: '', headers: { 'retry-after': said } };
    expect(readRetryAfter(answer, 1_700_000_000_000)).toBe(seconds);
  });

  it.each([
    {
      name: 'hours ahead',
      date: 'Wed, 15 Nov 2023 03:00:00 GMT',
      until: 'Wed, 15 Nov 2023 03:00:20 GMT',
      seconds: 20,
    },
    {
      name: 'hours behind',
      date: 'Tue, 14 Nov 2023 15:00:00 GMT',
      until: 'Tue, 14 Nov 2023 15:01:00 GMT',
      seconds: 60,
    },
    { name: 'unknown', date: 'now', until: 'Tue, 14 Nov 2023 22:14:20 GMT', seconds: 60 },
  ])('a date in Retry-After is of the clock of the answer, which is $name', (one) => {
    const headers = { date: one.date, 'retry-after': one.until };
    expect(readRetryAfter({ status: 503, body: '', headers }, 1_700_000_000_000)).toBe(one.seconds);
  });
});

it('a header folded over several spaces and lines is signed as it is sent', () => {
  const sign = (value: string) =>
    signRequest(
      { ...request, headers: { 'x-a': value }, region: 'r', service: 's', at: 0 },
      { accessKeyId: 'a', secretAccessKey: 'b' },
    ).authorization;
  // docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html: runs of spaces become one.
  expect(sign('  a   b  c ')).toBe(sign('a b c'));
  expect(sign('a b c')).not.toBe(sign('a b'));
});
