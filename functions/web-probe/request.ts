// The first request of a probe, and the secrets that it holds.
import {
  type Failure,
  failure,
  type HttpModule,
  parseUrl,
  redactUrl,
  type Target,
} from '@fargaze/core/internal';
import { readSent, type Sending } from './credentials.ts';
import type { HopRequest } from './exchange/hop-types.ts';
import { plainHeaders } from './redirects.ts';

/** A request and what must not be shown of it. */
export type First = { readonly ask: HopRequest; readonly secrets: readonly string[] };

/**
 * The request that a module makes of an address.
 * @throws ConfigError when a secret cannot be read or sent.
 */
export function firstRequest(
  { address, module }: Target<HttpModule>,
  sending: Sending = {},
): First | Failure {
  const url = targetUrl(address);
  if ('ok' in url) return url;
  const sent = readSent(module, url, sending);
  const isHost = ([name]: readonly [string, string]) => name.toLowerCase() === 'host';
  const given = Object.entries(sent.headers);
  // An empty one is none, as to Go.
  const host = given.find((header) => isHost(header) && header[1] !== '')?.[1];
  const headers = {
    Host: host ?? url.host,
    ...plainHeaders,
    ...Object.fromEntries(given.filter((header) => !isHost(header))),
  };
  const ask = {
    url,
    method: module.http.method,
    headers,
    ...(sent.lines.length > 0 && { lines: sent.lines }),
    body: sent.body,
    firstHost: true,
    serverName: host?.replace(/:\d+$/, ''),
  };
  return { ask, secrets: sent.secrets };
}

/** The address of a target; one without a scheme is read as http. */
export function targetUrl(address: string): URL | Failure {
  const text = /^https?:\/\//i.test(address) ? address : `http://${address}`;
  const foreign = /^[a-z][a-z0-9+.-]*:\/\//i.test(address) && text !== address;
  const url = foreign ? undefined : parseUrl(text);
  if (url !== undefined) return url;
  const detail = `got ${JSON.stringify(redactUrl(address))}, want an http or https URL`;
  return failure('guard', 'protocol', detail);
}
