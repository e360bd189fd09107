// Error replies to bounded reasons, by their first word (github.com/redis/redis/blob/unstable/src/server.c).
import type { Reason } from '@fargaze/core/internal';

const byFirstWord: Readonly<Record<string, Reason>> = {
  NOAUTH: 'noauth',
  WRONGPASS: 'wrongpass',
  NOPERM: 'noperm',
  LOADING: 'loading',
  READONLY: 'readonly',
  OOM: 'oom',
  MISCONF: 'misconf',
  NOREPLICAS: 'noreplicas',
  CLUSTERDOWN: 'clusterdown',
  MASTERDOWN: 'masterdown',
  BUSY: 'busy',
  MOVED: 'moved',
  ASK: 'moved',
  TRYAGAIN: 'tryagain',
  DENIED: 'denied',
};

const byWords: readonly (readonly [RegExp, Reason])[] = [
  [/^ERR max number of clients/i, 'max_clients'],
  [/^(?:ERR )?(?:unknown|unsupported) command/i, 'unknown_command'],
  [/^ERR invalid password/i, 'wrongpass'],
  [/^ERR (?:operation not permitted|AUTH required)/i, 'noauth'],
];

/** The reason that an error reply stands for. */
export function reasonOfReply(message: string): Reason {
  const [word = ''] = message.split(' ', 1);
  const known = Object.hasOwn(byFirstWord, word) ? byFirstWord[word] : undefined;
  if (known !== undefined) return known;
  return byWords.find(([words]) => words.test(message))?.[1] ?? 'redis_error';
}

/** One line of a server's words, fit for a detail; without the arguments that Redis repeats: AUTH's are secrets. */
export function quoteReply(message: string): string {
  const words = message.replace(/,? with args beginning with.*$/is, '');
  const line = words.replace(/[\p{Cc}\p{Cf}]+/gu, ' ');
  return line.length > 160 ? `${line.slice(0, 157)}...` : line;
}
