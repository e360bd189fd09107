// The `tls_config` of a module, blackbox_exporter's names; private keys only by reference.
import { X509Certificate } from 'node:crypto';
import * as v from 'valibot';
import { closed } from '../mapping.ts';
import type { TlsOptions, TlsVersion } from '../modules.ts';
import type { SecretRef } from '../secret.ts';
import { secretRef } from './fields.ts';
import { refusedTlsEntries } from './refused.ts';

const versions: Readonly<Record<string, TlsVersion>> = {
  TLS10: 'TLSv1',
  TLS11: 'TLSv1.1',
  TLS12: 'TLSv1.2',
  TLS13: 'TLSv1.3',
};

const version = v.picklist(
  ['TLS10', 'TLS11', 'TLS12', 'TLS13'],
  'want TLS10, TLS11, TLS12 or TLS13',
);

/** One or more certificates. Node ignores what is none, and would then trust nobody. Never shown: it may be a key. */
const certificates = v.custom<string>(isPem, 'want PEM of certificates');

function isPem(value: unknown): boolean {
  const blocks = String(value).match(/-----BEGIN [^-]+-----[^-]*-----END [^-]+-----/g) ?? [];
  try {
    return blocks.map((block) => new X509Certificate(block)).length > 0;
  } catch {
    return false;
  }
}

/** The keys of `tls_config`. */
export const tlsEntries = {
  ca: v.optional(
    v.pipe(
      certificates,
      v.description('PEM of the authorities to trust instead of the built-in ones'),
    ),
  ),
  ca_file: v.optional(
    v.pipe(
      v.string(),
      v.description(
        'file with that PEM, relative to fargaze.yml; read when the functions are built',
      ),
    ),
  ),
  cert: v.optional(v.pipe(certificates, v.description('PEM of the client certificate'))),
  cert_file: v.optional(v.pipe(v.string(), v.description('file with that PEM, likewise'))),
  key: v.optional(v.pipe(secretRef, v.description('reference to the PEM of the client key'))),
  key_file: v.optional(
    v.pipe(
      v.string('want text'),
      v.transform((path) => `file:${path}` as SecretRef),
      v.description('file with that PEM, read when the probe runs'),
    ),
  ),
  server_name: v.optional(v.pipe(v.string(), v.description('name to ask for (SNI) and to verify'))),
  insecure_skip_verify: v.optional(
    v.pipe(v.boolean(), v.description('go on although the certificate is not valid')),
    false,
  ),
  min_version: v.optional(v.pipe(version, v.description('lowest TLS version to accept'))),
  max_version: v.optional(v.pipe(version, v.description('highest TLS version to offer'))),
};

/** Schema of `tls_config`. */
export const tlsSchema = v.pipe(
  v.optional(closed({ ...tlsEntries, ...refusedTlsEntries }), {}),
  v.transform(
    (tls): TlsOptions =>
      ({
        ...(tls.ca !== undefined && { ca: tls.ca }),
        ...(tls.cert !== undefined && { cert: tls.cert }),
        ...((tls.key ?? tls.key_file) !== undefined && { key: tls.key ?? tls.key_file }),
        ...(tls.server_name !== undefined && { serverName: tls.server_name }),
        insecureSkipVerify: tls.insecure_skip_verify,
        ...(versionOf(tls.min_version) !== undefined && { minVersion: versionOf(tls.min_version) }),
        ...(versionOf(tls.max_version) !== undefined && { maxVersion: versionOf(tls.max_version) }),
      }) as TlsOptions,
  ),
);

function versionOf(key: string | undefined): TlsVersion | undefined {
  return key === undefined ? undefined : versions[key];
}
