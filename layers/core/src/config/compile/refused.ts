// Options of blackbox_exporter's http module that are not spoken here: each is refused by its name, with the way
// that there is. The value is never shown, because many of these are secrets.
import * as v from 'valibot';

/** A key that is refused with `message` whenever it is given. */
function refused(message: string) {
  return v.optional(v.custom<never>(() => false, message));
}

/** A switch that may be given as long as it asks for what is so anyway. */
function onlyFalse(message: string) {
  return v.optional(v.custom<false>((value) => value === false, message));
}

const proxy = 'proxies are not spoken to; probes connect by themselves';
const reference = 'want the secret by reference (env:NAME or file:/path)';
const noCel = 'CEL is not evaluated; want fail_if_body_(not_)matches_regexp';

/** Keys of `http`. */
export const refusedHttpEntries = {
  bearer_token: refused(
    `deprecated by blackbox_exporter; ${reference} in authorization.credentials`,
  ),
  bearer_token_file: refused(
    `deprecated by blackbox_exporter; ${reference} in authorization.credentials`,
  ),
  enable_http2: onlyFalse('HTTP/2 is not spoken; want false or nothing'),
  enable_http3: onlyFalse('HTTP/3 is not spoken; want false or nothing'),
  fail_if_body_json_matches_cel: refused(noCel),
  fail_if_body_json_not_matches_cel: refused(noCel),
  http_headers: refused('want headers; credentials by reference in basic_auth or authorization'),
  no_follow_redirects: refused('deprecated by blackbox_exporter; want follow_redirects'),
  no_proxy: refused(proxy),
  oauth2: refused('OAuth 2.0 is not spoken; want basic_auth or authorization'),
  proxy_connect_header: refused(proxy),
  proxy_from_environment: onlyFalse(proxy),
  proxy_url: refused(proxy),
  skip_resolve_phase_with_proxy: onlyFalse(proxy),
};

/** Keys of `basic_auth`. */
export const refusedBasicAuthEntries = {
  password_file: refused(`${reference} in password`),
  password_ref: refused(`${reference} in password`),
  username_file: refused('want username'),
  username_ref: refused('want username'),
};

/** Keys of `authorization`. */
export const refusedAuthorizationEntries = {
  credentials_file: refused(`${reference} in credentials`),
  credentials_ref: refused(`${reference} in credentials`),
};

/** Keys of `tls_config`. */
export const refusedTlsEntries = {
  ca_ref: refused('want ca or ca_file'),
  cert_ref: refused('want cert or cert_file'),
  key_file: refused(`${reference} in key`),
  key_ref: refused(`${reference} in key`),
};
