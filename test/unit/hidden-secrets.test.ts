// Passwords must not reach labels, details or logs, whatever the address or the server's words look like.
import fc from 'fast-check';
import { quoteReply } from '../../functions/redis-probe/replies.ts';
import { hideSecrets, redactUrl } from '../../layers/core/src/redact.ts';

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

describe('quoteReply', () => {
  test('leaves out the arguments that Redis repeats', () => {
    const reply = "ERR unknown command 'AUTH', with args beginning with: 'sup3rs3cret' ";
    expect(quoteReply(reply)).toBe("ERR unknown command 'AUTH'");
  });
});
