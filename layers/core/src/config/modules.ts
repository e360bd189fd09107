// How to probe: the modules of fargaze.yml after compilation. Durations are in seconds, sizes in bytes, patterns checked.
import type { Seconds } from '../clock.ts';
import type { Pattern } from '../pattern/pattern.ts';
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

/** One header rule: `fail_if_header_matches` and its inverse. */
export type HeaderRule = {
  readonly header: string;
  readonly regexp: Pattern;
  readonly allowMissing: boolean;
};

/** The `http` part of a module; blackbox_exporter's option names and meaning. */
export type HttpOptions = IpOptions & {
  readonly method: string;
  /** Values; one of the form `env:NAME` or `file:/path` is a reference to a secret. */
  readonly headers: Readonly<Record<string, string>>;
  /** The body, or a reference to it, likewise. */
  readonly body: string;
  /** Bytes after decompression; the answer may not be longer. */
  readonly bodySizeLimit: number;
  readonly compression?: 'gzip' | 'br' | 'deflate' | 'identity';
  /** Empty: any 2xx. */
  readonly validStatusCodes: readonly number[];
  /** Empty: any. Else e.g. `HTTP/1.1`. */
  readonly validHttpVersions: readonly string[];
  readonly followRedirects: boolean;
  /** Whether to take answers whose head is not quite HTTP/1.1, as browsers do. */
  readonly lenientParsing: boolean;
  readonly failIfSsl: boolean;
  readonly failIfNotSsl: boolean;
  readonly failIfBodyMatches: readonly Pattern[];
  readonly failIfBodyNotMatches: readonly Pattern[];
  readonly failIfHeaderMatches: readonly HeaderRule[];
  readonly failIfHeaderNotMatches: readonly HeaderRule[];
  readonly basicAuth?: { readonly username: string; readonly password: SecretRef };
  readonly authorization?: { readonly type: string; readonly credentials: SecretRef };
  readonly tls: TlsOptions;
  /** CIDR blocks that may be reached although they are blocked by default. */
  readonly allowBlocked: readonly string[];
};

/** The `redis` part of a module. */
export type RedisOptions = IpOptions & {
  readonly username?: string;
  readonly password?: SecretRef;
  /** `write`: PING, then SET, GET, DEL of a unique key. `ping`: no write is tried. */
  readonly canary: 'write' | 'ping';
  /** Prefix of the canary key; the ACL of the probe's user must allow it. */
  readonly keyPrefix: string;
  readonly expectRole: 'any' | 'master' | 'slave';
  readonly tls: TlsOptions;
  readonly allowBlocked: readonly string[];
};

/** What every module has. */
type ModuleBase = {
  readonly name: string;
  readonly timeout: Seconds;
  /** Hosts that may be sent its credentials besides those of its probes: `name`, `name:port` or `*.domain`. */
  readonly hosts?: readonly string[];
};

/** A module that probes by HTTP. */
export type HttpModule = ModuleBase & { readonly prober: 'http'; readonly http: HttpOptions };

/** A module that probes Redis. */
export type RedisModule = ModuleBase & { readonly prober: 'redis'; readonly redis: RedisOptions };

/** A way of probing. */
export type Module = HttpModule | RedisModule;

/** The kinds of prober. */
export type Prober = Module['prober'];
