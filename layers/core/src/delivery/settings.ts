// What the environment says of each receiver. Every problem is named at once; nothing is connected to.

import { systemClock } from '../clock.ts';
import { isSecretRef } from '../config/secret.ts';
import { readEnv } from '../env.ts';
import { ConfigError, type Issue } from '../errors.ts';
import type { Auth, BasicAuth } from '../http/auth.ts';
import { readAwsCredentials } from '../http/sigv4.ts';
import { parseUrl } from '../parse-url.ts';
import { findUrlFault, type Pushgateway } from '../pushgateway/push.ts';
import type { SqsQueue } from '../queue/sqs.ts';
import type { RemoteWriteOptions } from '../remote-write/client.ts';

/** A remote-write receiver as the environment names it. */
export type RemoteWriteReceiver = Omit<RemoteWriteOptions, 'clock'>;

/** Where a function may deliver that delivers for others. */
export type Receivers = {
  readonly pushgateway?: Pushgateway;
  readonly remoteWrite?: RemoteWriteReceiver;
};

/**
 * Every receiver whose URL is set.
 * @throws ConfigError when none is, or settings of one are wrong.
 */
export function readReceivers(): Receivers {
  const issues: Issue[] = [];
  const has = (name: string) => readEnv(name) !== undefined;
  const pushgateway = has('FARGAZE_PUSHGATEWAY_URL') ? readPushgateway(issues) : undefined;
  const remoteWrite = has('FARGAZE_REMOTE_WRITE_URL') ? readRemoteWriteReceiver(issues) : undefined;
  if (pushgateway === undefined && remoteWrite === undefined && issues.length === 0) {
    const message = 'both are unset, want at least one http or https URL';
    issues.push({ path: 'FARGAZE_PUSHGATEWAY_URL, FARGAZE_REMOTE_WRITE_URL', message });
  }
  if (issues.length > 0) throw new ConfigError('environment', issues);
  return {
    ...(pushgateway !== undefined && { pushgateway }),
    ...(remoteWrite !== undefined && { remoteWrite }),
  };
}

/** The Pushgateway of `FARGAZE_PUSHGATEWAY_*`. */
export function readPushgateway(issues: Issue[]): Pushgateway | undefined {
  const url = readUrl(issues, 'FARGAZE_PUSHGATEWAY_URL');
  const auth = readAuth(issues, 'FARGAZE_PUSHGATEWAY');
  if (issues.length > 0 || url === undefined) return undefined;
  return { url, ...(auth !== undefined && { auth }) };
}

/** The queue of `FARGAZE_QUEUE_URL`, at the endpoint of `AWS_ENDPOINT_URL_SQS` or `AWS_ENDPOINT_URL` where one is set. */
export function readQueue(issues: Issue[]): SqsQueue | undefined {
  const url = readUrl(issues, 'FARGAZE_QUEUE_URL');
  const name = ['AWS_ENDPOINT_URL_SQS', 'AWS_ENDPOINT_URL'].find((one) => readEnv(one));
  const endpoint = name === undefined ? undefined : readUrl(issues, name);
  const region = /^sqs\.([a-z0-9-]+)\./.exec(hostOf(url))?.[1] ?? readEnv('AWS_REGION');
  if (region === undefined) issues.push({ path: 'AWS_REGION', message: 'is unset, want a region' });
  if (issues.length > 0 || url === undefined || region === undefined) return undefined;
  const queue = new URL(url);
  return {
    url: queue,
    endpoint: new URL('/', endpoint ?? queue),
    region,
    credentials: readAwsCredentials,
    clock: systemClock,
  };
}

function hostOf(url: string | undefined): string {
  return parseUrl(url ?? '')?.host ?? '';
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
  if (username?.includes(':')) {
    const message = 'holds a colon, which basic authentication cannot send';
    issues.push({ path: `${prefix}_USERNAME`, message });
  }
  if (password === undefined || !isSecretRef(password)) {
    issues.push({ path: `${prefix}_PASSWORD`, message: wantReference });
    return undefined;
  }
  return { username: username ?? '', password };
}

/** The remote-write receiver of `FARGAZE_REMOTE_WRITE_*`. */
export function readRemoteWriteReceiver(issues: Issue[]): RemoteWriteReceiver | undefined {
  const url = readUrl(issues, 'FARGAZE_REMOTE_WRITE_URL');
  const version = readEnv('FARGAZE_REMOTE_WRITE_VERSION') ?? '2';
  if (version !== '1' && version !== '2') {
    const message = `got ${JSON.stringify(version)}, want 1 or 2`;
    issues.push({ path: 'FARGAZE_REMOTE_WRITE_VERSION', message });
  }
  // Read when a watermark is sought; wrong, it is wrong before anything is measured.
  if (readEnv('FARGAZE_QUERY_URL') !== undefined) readUrl(issues, 'FARGAZE_QUERY_URL');
  const auth = readRemoteWriteAuth(issues, url);
  if (issues.length > 0 || url === undefined) return undefined;
  return {
    url: new URL(url),
    version: version === '1' ? 1 : 2,
    ...(auth !== undefined && { auth }),
  };
}

function hasUserInfo(url: string | undefined): boolean {
  const parsed = parseUrl(url ?? '');
  return parsed !== undefined && (parsed.username !== '' || parsed.password !== '');
}

function readRemoteWriteAuth(issues: Issue[], url: string | undefined): Auth | undefined {
  const basic = readAuth(issues, 'FARGAZE_REMOTE_WRITE');
  const token = readEnv('FARGAZE_REMOTE_WRITE_TOKEN');
  const region = readEnv('FARGAZE_REMOTE_WRITE_SIGV4_REGION');
  const ways = [basic, token, region].filter((value) => value !== undefined).length;
  if (ways + (hasUserInfo(url) ? 1 : 0) > 1) {
    const message =
      'want at most one of a user in the URL, a password, a token and a region for SigV4';
    issues.push({ path: 'FARGAZE_REMOTE_WRITE_*', message });
  }
  if (basic !== undefined) return { kind: 'basic', basic };
  if (region !== undefined) {
    const own = { credentials: readAwsCredentials, clock: systemClock };
    return { kind: 'sigv4', service: 'aps', region, ...own };
  }
  if (token === undefined) return undefined;
  if (isSecretRef(token)) return { kind: 'bearer', token };
  issues.push({ path: 'FARGAZE_REMOTE_WRITE_TOKEN', message: wantReference });
  return undefined;
}
