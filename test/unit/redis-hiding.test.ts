// Passwords in what servers say of themselves: whole, and without touching words of our own.
import { hideInText } from '../../functions/redis-probe/hiding.ts';
import type { Visit } from '../../functions/redis-probe/visit.ts';
import { startDeadline } from '../../layers/core/src/deadline.ts';
import { createFakeClock } from '../support/fake-clock.ts';
import { redisModule } from '../support/probing.ts';

function visitWith(secrets: string[], echoes: readonly string[]): Visit {
  const clock = createFakeClock();
  const module = redisModule({});
  const deadline = startDeadline(0, clock);
  return {
    target: { name: 'store', address: 'redis://h', instance: 'redis://h', module },
    options: module.redis,
    address: { host: 'h', port: 6379, tls: false, username: '', password: '', database: 0 },
    env: { deadline, clock, trace: () => undefined },
    ...{ samples: [], failures: [], open: new Set(), checks: new Map() },
    secrets,
    echoes: new Set(echoes),
  };
}

it.each([
  {
    name: 'of two echoes the longer is hidden first, so that nothing of it is left',
    secrets: ['pass', 'pass word1'],
    echoes: ['pass', 'pass word1'],
    text: 'role: pass word1, want master',
    want: 'role: redacted, want master',
  },
  {
    name: 'a word of ours that begins as a password does is kept',
    secrets: ['dead'],
    echoes: ['dead'],
    text: 'dead: deadline exceeded, undead',
    want: 'redacted: deadline exceeded, undead',
  },
  {
    name: 'signs that mean something in a pattern stand for themselves',
    secrets: ['a.c$*(['],
    echoes: ['a.c$*(['],
    text: 'abc and a.c$*([',
    want: 'abc and redacted',
  },
])('$name', ({ echoes, secrets, text, want }) => {
  expect(hideInText(visitWith(secrets, echoes), text)).toBe(want);
});
