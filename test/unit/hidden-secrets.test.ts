// Passwords must not reach labels, details or logs, whatever the address or the server's words look like.
import fc from 'fast-check';
import { quoteReply } from '../../functions/redis-probe/replies.ts';
import { redactUrl } from '../../layers/core/src/redact.ts';

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

describe('quoteReply', () => {
  test('leaves out the arguments that Redis repeats', () => {
    const reply = "ERR unknown command 'AUTH', with args beginning with: 'sup3rs3cret' ";
    expect(quoteReply(reply)).toBe("ERR unknown command 'AUTH'");
  });
});
