// What to try where a Prometheus did not answer as wanted: by the status, the answer or the network's reason.
import type { Answer } from '../../layers/core/src/http/ask.ts';
import type { Reason } from '../../layers/core/src/outcome.ts';
import { parseUrl } from '../../layers/core/src/parse-url.ts';
import { redactUrl } from '../../layers/core/src/redact.ts';
import { type Prometheus, withoutPage } from './prometheus.ts';

const base = 'want the URL that stands before /api/v1/query';

/** By a status other than 200. */
export function hintOfStatus(prometheus: Prometheus, answer: Answer): string {
  const { body, headers, status } = answer;
  if (status === 401 || status === 403) return hintOfRefusal(prometheus);
  if (status >= 300 && status < 400) return hintOfRedirect(prometheus, headers.location);
  if (status === 400 && /HTTPS server/i.test(body)) return `try: ${asHttps(prometheus)}`;
  if (status === 422) return 'it understood the query, and did not compute it: see its limits';
  if (status >= 500 || status === 429) return 'it may be starting, or overloaded: try again';
  if (status !== 404) return base;
  const bare = withoutPage(prometheus);
  if (bare !== undefined) return `try: --url ${bare}`;
  return `${base}, with its path prefix if it has one; a Pushgateway (usually port 9091) answers no queries, and Grafana only at /api/datasources/proxy/uid/UID`;
}

/** By the reason for which there was no answer. */
export function hintOfFailure({ shown }: Prometheus, reason: Reason): string {
  if (reason === 'tls_untrusted')
    return 'where the authority that signed its certificate is your own, name its file: NODE_EXTRA_CA_CERTS=ca.pem';
  if (reason === 'tls_protocol' && /^https:/i.test(shown))
    return `where it speaks no TLS, try: --url ${shown.replace(/^https/i, 'http')}`;
  return 'want the URL of a Prometheus that answers: --url URL';
}

function hintOfRefusal({ auth, url }: Prometheus): string {
  if (auth !== undefined || url.username !== '' || url.password !== '')
    return 'it does not admit who asks: want other credentials, or more rights for these';
  return 'it wants credentials: a user name and a password in the URL, or --bearer env:NAME';
}

function hintOfRedirect({ url }: Prometheus, location: unknown): string {
  const next = typeof location === 'string' ? parseUrl(location, url) : undefined;
  const at = next === undefined ? '' : redactUrl(next.href);
  const [, before] = /^(.*)\/api\/v1\/query(?:[?#]|$)/.exec(at) ?? [];
  if (before !== undefined) return `try: --url ${before}`;
  return 'it redirects to a page of its own, as where a person has to log in: want a Prometheus, which answers directly';
}

function asHttps({ shown }: Prometheus): string {
  return `--url ${shown.replace(/^http:/i, 'https:')}`;
}
