// Which sink the environment asks for. Every problem of the environment is told at once.
import { readAwsCredentials } from '../aws/sign.ts';
import { readEnv } from '../env.ts';
import { ConfigError, type Issue } from '../errors.ts';
import type { RemoteWriteAuth } from '../remote-write/client.ts';
import { isSecretRef } from '../secret.ts';
import { didYouMean } from '../suggest.ts';
import { type BasicAuth, findUrlFault } from './push.ts';
import { createPushgatewaySink } from './pushgateway.ts';
import type { Sink } from './sink.ts';
import { createStdoutSink } from './stdout.ts';

const sinks = {
  pushgateway: (issues: Issue[]) => {
    const url = readUrl(issues, 'FARGAZE_PUSHGATEWAY_URL');
    const auth = readAuth(issues, 'FARGAZE_PUSHGATEWAY');
    if (issues.length > 0 || url === undefined) return undefined;
    return createPushgatewaySink({ url, ...(auth !== undefined && { auth }) });
  },
  'remote-write': (issues: Issue[]) => readRemoteWrite(issues),
  stdout: () => createStdoutSink(),
} as const satisfies Record<string, (issues: Issue[]) => Sink | undefined>;

/**
 * The sink named by `FARGAZE_SINK`; unset, it is `pushgateway` when `FARGAZE_PUSHGATEWAY_URL` is set, else `stdout`.
 * @throws ConfigError for an unknown name or missing settings.
 */
export function createSink(): Sink {
  const fallback = readEnv('FARGAZE_PUSHGATEWAY_URL') ? 'pushgateway' : 'stdout';
  const name = readEnv('FARGAZE_SINK') ?? fallback;
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

function readUrl(issues: Issue[], name: string): string | undefined {
  const url = readEnv(name);
  const fault = url === undefined ? 'is unset, want an http or https URL' : findUrlFault(url);
  if (fault !== undefined) issues.push({ path: name, message: fault });
  return url;
}

const wantReference = 'want a reference, env:NAME or file:/path, never the secret itself';

function readAuth(issues: Issue[], prefix: string): BasicAuth | undefined {
  const username = readEnv(`${prefix}_USERNAME`);
  const password = readEnv(`${prefix}_PASSWORD`);
  if (username === undefined && password === undefined) return undefined;
  if (username === undefined) {
    issues.push({ path: `${prefix}_USERNAME`, message: 'is unset beside a password' });
  }
  if (password === undefined || !isSecretRef(password)) {
    issues.push({ path: `${prefix}_PASSWORD`, message: wantReference });
    return undefined;
  }
  return { username: username ?? '', password };
}

/** Loaded when it is first written to: probes that push to a Pushgateway have no use for it. */
function readRemoteWrite(issues: Issue[]): Sink | undefined {
  const url = readUrl(issues, 'FARGAZE_REMOTE_WRITE_URL');
  const version = readEnv('FARGAZE_REMOTE_WRITE_VERSION') ?? '2';
  if (version !== '1' && version !== '2') {
    const message = `got ${JSON.stringify(version)}, want 1 or 2`;
    issues.push({ path: 'FARGAZE_REMOTE_WRITE_VERSION', message });
  }
  const auth = readRemoteWriteAuth(issues);
  if (issues.length > 0 || url === undefined) return undefined;
  const options = {
    url: new URL(url),
    version: version === '1' ? (1 as const) : (2 as const),
    ...(auth !== undefined && { auth }),
  };
  let sink: Sink | undefined;
  return {
    name: 'remote-write',
    write: async (batch, deadline) => {
      sink ??= (await import('./remote-write.ts')).createRemoteWriteSink(options);
      return sink.write(batch, deadline);
    },
  };
}

function readRemoteWriteAuth(issues: Issue[]): RemoteWriteAuth | undefined {
  const basic = readAuth(issues, 'FARGAZE_REMOTE_WRITE');
  const token = readEnv('FARGAZE_REMOTE_WRITE_TOKEN');
  const region = readEnv('FARGAZE_REMOTE_WRITE_SIGV4_REGION');
  if ([basic, token, region].filter((value) => value !== undefined).length > 1) {
    const message = 'at most one of a password, a token and a region for SigV4';
    issues.push({ path: 'FARGAZE_REMOTE_WRITE_*', message });
  }
  if (basic !== undefined) return { kind: 'basic', basic };
  if (region !== undefined) return { kind: 'sigv4', region, credentials: readAwsCredentials };
  if (token === undefined) return undefined;
  if (isSecretRef(token)) return { kind: 'bearer', token };
  issues.push({ path: 'FARGAZE_REMOTE_WRITE_TOKEN', message: wantReference });
  return undefined;
}
