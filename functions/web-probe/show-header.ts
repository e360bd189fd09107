// How the value of an answer's header stands in a detail. Values of headers that are not known to be harmless are not shown:
// a server may set a session, repeat a key, or send a code along.
import { hideSecrets, redactUrl, redactUrls } from '@fargaze/core/internal';

/** Headers that describe an answer or a server, never whom it is for. */
const openHeaders = new Set(
  (
    'accept-ranges access-control-allow-credentials access-control-allow-headers access-control-allow-methods ' +
    'access-control-allow-origin access-control-max-age age allow alt-svc cache-control cache-status clear-site-data connection ' +
    'content-disposition content-encoding content-language content-length content-range content-security-policy content-type ' +
    'cross-origin-embedder-policy cross-origin-opener-policy cross-origin-resource-policy date deprecation expect-ct expires ' +
    'keep-alive last-modified origin-agent-cluster permissions-policy pragma ratelimit-limit ratelimit-remaining referrer-policy ' +
    'retry-after server strict-transport-security sunset timing-allow-origin trailer transfer-encoding upgrade vary via warning ' +
    'x-cache x-content-type-options x-dns-prefetch-control x-download-options x-environment x-frame-options x-permitted-cross-domain-policies ' +
    'x-powered-by x-ratelimit-limit x-ratelimit-remaining x-robots-tag x-runtime x-served-by x-ua-compatible x-version x-xss-protection'
  ).split(' '),
);

const addresses = new Set(['content-location', 'location', 'refresh']);

/** A value as it may be shown, in quotes, at most 80 characters; for headers that are not known, how long it is. */
export function showHeader(name: string, value: string, secrets: readonly string[]): string {
  const known = name.toLowerCase();
  if (known === 'set-cookie') return quote(hideCookie(value));
  if (addresses.has(known)) return quote(hideSecrets(redactAddress(value), secrets));
  if (openHeaders.has(known)) return quote(hideSecrets(redactUrls(value), secrets));
  return `of ${value.length} characters, not shown`;
}

/** The attributes say whether a cookie is set well; its name and value, whom it is for. */
function hideCookie(line: string): string {
  const [, ...attributes] = line.split(';');
  const shown = attributes
    .map((attribute) => attribute.trim())
    .filter((attribute) =>
      /^(?:secure|httponly|partitioned|(?:samesite|max-age)=[\w-]*)$/i.test(attribute),
    );
  return ['redacted', ...shown].join('; ');
}

function redactAddress(value: string): string {
  return /^[a-z][a-z0-9+.-]*:\/\//i.test(value) ? redactUrls(value) : redactUrl(value);
}

function quote(value: string): string {
  return JSON.stringify(value.length > 80 ? `${value.slice(0, 77)}...` : value);
}
