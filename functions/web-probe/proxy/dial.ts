// A connection to a target through a proxy: the whole address in the request line for http, a tunnel by CONNECT (RFC 9110,
// 9.3.6) for https. The name of the target is resolved and judged here, unless the module leaves that to the proxy.
import { type IncomingMessage, request } from 'node:http';
import type { Socket } from 'node:net';
import {
  classify,
  type DialFacts,
  dial,
  type Failure,
  failure,
  fillSecrets,
  findAddress,
  type HttpHeader,
  type HttpOptions,
  hideSecrets,
  messageOf,
  type ProbeEnvironment,
  raceDeadline,
  readHeaderValue,
  roundSeconds,
  type SecretRef,
  type TlsOptions,
  upgrade,
} from '@fargaze/core/internal';
import type { Connected } from '../exchange/hop-types.ts';
import { secretPartsOf } from '../exchange/secret-parts.ts';
import { proxyLogin } from './login.ts';

/** What a connection through a proxy needs. */
export type ProxiedRequest = {
  readonly url: URL;
  readonly proxy: URL;
  readonly options: HttpOptions;
  /** TLS with the target, for https. */
  readonly tls?: {
    readonly options: TlsOptions;
    readonly serverName: string;
    readonly alpn?: readonly string[];
  };
};

type Result =
  | ({ readonly ok: true } & Connected)
  | { readonly ok: false; readonly outcome: Failure; readonly facts: DialFacts };

/** Connects. What is measured until a failure is kept; the way to and through the proxy is the phase `connect`. */
export async function dialThrough(ask: ProxiedRequest, env: ProbeEnvironment): Promise<Result> {
  const { options, proxy, url } = ask;
  const { allowBlocked, skipResolveWithProxy } = options;
  const target = skipResolveWithProxy
    ? ({ ok: true, address: undefined, facts: { durations: {} } } as const)
    : await findAddress({ host: url.hostname, ip: options, allowBlocked }, env);
  if (!target.ok) return target;
  const begun = env.clock.monotonic();
  const known = (): DialFacts => {
    const connect = roundSeconds(env.clock.monotonic() - begun);
    return { ...target.facts, durations: { ...target.facts.durations, connect } };
  };
  const secure = proxy.protocol === 'https:';
  const dialed = await dial(
    {
      host: proxy.hostname,
      port: proxy.port === '' ? (secure ? 443 : 80) : Number(proxy.port),
      // What the module says of addresses is about the target.
      ip: { ...options, ipProtocolFallback: true },
      allowBlocked,
      ...(secure && { tls: { options: options.tls, serverName: proxy.hostname } }),
    },
    env,
  );
  if (!dialed.ok) {
    const { outcome } = dialed;
    const detail = `proxy ${proxy.host}: ${outcome.detail}`;
    return { ok: false, facts: known(), outcome: { ...outcome, phase: 'connect', detail } };
  }
  const { socket } = dialed;
  const host = target.address ?? url.hostname;
  const authority = `${host.includes(':') && !host.startsWith('[') ? `[${host}]` : host}:${portOf(url)}`;
  if (ask.tls === undefined) {
    const path = `http://${authority}${url.pathname}${url.search}`;
    const login = proxyLogin(proxy);
    const headers = { ...(login !== undefined && { 'Proxy-Authorization': login.value }) };
    return { ok: true, socket, facts: known(), path, headers };
  }
  const fault = await openTunnel(socket, { authority, options, proxy }, env);
  if (fault !== undefined) {
    socket.on('error', () => undefined).destroy();
    return { ok: false, outcome: fault, facts: known() };
  }
  return upgrade({ socket, facts: known() }, ask.tls, env);
}

function portOf(url: URL): string {
  return url.port === '' ? (url.protocol === 'https:' ? '443' : '80') : url.port;
}

type Tunnel = {
  readonly authority: string;
  readonly options: HttpOptions;
  readonly proxy: URL;
};

async function openTunnel(
  socket: Socket,
  { authority, options, proxy }: Tunnel,
  env: ProbeEnvironment,
): Promise<Failure | undefined> {
  const given = Object.fromEntries(
    (options.proxy?.connectHeaders ?? []).map((header) => [header.name, valuesOf(header)]),
  );
  const isGiven = Object.keys(given).some((name) => name.toLowerCase() === 'proxy-authorization');
  const login = isGiven ? undefined : proxyLogin(proxy);
  const headers = { ...given, ...(login !== undefined && { 'Proxy-Authorization': login.value }) };
  const hidden = [...Object.values(given).flat().flatMap(secretPartsOf), ...(login?.secrets ?? [])];
  const refused = (reason: Failure['reason'], words: string) =>
    failure('connect', reason, `proxy: ${hideSecrets(words, hidden)}`);
  const answered = new Promise<IncomingMessage>((resolve, reject) => {
    const outgoing = request({
      createConnection: () => socket,
      method: 'CONNECT',
      path: authority,
      setHost: false,
      headers: { ...headers, Host: authority },
    });
    outgoing.on('connect', resolve).on('response', resolve).on('error', reject).end();
  });
  try {
    const { statusCode = 0, statusMessage = '' } = await raceDeadline(answered, env.deadline);
    env.trace(`proxy: status ${statusCode}`);
    if (statusCode >= 200 && statusCode <= 299) return undefined;
    const said = hideSecrets(statusMessage, hidden).slice(0, 80);
    return refused('proxy', `status ${statusCode} ${said}, want 200`);
  } catch (error) {
    const reason = classify(error);
    if (reason === 'internal') throw error;
    return refused(reason, messageOf(error));
  }
}

function valuesOf({ secrets, values }: HttpHeader): string[] {
  const read = (ref: SecretRef) => readHeaderValue(ref, 'http.proxy_connect_header');
  return [...values.map((text) => fillSecrets(text, read)), ...secrets.map(read)];
}
