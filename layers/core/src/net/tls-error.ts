// What OpenSSL says, in words for whoever reads a failed probe: no pointers, no paths, no line feeds.
import { codeOf, messageOf } from '../errors.ts';

const hints: readonly (readonly [reason: RegExp, words: string])[] = [
  [/wrong version number|packet length too long|http request/, 'it may speak no TLS on this port'],
  [
    /protocol version|unsupported protocol|no protocols available|unsupported ssl version/,
    'no version of TLS in common (tls_config.min_version, max_version)',
  ],
  [/no shared cipher|no ciphers available/, 'no cipher in common'],
  [
    /handshake failure/,
    'no version or cipher in common, or it wants a client certificate (tls_config.cert and key)',
  ],
  [/certificate required/, 'it wants a client certificate (tls_config.cert and key)'],
  [/unrecognized name/, 'it does not know the name that it was asked for (tls_config.server_name)'],
  [
    /alert (?:bad|unsupported|unknown|certificate|access|revoked|expired)|certificate (?:unknown|expired|revoked)|unknown ca/,
    'it refuses the client certificate (tls_config.cert)',
  ],
];

const certificateHints: readonly (readonly [code: RegExp, words: string])[] = [
  [/^DEPTH_ZERO_SELF/, 'signed by itself'],
  [/^SELF_SIGNED/, 'its authority is not known'],
  [/^UNABLE_TO_/, 'its authority is not known, or not sent by the server'],
];

/** Why a certificate is not valid, by OpenSSL's code, and which setting may be wanted. */
export function explainCertificate(code: string): string {
  const hint = certificateHints.find(([pattern]) => pattern.test(code))?.[1];
  return hint === undefined ? code : `${code}: ${hint} (tls_config.ca_file)`;
}

/** How the words of an alert begin. */
const alertWords = 'the server sent the TLS alert';

/** Whether the words of {@link detailOf} are those of an alert, which only a server sends that speaks TLS. */
export function isTlsAlert(detail: string): boolean {
  return detail.startsWith(alertWords);
}

/** The words of an error of the network; one of TLS in the form `the server answered …: what that may mean`. */
export function detailOf(error: unknown): string {
  if (!/^(?:ERR_SSL_|EPROTO$)/.test(codeOf(error) ?? '')) return messageOf(error);
  const { reason } = error as { readonly reason?: unknown };
  const text = typeof reason === 'string' ? reason : reasonIn(messageOf(error));
  const [, alert] = /^(?:sslv3|tlsv1|tlsv13) alert (.*)$/.exec(text) ?? [];
  const seen = alert === undefined ? `TLS failed: ${text}` : `${alertWords} "${alert}"`;
  const hint = hints.find(([pattern]) => pattern.test(text))?.[1];
  return hint === undefined ? seen : `${seen}: ${hint}`;
}

/** `error:0A00010B:SSL routines:ssl3_get_record:wrong version number:../deps/…` */
function reasonIn(message: string): string {
  const [, reason] = /error:[0-9A-Fa-f]+:[^:]*:[^:]*:([^:\n]+)/.exec(message) ?? [];
  return reason ?? message.replace(/\s+/g, ' ').trim().slice(0, 100);
}
