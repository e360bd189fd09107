// Options of blackbox_exporter that are not spoken here: each is refused by its name, with the way that there is. The value is
// never shown, because many of these are secrets.
import * as v from 'valibot';

/** A key that is refused with `message` whenever it is given. */
function refused(message: string) {
  return v.optional(v.custom<never>(() => false, message));
}

/** A switch that may be given as long as it asks for what is so anyway. */
function onlyFalse(message: string) {
  return v.optional(v.custom<false>((value) => value === false, message));
}

/** Why there is no HTTP/3, and what there is. */
export const noHttp3 =
  'HTTP/3 is not spoken: Node.js has no QUIC client; want false or nothing, and HTTP/2 by enable_http2';

/** Keys of `http`. */
export const refusedHttpEntries = { enable_http3: onlyFalse(noHttp3) };

/** Keys of `tls_config`. */
export const refusedTlsEntries = {
  ca_ref: refused('want ca or ca_file'),
  cert_ref: refused('want cert or cert_file'),
  key_ref: refused('want the key by reference (env:NAME or file:/path) in key'),
};

/** Probers of blackbox_exporter that are not spoken, each with the reason and the nearest way. */
export const refusedProbers: Readonly<Record<string, string>> = {
  icmp: 'icmp needs raw sockets, which functions in AWS do not have; want tcp to a port that is open',
  unix: 'unix sockets do not leave their machine, and a function in AWS is another one; want tcp',
  websocket:
    'websocket is not spoken; want http to the same server, or tcp with tls and query_response',
};
