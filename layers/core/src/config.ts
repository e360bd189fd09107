// The shape of fargaze.yml after compilation: defaults filled in, durations in seconds, sizes in bytes,
// regular expressions checked. Functions trust it; `compile.ts` is what makes it from YAML.
import type { Seconds } from './clock.ts';

/** A reference to a secret: `env:NAME` or `file:/path`. Never the secret itself. */
export type SecretRef = `env:${string}` | `file:${string}`;

/** JavaScript source and flags of a pattern that was given in RE2 syntax. */
export type Pattern = { readonly source: string; readonly flags: string };

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
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** Bytes after decompression; the answer may not be longer. */
  readonly bodySizeLimit: number;
  readonly compression?: 'gzip' | 'br' | 'deflate' | 'identity';
  /** Empty: any 2xx. */
  readonly validStatusCodes: readonly number[];
  /** Empty: any. Else e.g. `HTTP/1.1`. */
  readonly validHttpVersions: readonly string[];
  readonly followRedirects: boolean;
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
type ModuleBase = { readonly name: string; readonly timeout: Seconds };

/** A module that probes by HTTP. */
export type HttpModule = ModuleBase & { readonly prober: 'http'; readonly http: HttpOptions };

/** A module that probes Redis. */
export type RedisModule = ModuleBase & { readonly prober: 'redis'; readonly redis: RedisOptions };

/** A way of probing. */
export type Module = HttpModule | RedisModule;

/** The kinds of prober. */
export type Prober = Module['prober'];

/** Where a probe runs from. `any`: wherever a function of its kind runs. */
export type Vantage = 'any' | 'internet' | 'vpc';

/** One configured probe. */
export type ProbeConfig = {
  readonly name: string;
  readonly module: string;
  /** May hold `${NAME}` or `${NAME:-default}`, filled from the environment when the probe runs. */
  readonly target: string;
  readonly interval: Seconds;
  readonly job: string;
  readonly vantage: Vantage;
};

/** What the bridge reads. */
export type BridgeConfig = {
  /** Clusters by name or ARN; `*` is every cluster of the account. */
  readonly ecs: { readonly clusters: readonly string[] };
};

/** A compiled fargaze.yml. */
export type Config = {
  readonly version: 1;
  readonly modules: Readonly<Record<string, Module>>;
  readonly probes: readonly ProbeConfig[];
  readonly bridge: BridgeConfig;
};

/** What a probe is handed: a target ready to be dialled. */
export type Target<M extends Module = Module> = {
  /** The configured name, or the address of an ad-hoc target. */
  readonly name: string;
  /** The address with variables filled in; may hold credentials, so it is never logged as it is. */
  readonly address: string;
  /** The address without credentials; the label `instance`. */
  readonly instance: string;
  readonly module: M;
};
