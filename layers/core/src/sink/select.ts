// Which sink the environment asks for. Every problem of the environment is told at once.
import { readEnv } from '../env.ts';
import { ConfigError, type Issue } from '../errors.ts';
import { isSecretRef } from '../secret.ts';
import { didYouMean } from '../suggest.ts';
import type { BasicAuth } from './push.ts';
import { createPushgatewaySink } from './pushgateway.ts';
import type { Sink } from './sink.ts';
import { createStdoutSink } from './stdout.ts';

const sinks = {
  pushgateway: (issues: Issue[]) => {
    const url = readEnv('FARGAZE_PUSHGATEWAY_URL') || undefined;
    if (url === undefined) {
      const message = 'is unset, want the URL of the Pushgateway';
      issues.push({ path: 'FARGAZE_PUSHGATEWAY_URL', message });
    }
    const auth = readAuth(issues);
    if (issues.length > 0 || url === undefined) return undefined;
    return createPushgatewaySink({ url, ...(auth !== undefined && { auth }) });
  },
  stdout: () => createStdoutSink(),
} as const satisfies Record<string, (issues: Issue[]) => Sink | undefined>;

/**
 * The sink named by `FARGAZE_SINK`; unset, it is `pushgateway` when `FARGAZE_PUSHGATEWAY_URL` is set, else `stdout`.
 * @throws ConfigError for an unknown name or missing settings.
 */
export function createSink(): Sink {
  const fallback = readEnv('FARGAZE_PUSHGATEWAY_URL') ? 'pushgateway' : 'stdout';
  const name = readEnv('FARGAZE_SINK') || fallback;
  const issues: Issue[] = [];
  const sink = isSinkName(name) ? sinks[name](issues) : undefined;
  if (!isSinkName(name)) {
    const known = Object.keys(sinks);
    const hint = didYouMean(name, known) || `, want one of ${known.join(', ')}`;
    issues.push({ path: 'FARGAZE_SINK', message: `got ${JSON.stringify(name)}${hint}` });
  }
  if (sink === undefined || issues.length > 0) throw new ConfigError('environment', issues);
  return sink;
}

function isSinkName(name: string): name is keyof typeof sinks {
  return Object.hasOwn(sinks, name);
}

function readAuth(issues: Issue[]): BasicAuth | undefined {
  const username = readEnv('FARGAZE_PUSHGATEWAY_USERNAME') || undefined;
  const password = readEnv('FARGAZE_PUSHGATEWAY_PASSWORD') || undefined;
  if (username === undefined && password === undefined) return undefined;
  if (username === undefined) {
    issues.push({ path: 'FARGAZE_PUSHGATEWAY_USERNAME', message: 'is unset beside a password' });
  }
  if (password === undefined || !isSecretRef(password)) {
    const message = 'want a reference, env:NAME or file:/path, never the secret itself';
    issues.push({ path: 'FARGAZE_PUSHGATEWAY_PASSWORD', message });
    return undefined;
  }
  return { username: username ?? '', password };
}
