// An access token by the client credentials grant (RFC 6749, 4.4). Asked for anew by each probe, before anything of the target
// is measured; the client authorizes itself by Basic, and in the body where the server takes it only there, as Go does.
import {
  type Failure,
  failure,
  fillSecrets,
  type HttpOptions,
  hideSecrets,
  type OAuth2Options,
  type ProbeEnvironment,
  type ProxyOptions,
  readPassword,
  secretsOf,
} from '@fargaze/core/internal';
import { readBody } from './body.ts';
import { fillAndHide, secretPartsOf } from './exchange/secret-parts.ts';
import { openHop } from './hop.ts';
import { percentEncode } from './sent/encode-value.ts';

/** Bytes of the server's answer that are read. */
const maxTokenBytes = 1024 * 1024;

/** Parameters that say what the token is for, and never who asks. */
const openParams = new Set(['audience', 'grant_type', 'resource', 'scope']);

/** The token, or why there is none. */
export async function fetchToken(
  oauth2: OAuth2Options,
  options: HttpOptions,
  env: ProbeEnvironment,
): Promise<{ readonly token: string } | Failure> {
  const secret =
    oauth2.clientSecret === undefined
      ? ''
      : readPassword(oauth2.clientSecret, 'http.oauth2.client_secret');
  const params = readParams(oauth2);
  const proxied = oauth2.proxy === undefined ? [] : await secretsOfProxy(oauth2.proxy);
  const hidden = [...hiddenOf(oauth2, secret), ...params.secrets, ...proxied];
  const quiet = {
    ...env,
    trace: (line: string) => env.trace(hideSecrets(`token: ${line}`, hidden)),
  };
  const request = {
    oauth2,
    options: tokenOptions(oauth2, options),
    secret,
    url: params.url,
    params: params.values,
    hidden,
    env: quiet,
  };
  const first = await ask({ ...request, way: 'header' });
  const result =
    'status' in first && first.status < 500 ? await ask({ ...request, way: 'body' }) : first;
  if ('token' in result) return result;
  const detail = hideSecrets(result.detail, hidden);
  return failure('auth', 'ok' in result ? result.reason : 'token', `token: ${detail}`);
}

async function secretsOfProxy(proxy: ProxyOptions): Promise<readonly string[]> {
  const { proxySecrets } = await import('./proxy/login.ts');
  return proxySecrets(proxy);
}

/** `token_url` and `endpoint_params` with their secrets, and these. */
function readParams({ endpointParams, tokenUrl }: OAuth2Options) {
  const secrets: string[] = [];
  const url = fillSecrets(tokenUrl, (ref) => {
    const secret = readPassword(ref, 'http.oauth2.token_url');
    secrets.push(secret, ...secretPartsOf(secret));
    return percentEncode(secret);
  });
  const values = Object.entries(endpointParams).map(([name, text]) => {
    const place = `http.oauth2.endpoint_params.${name}`;
    const filled = fillAndHide(text, (ref) => readPassword(ref, place));
    secrets.push(...filled.secrets);
    return [name, filled.value] as const;
  });
  return { url, values, secrets };
}

/** What the server may repeat and nobody may be shown. */
function hiddenOf({ clientId, endpointParams, tokenUrl }: OAuth2Options, secret: string): string[] {
  const params = Object.entries(endpointParams).filter(([name]) => !openParams.has(name));
  return [
    secret,
    basicPair(clientId, secret),
    ...params.flatMap(([, value]) => secretPartsOf(value)),
    ...secretsOf(tokenUrl),
  ];
}

/** What reaching the authorization server takes of the module: its own TLS and proxy, the module's addresses. */
function tokenOptions(oauth2: OAuth2Options, options: HttpOptions): HttpOptions {
  const { compression: _, proxy: __, ...kept } = options;
  return {
    ...kept,
    tls: oauth2.tls,
    http2: false,
    bodySizeLimit: maxTokenBytes,
    ...(oauth2.proxy !== undefined && { proxy: oauth2.proxy }),
  };
}

type TokenRequest = {
  readonly oauth2: OAuth2Options;
  readonly options: HttpOptions;
  readonly secret: string;
  readonly url: string;
  readonly params: readonly (readonly [name: string, value: string])[];
  readonly hidden: readonly string[];
  readonly env: ProbeEnvironment;
  readonly way: 'header' | 'body';
};

type Refusal = { readonly status: number; readonly detail: string };

async function ask(request: TokenRequest): Promise<{ readonly token: string } | Failure | Refusal> {
  const { env, hidden, oauth2, options, params, secret, way } = request;
  const url = new URL(request.url);
  const form = new URLSearchParams({ grant_type: 'client_credentials' });
  if (oauth2.scopes.length > 0) form.set('scope', oauth2.scopes.join(' '));
  for (const [name, value] of params) form.set(name, value);
  if (way === 'body') {
    form.set('client_id', oauth2.clientId);
    if (secret !== '') form.set('client_secret', secret);
  }
  const headers = {
    Host: url.host,
    Accept: 'application/json',
    'Content-Type': 'application/x-www-form-urlencoded',
    ...(way === 'header' && { Authorization: `Basic ${basicPair(oauth2.clientId, secret)}` }),
  };
  const body = form.toString();
  const hop = await openHop(
    { url, method: 'POST', headers, body, serverName: undefined, firstHost: true },
    options,
    env,
  );
  if (!hop.ok) return hop.outcome;
  const parts: Buffer[] = [];
  const take = async (part: Buffer) => void parts.push(part);
  const { fault } = await readBody(hop, { options, env, take });
  if (fault !== undefined) return fault;
  // Hidden before it is cut: half a secret would be shown.
  const show = (text: string) => JSON.stringify(hideSecrets(text, hidden).slice(0, 120));
  const { statusCode: status = 0 } = hop.response;
  return readToken({ status, text: Buffer.concat(parts).toString('utf8'), show });
}

/** RFC 6749, 2.3.1: both parts are encoded before they are put together. */
function basicPair(id: string, secret: string): string {
  const encode = (text: string) => new URLSearchParams({ '': text }).toString().slice(1);
  return Buffer.from(`${encode(id)}:${encode(secret)}`).toString('base64');
}

type TokenAnswer = {
  readonly status: number;
  readonly text: string;
  readonly show: (text: string) => string;
};

function readToken({ show, status, text }: TokenAnswer): { readonly token: string } | Refusal {
  if (status < 200 || status > 299) {
    return { status, detail: `status ${status} ${show(text)}, want 200` };
  }
  try {
    const { access_token: token } = JSON.parse(text) as { readonly access_token?: unknown };
    if (typeof token === 'string' && /^[\x21-\x7e]+$/.test(token)) return { token };
  } catch {
    // Said below.
  }
  return { status: 500, detail: `status ${status} without an access_token in JSON` };
}
