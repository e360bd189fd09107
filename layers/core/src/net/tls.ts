// A TLS session over a connected socket, and what its certificates say, valid or not. Judges, but never hides:
// an expired certificate still yields its dates. No session is ever resumed.
import type { Socket } from 'node:net';

import {
  checkServerIdentity,
  connect,
  createSecureContext,
  DEFAULT_CIPHERS,
  type DetailedPeerCertificate,
  type SecureContext,
  type TLSSocket,
} from 'node:tls';
import type { TlsOptions } from '../config/modules.ts';
import { readSecret } from '../config/secret.ts';
import { type Deadline, raceDeadline } from '../deadline.ts';
import { ConfigError, codeOf } from '../errors.ts';
import { type CertificateFacts, describeCertificates } from './certificate.ts';
import { familyOf } from './family.ts';
import { explainCertificate } from './tls-error.ts';

/** Whom to speak TLS with, and how. */
export type TlsRequest = {
  readonly options: TlsOptions;
  /** Name for SNI and verification unless `options.serverName` says another. */
  readonly serverName: string;
  /** The IP address that the certificate may name instead, where `options.serverName` says nothing. */
  readonly address?: string;
  readonly alpn?: readonly string[];
  /** Share of the time left that the handshake may take, above 0, at most 1; 1 when unset. */
  readonly share?: number;
};

/** What a handshake showed. */
export type TlsFacts = CertificateFacts & {
  /** As blackbox_exporter writes it, e.g. `TLS 1.3`. */
  readonly version: string;
  /** IANA name of the cipher suite. */
  readonly cipher: string;
  readonly verified: boolean;
  /** Why the certificate is not valid; undefined when it is. */
  readonly fault?: Error;
};

/** Made when the module loads, before any phase is timed: no handshake pays for reading the trust store. */
const defaultContext = createSecureContext();

/**
 * What to speak TLS with, the shared one where nothing asks for another. Made before anything is timed.
 * @throws ConfigError when the certificates or the key cannot be used or had.
 */
export function prepareTls(options: TlsOptions): SecureContext {
  const { ca, cert, key, minVersion, maxVersion } = options;
  const asked = [ca, cert, key, minVersion, maxVersion];
  if (asked.every((value) => value === undefined)) return defaultContext;
  const keyText = key === undefined ? undefined : readSecret(key);
  try {
    return createSecureContext({
      ...{ ca, cert, key: keyText, minVersion, maxVersion },
      // Whatever is listed is trusted: an intermediate or the server's own certificate needs no root above it.
      ...(ca !== undefined && { allowPartialTrustChain: true }),
      ...(asksForOld(options) && { ciphers: `${DEFAULT_CIPHERS}:@SECLEVEL=0` }),
    });
  } catch (error) {
    const message = `ca, cert and key cannot be used together (${codeOf(error) ?? 'unreadable'})`;
    throw new ConfigError('module', [{ path: 'tls_config', message }]);
  }
}

/** OpenSSL's usual level of security leaves versions before 1.2 without a signature that it would take. */
function asksForOld({ maxVersion, minVersion }: TlsOptions): boolean {
  return [minVersion, maxVersion].some((one) => one === 'TLSv1' || one === 'TLSv1.1');
}

/**
 * Shakes hands over `socket`.
 * @throws the handshake's error or the deadline's reason; an invalid certificate is not thrown but reported in `fault`.
 */
export async function startTls(
  socket: Socket,
  request: TlsRequest & { readonly context: SecureContext },
  deadline: Deadline,
): Promise<{ readonly socket: TLSSocket; readonly facts: TlsFacts }> {
  const { address, options, serverName } = request;
  const name = options.serverName ?? serverName.replace(/^\[(.*)\]$/, '$1');
  const secure = connect({
    socket,
    ...(familyOf(name) === 0 && { servername: name }),
    ...(request.alpn !== undefined && { ALPNProtocols: [...request.alpn] }),
    secureContext: request.context,
    rejectUnauthorized: false,
    checkServerIdentity: () => undefined,
  });
  // Errors after the verdict are echoes of it; without a listener they would end the process.
  secure.on('error', () => undefined);
  const shaken = new Promise<void>((resolve, reject) => {
    secure.once('secureConnect', resolve).once('error', reject);
    secure.once('close', () => reject(connectionClosed()));
  });
  const part = deadline.slice(deadline.remaining() * (request.share ?? 1));
  await raceDeadline(shaken, part).finally(() => part.close());
  const certificate = secure.getPeerCertificate(true);
  const code = secure.authorizationError as unknown as string | Error | null;
  const fault = findCertificateFault(code, () => {
    const wrong = checkName(name, certificate);
    const other = options.serverName === undefined ? address : undefined;
    return other !== undefined && checkName(other, certificate) === undefined ? undefined : wrong;
  });
  const facts: TlsFacts = {
    ...describeCertificates(certificate, { verified: fault === undefined }),
    version: (secure.getProtocol() ?? '').replace('TLSv1', 'TLS 1').replace(/^TLS 1$/, 'TLS 1.0'),
    cipher: secure.getCipher().standardName,
    verified: fault === undefined,
    ...(fault !== undefined && { fault }),
  };
  return { socket: secure, facts };
}

function findCertificateFault(
  code: string | Error | null,
  judgeName: () => Error | undefined,
): Error | undefined {
  if (code === null || code === undefined) return judgeName();
  if (typeof code !== 'string') return code;
  return Object.assign(new Error(`certificate not valid: ${explainCertificate(code)}`), { code });
}

/** Node takes a common name where there is no other; browsers and Go have stopped to. */
function checkName(name: string, certificate: DetailedPeerCertificate): Error | undefined {
  const fault = checkServerIdentity(name, certificate);
  if (fault !== undefined) fault.message += ' (tls_config.server_name)';
  if (fault !== undefined || familyOf(name) !== 0) return fault;
  if (/(?:^|, )DNS:/.test(certificate.subjectaltname ?? '')) return undefined;
  const { CN } = certificate.subject;
  const message = `certificate names no host (subjectAltName), only CN=${CN}, which does not count`;
  return Object.assign(new Error(message), { code: 'ERR_TLS_CERT_ALTNAME_INVALID' });
}

function connectionClosed(): Error {
  const message = 'connection closed during the TLS handshake';
  return Object.assign(new Error(message), { code: 'ECONNRESET' });
}
