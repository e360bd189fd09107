// Which Prometheus to ask, by whom it was named, and who asks. Its user name and password stay in its address, where core sends
// and hides them as it does a token.
import {
  isSecretRef,
  readHeaderValue,
  type SecretRef,
} from '../../layers/core/src/config/secret.ts';
import { ConfigError } from '../../layers/core/src/errors.ts';
import type { Auth } from '../../layers/core/src/http/auth.ts';
import { parseUrl } from '../../layers/core/src/parse-url.ts';
import { redactUrl } from '../../layers/core/src/redact.ts';
import { UsageError } from '../command/command.ts';

/** Whom to ask. */
export type Prometheus = {
  readonly url: URL;
  /** Its address without secrets. */
  readonly shown: string;
  readonly auth: Auth | undefined;
};

/** Where it was named, as a reader would set it. */
export type NamedAddress = { readonly from: string; readonly text: string };

/** The Prometheus at an address. @throws UsageError for what is no address, or no reference to a token. */
export function prometheusAt({ from, text }: NamedAddress, bearer: string | undefined): Prometheus {
  const bare = text.trim();
  const shown = redactUrl(bare);
  const url = /^https?:\/\//i.test(bare) ? parseUrl(bare) : undefined;
  if (url === undefined) {
    const near = parseUrl(`http://${bare}`) !== undefined && /^[\w.-]+(?::\d+)?(?:\/|$)/.test(bare);
    throw new UsageError(
      `${from}: got ${JSON.stringify(shown)}, want a URL such as ${near ? `http://${shown}` : 'http://localhost:9090'}`,
    );
  }
  url.hash = '';
  url.pathname = url.pathname.replace(/\/+$/, '');
  const auth: Auth | undefined =
    bearer === undefined ? undefined : { kind: 'bearer', token: bearerOf(bearer) };
  return { url, shown: shown.replace(/[?#].*$/s, '').replace(/\/+$/, ''), auth };
}

/** The reference, once there is a token behind it; what is no reference may be the token, so it is not shown. */
function bearerOf(text: string): SecretRef {
  if (!isSecretRef(text))
    throw new UsageError('--bearer: want env:NAME or file:/path, not the token itself');
  try {
    readHeaderValue(text, '--bearer');
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    throw new UsageError(error.issues.map(({ message, path }) => `${path} ${message}`).join('\n'));
  }
  return text;
}

/** The request for the value of `expression` now. */
export function requestOf({ auth, url }: Prometheus, expression: string) {
  const at = new URL(url);
  at.pathname = `${url.pathname.replace(/\/+$/, '')}/api/v1/query`;
  at.searchParams.set('query', expression);
  return { auth, url: at };
}

/** Pages of Prometheus and paths of its interface, which people copy from a browser or a configuration. */
const beyond =
  /\/+(?:classic\/)?(?:graph|query|alerts|rules|targets|status|tsdb-status|flags|config|service-discovery|api\/v1(?:\/.*)?)\/*$/;

/** The address before the path of a page; undefined where it ends with none. */
export function withoutPage({ shown }: Prometheus): string | undefined {
  const bare = shown.replace(beyond, '');
  return bare === shown ? undefined : bare;
}
