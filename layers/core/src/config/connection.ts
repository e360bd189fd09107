// How a connection is made, whatever is spoken over it: address family and TLS, after compilation.
import type { SecretRef } from './secret.ts';

/** How TLS is spoken; blackbox_exporter's `tls_config`. */
export type TlsOptions = {
  /** PEM of the authorities to trust instead of the built-in ones. */
  readonly ca?: string;
  /** PEM of the client certificate. */
  readonly cert?: string;
  /** Client key; inline keys are secrets and so always referenced. */
  readonly key?: SecretRef;
  readonly serverName?: string;
  readonly insecureSkipVerify: boolean;
  readonly minVersion?: TlsVersion;
  readonly maxVersion?: TlsVersion;
};

/** Names that Node's TLS stack knows. */
export type TlsVersion = 'TLSv1' | 'TLSv1.1' | 'TLSv1.2' | 'TLSv1.3';

/** Which address family to prefer and whether the other will do. */
export type IpOptions = {
  readonly preferredIpProtocol: 'ip4' | 'ip6';
  readonly ipProtocolFallback: boolean;
};
