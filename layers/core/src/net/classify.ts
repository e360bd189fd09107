// Maps errors of Node's network stack to the closed list of reasons. What it does not know is `internal`.
import { DeadlineExceeded } from '../deadline.ts';
import { codeOf } from '../errors.ts';
import type { Reason } from '../outcome.ts';

// Codes: libuv errno names (nodejs.org/api/errors.html#common-system-errors), c-ares codes
// (nodejs.org/api/dns.html#error-codes), OpenSSL verification codes (nodejs.org/api/tls.html#x509-certificate-error-codes).
const byCode: Readonly<Record<string, Reason>> = {
  ENOTFOUND: 'nxdomain',
  ENODATA: 'no_address',
  EAI_ADDRFAMILY: 'no_address',
  ESERVFAIL: 'dns_failure',
  EREFUSED: 'dns_failure',
  EFORMERR: 'dns_failure',
  EBADRESP: 'dns_failure',
  EBADNAME: 'nxdomain',
  EBADQUERY: 'dns_failure',
  ETIMEOUT: 'timeout',
  EAI_AGAIN: 'dns_failure',
  EAI_FAIL: 'dns_failure',
  EAI_NONAME: 'nxdomain',
  ECONNREFUSED: 'refused',
  EHOSTUNREACH: 'unreachable',
  ENETUNREACH: 'unreachable',
  EHOSTDOWN: 'unreachable',
  ENETDOWN: 'unreachable',
  EADDRNOTAVAIL: 'unreachable',
  EACCES: 'unreachable',
  EPERM: 'unreachable',
  ECONNRESET: 'reset',
  EPIPE: 'reset',
  ECONNABORTED: 'reset',
  ETIMEDOUT: 'timeout',
  HPE_HEADER_OVERFLOW: 'size_limit',
  // Of web-probe itself, where HTTP/2 without TLS is answered in TLS.
  ERR_HTTP2_TLS_WANTED: 'tls_wanted',
  // Alerts that servers send about the certificate of a client.
  ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED: 'tls_client_certificate',
  ERR_SSL_SSLV3_ALERT_BAD_CERTIFICATE: 'tls_client_certificate',
  ERR_SSL_SSLV3_ALERT_UNSUPPORTED_CERTIFICATE: 'tls_client_certificate',
  ERR_SSL_SSLV3_ALERT_CERTIFICATE_UNKNOWN: 'tls_client_certificate',
  ERR_SSL_SSLV3_ALERT_CERTIFICATE_EXPIRED: 'tls_client_certificate',
  ERR_SSL_SSLV3_ALERT_CERTIFICATE_REVOKED: 'tls_client_certificate',
  ERR_SSL_TLSV1_ALERT_UNKNOWN_CA: 'tls_client_certificate',
  ERR_SSL_TLSV1_ALERT_ACCESS_DENIED: 'tls_client_certificate',
  CERT_HAS_EXPIRED: 'tls_expired',
  CERT_NOT_YET_VALID: 'tls_not_yet_valid',
  ERR_TLS_CERT_ALTNAME_INVALID: 'tls_hostname',
  HOSTNAME_MISMATCH: 'tls_hostname',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'tls_untrusted',
  SELF_SIGNED_CERT_IN_CHAIN: 'tls_untrusted',
  UNABLE_TO_GET_ISSUER_CERT: 'tls_untrusted',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'tls_untrusted',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'tls_untrusted',
  CERT_UNTRUSTED: 'tls_untrusted',
  CERT_REJECTED: 'tls_untrusted',
  CERT_REVOKED: 'tls_untrusted',
  CERT_SIGNATURE_FAILURE: 'tls_untrusted',
  CERT_CHAIN_TOO_LONG: 'tls_untrusted',
  INVALID_CA: 'tls_untrusted',
  INVALID_PURPOSE: 'tls_untrusted',
  PATH_LENGTH_EXCEEDED: 'tls_untrusted',
};

/** Alerts of a server about the certificate of its client (RFC 8446, 6.2): a server has no other certificate to judge. */
const clientCertificateAlert =
  /^ERR_SSL_(?:TLSV13_ALERT_CERTIFICATE_REQUIRED|TLSV1_ALERT_(?:UNKNOWN_CA|ACCESS_DENIED)|SSLV3_ALERT_(?:BAD|UNSUPPORTED|NO)_CERTIFICATE|SSLV3_ALERT_CERTIFICATE_(?:REVOKED|EXPIRED|UNKNOWN))$/;

/** What the operating system refuses us, not the target: files, memory and buffers of our own that ran out. */
const ours = new Set(['EMFILE', 'ENFILE', 'ENOMEM', 'ENOBUFS']);

/** Whether an error came from the network by way of the operating system, whatever its code. */
export function isFromNetwork(error: unknown): boolean {
  const code = codeOf(error);
  const system = typeof error === 'object' && error !== null && 'syscall' in error;
  return system && code !== undefined && !ours.has(code);
}

/**
 * The reason for an error thrown by `node:dns`, `node:net`, `node:tls` or `node:http`, or by a
 * {@link DeadlineExceeded} signal. An `AggregateError` is judged by its first error, a wrapper by its cause.
 */
export function classify(error: unknown): Reason {
  if (error instanceof DeadlineExceeded) return 'timeout';
  if (error instanceof AggregateError && error.errors.length > 0) return classify(error.errors[0]);
  const code = codeOf(error);
  if (code !== undefined) {
    const known = byCode[code];
    if (known !== undefined) return known;
    if (code.startsWith('HPE_')) return 'protocol';
    // A stream or session that the far side ended, and what is no HTTP/2 (nodejs.org/api/errors.html).
    if (/^ERR_HTTP2_(?:STREAM|SESSION|GOAWAY)/.test(code)) return 'reset';
    if (code.startsWith('ERR_HTTP2_')) return 'protocol';
    if (clientCertificateAlert.test(code)) return 'tls_client_certificate';
    if (code.startsWith('ERR_SSL_') || code === 'EPROTO' || code.startsWith('ERR_TLS_')) {
      return 'tls_protocol';
    }
  }
  const cause = (error as { readonly cause?: unknown } | null | undefined)?.cause;
  return cause === undefined || cause === null ? 'internal' : classify(cause);
}
