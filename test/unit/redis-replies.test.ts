// Words of a server that nobody expects: they are data, and no reason, address or number of ours.
import { parsePlace } from '../../functions/redis-probe/address.ts';
import { reasonOfReply } from '../../functions/redis-probe/replies.ts';
import { parseRole } from '../../functions/redis-probe/role.ts';

it.each(['constructor x', 'toString', 'valueOf', '__proto__ y', ''])(
  '%j is another error reply',
  (message) => {
    expect(reasonOfReply(message)).toBe('redis_error');
  },
);

it.each([
  "ERR unknown command 'X'",
  'ERR Unknown Command: x',
  "unsupported command 'X'",
  'ERR unsupported command `x`',
])('%j is a command that a server or a proxy does not know', (message) => {
  expect(reasonOfReply(message)).toBe('unknown_command');
});

it.each([`${'x'.repeat(300)}:6379`, 'host:99999', 'host:0', 'a\u0000b:6379', 'a b:1', ''])(
  '%j is no place',
  (text) => {
    expect(parsePlace(text)).toBeUndefined();
  },
);

it('ROLE keeps the replicas that can be dialled, and no number that is none', () => {
  const replicas = [
    ['10.0.0.1', '6379', '5'],
    ['10.0.0.2', '99999', '5'],
    ['x'.repeat(300), '6379', '5'],
    ['10.0.0.3', 'abc', '5'],
  ];
  expect(parseRole(['master', 'abc', replicas])).toEqual({
    name: 'master',
    replicas: [{ host: '10.0.0.1', port: 6379, offset: 5 }],
    offset: 0,
  });
});
