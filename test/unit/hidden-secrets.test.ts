// Passwords must not reach labels, details or logs, whatever the address or the server's words look like.

import { quoteReply } from '../../functions/redis-probe/replies.ts';
import {
  hideCutSecrets,
  hideSecrets,
  redactUrl,
  redactUrls,
  secretsOf,
  splitUserInfo,
} from '../../layers/core/src/redact.ts';
import { fc } from '../support/property.ts';

describe('redactUrl', () => {
  test.each([
    ['redis://:Zx/9secret@127.0.0.1:6379/0', 'redis://127.0.0.1:6379/0'],
    ['redis://u:12/34@host', 'redis://host'],
    ['redis://u:pa?ss@host', 'redis://host'],
    ['redis://u:pa#ss@host', 'redis://host'],
    ['https://u:p/ss@host/x', 'https://host/x'],
    ['127.0.0.1:1/health?token=s3cret', '127.0.0.1:1/health?token=redacted'],
    ['example.com/u/@alice', 'example.com/u/@alice'],
    ['https://x/?sig=abc&pwd=d', 'https://x/?sig=redacted&pwd=redacted'],
    ['https://x/?x_sig=a;sas=b&hmac=c', 'https://x/?x_sig=redacted;sas=redacted&hmac=redacted'],
    ['https://x/?%74oken=abc&page=2', 'https://x/?%74oken=redacted&page=2'],
    ['https://x/?verbose&eyJhbGciOi9', 'https://x/?verbose&redacted'],
    ['https://x/?page=Zm9vYmFyYmF6', 'https://x/?page=redacted'],
    ['https://x/?a9f8e7d6c5=1', 'https://x/?redacted=redacted'],
    ['https://x/bot12345678:AAH-x9Y/getMe', 'https://x/redacted/getMe'],
    ['https://x/hook/3f2504e0-4f89-11d3-9a0c-0305e82c3301', 'https://x/hook/redacted'],
    ['https://x/v1/token/sesame/status', 'https://x/v1/token/redacted/status'],
    ['https://x/cart;sid=9a8b7c6d', 'https://x/redacted'],
    ['https://x/%61%39f8e7d6c5b4', 'https://x/redacted'],
    ['https://x/api/v1/k8s/readyz', 'https://x/api/v1/k8s/readyz'],
    ['https://x/-/healthy', 'https://x/-/healthy'],
    ['https://x/wp-json/getUsers/42', 'https://x/wp-json/getUsers/42'],
    ['https://x/caf%C3%A9/index.html', 'https://x/caf%C3%A9/index.html'],
    ['https://x?token=abc', 'https://x?token=redacted'],
    ['https://x/#access_token=abc', 'https://x/'],
    ['https://x/Zm9vYmFy/a', 'https://x/redacted/a'],
    ['https://x/getUserProfileById', 'https://x/getUserProfileById'],
    ['https://x/HTTPServer/XMLHttpRequest', 'https://x/HTTPServer/XMLHttpRequest'],
    ['https://x/aBcDeFgH', 'https://x/redacted'],
    [
      'https://x/HTTP2/TLS13/utf8/s3/k8s/a123b/64b/99ab',
      'https://x/HTTP2/TLS13/utf8/s3/k8s/a123b/64b/99ab',
    ],
    ['https://x/abcdefghijk12', 'https://x/redacted'],
    ['https://x/ABCDEFG1', 'https://x/redacted'],
    ['https://x/ab123', 'https://x/redacted'],
    ['https://x/a1234', 'https://x/redacted'],
    ['https://x/1234ab', 'https://x/redacted'],
    ['https://x/12abc', 'https://x/redacted'],
    ['https://x/123456789', 'https://x/redacted'],
    ['https://x/_-_12345678_-_', 'https://x/_-_12345678_-_'],
    [
      'https://x/tokens/abc/keys/def/key-ring/ghi',
      'https://x/tokens/redacted/keys/redacted/key-ring/ghi',
    ],
    ['https://x/?page=a=b', 'https://x/?page=a=b'],
    ['x y://u:p@h/a', 'h/a'],
    ['redis://user:hunter2', 'redis://user:redacted'],
    ['redis://h:6379:hunter2/0', 'redis://h:redacted/0'],
    ['https://user:s3cret', 'https://user:redacted'],
    ['user:Zm9vYmFyYmF6', 'user:redacted'],
    ['redis://[::1]:6379/0', 'redis://[::1]:6379/0'],
    ['http://h:80:', 'http://h:80:'],
    ['redis://host[:port]', 'redis://host[:port]'],
    ['redis://host[:port][/database]', 'redis://host[:port][/database]'],
    ['redis://${HOST:-cache.test}:${PORT}/0', 'redis://${HOST:-cache.test}:${PORT}/0'],
    ['db.test:https', 'db.test:https'],
    ['fe80:0:c0de:a1b2::1', 'fe80:0:c0de:a1b2::1'],
  ])('%s', (address, shown) => {
    expect(redactUrl(address)).toBe(shown);
  });

  test('never shows the password of a Redis address', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1 }), (text) => {
        const password = `<${text}>`;
        expect(redactUrl(`redis://user:${password}@h:6379/0`)).toBe('redis://h:6379/0');
      }),
    );
  });
});

describe('hideSecrets', () => {
  const secret = 'p&ss "w/rd';
  it.each([
    secret,
    Buffer.from(secret).toString('base64'),
    encodeURIComponent(secret),
    new URLSearchParams({ p: secret }).toString().slice(2),
    JSON.stringify(secret).slice(1, -1),
    'p&amp;ss &quot;w/rd',
  ])('finds %s', (form) => {
    expect(hideSecrets(`<${form}>`, [secret])).toBe('<redacted>');
  });
});

describe('hideSecrets, of several', () => {
  it('takes the longest first, and an empty one for nothing', () => {
    expect(hideSecrets('abcdef abc', ['abc', '', 'abcdef'])).toBe('redacted redacted');
  });

  it.each([
    { secret: "it's(a)*", form: 'it%27s%28a%29%2A' },
    { secret: "it's(a)*", form: 'it%27s%28a%29%2a' },
    { secret: 'a/b?', form: 'a%2fb%3f' },
    { secret: '<"\'>', form: '&lt;&#34;&#39;&gt;' },
    { secret: 'é\u{1f600}', form: '%C3%A9%F0%9F%98%80' },
    { secret: 'a/b?', form: 'a%252Fb%253F' },
    { secret: 'a/b?', form: '612f623f' },
    { secret: 'a/b?', form: '612F623F' },
    { secret: 'é<"&', form: '\\u00e9<\\"&' },
    { secret: 'é<"&', form: '\\u00e9\\u003c\\"\\u0026' },
    { secret: 'a\ud800b', form: 'a%EF%BF%BDb' },
  ])('finds $form', ({ form, secret }) => {
    expect(hideSecrets(`[${form}]`, [secret])).toBe('[redacted]');
  });

  it.each([
    { text: 'Bearer s3cr', shown: 'Bearer ' },
    { text: 'Bearer s3cret', shown: 'Bearer redacted' },
    { text: 's3', shown: '' },
    { text: 'Bearer x', shown: 'Bearer x' },
    { text: '', shown: '' },
  ])('of a text that is cut off, "$text", shows "$shown"', ({ shown, text }) => {
    expect(hideCutSecrets(text, ['s3cret'])).toBe(shown);
  });
});

it.each([
  ['see https://u:p@h/a, and no more', 'see https://h/a, and no more'],
  ['"redis://:a\\"b@h:1/0"', '"redis://h:1/0"'],
  ['<a href="git+ssh://u:p@h/">', '<a href="git+ssh://h/">'],
  ['two: http://u:p@a/\thttp://v:q@b/', 'two: http://a/\thttp://b/'],
  ['-x://u:p@h/', '-x://h/'],
  ['no address: a@b', 'no address: a@b'],
])('every address in %j is shown without its secrets', (text, shown) => {
  expect(redactUrls(text)).toBe(shown);
});

it('an encoding that is broken stands for itself', () => {
  expect(redactUrl('https://x/a%zz?page=%zz&%zz=1')).toBe('https://x/a%zz?page=%zz&%zz=redacted');
  expect(redactUrl('https://x/?%zz1234567890=1')).toBe('https://x/?redacted=redacted');
});

describe('secretsOf', () => {
  it.each([
    { address: 'https://x/', secrets: [] },
    { address: 'no address', secrets: [] },
    { address: 'https://x/api/health?page=2', secrets: [] },
    { address: 'https://x/hook/Zm9vYmFyYmF6/a', secrets: ['Zm9vYmFyYmF6', 'Zm9vYmFyYmF6'] },
    { address: 'https://x/hook?token=s%20cret&page=2#f', secrets: ['s%20cret', 's cret'] },
    { address: 'https://x?sig=abcdef;page=2', secrets: ['abcdef', 'abcdef'] },
    { address: 'https://x/?sig=short', secrets: [] },
    { address: 'https://x/?token=a=bcdefg', secrets: ['a=bcdefg', 'a=bcdefg'] },
    {
      address: 'https://x/?u=http://y/longer-word',
      secrets: ['http://y/longer-word', 'http://y/longer-word'],
    },
  ])('$address', ({ address, secrets }) => {
    expect(secretsOf(address)).toEqual(secrets);
  });
});

it.each([
  { address: 'redis://u:p/w?x#y@h:1/0', userInfo: 'u:p/w?x#y', bare: 'redis://h:1/0' },
  { address: 'redis://h:1/0', userInfo: '', bare: 'redis://h:1/0' },
  { address: 'u:p@h', userInfo: 'u:p', bare: 'h' },
])('the user info of $address', ({ address, ...parts }) => {
  expect(splitUserInfo(address)).toEqual(parts);
});

describe('quoteReply', () => {
  test('leaves out the arguments that Redis repeats', () => {
    const reply = "ERR unknown command 'AUTH', with args beginning with: 'sup3rs3cret' ";
    expect(quoteReply(reply)).toBe("ERR unknown command 'AUTH'");
  });
});
