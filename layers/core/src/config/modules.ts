// How to probe: the modules of fargaze.yml after compilation. Durations are in seconds, sizes in bytes, patterns checked.
import type { Seconds } from '../clock.ts';
import type { GroupPattern, Pattern } from '../pattern/pattern.ts';
import type { CelProgram } from './cel.ts';
import type { IpOptions, TlsOptions } from './connection.ts';
import type { RedisOptions } from './redis.ts';
import type { SecretRef } from './secret.ts';

export type { IpOptions, TlsOptions, TlsVersion } from './connection.ts';
export type { RedisExpectations, RedisIam, RedisOptions } from './redis.ts';

/** One header rule: `fail_if_header_matches` and its inverse. */
export type HeaderRule = {
  readonly header: string;
  readonly regexp: Pattern;
  readonly allowMissing: boolean;
};

/** One header of `http_headers`. */
export type HttpHeader = {
  readonly name: string;
  readonly values: readonly string[];
  readonly secrets: readonly SecretRef[];
};

/** `basic_auth`; a user name may be a reference too, since blackbox_exporter reads it from a file. */
export type BasicAuthOptions = {
  /** May hold secrets (config/references.ts). */
  readonly username: string;
  readonly usernameRef?: SecretRef;
  readonly password?: SecretRef;
};

/** The client credentials grant of OAuth 2.0 (RFC 6749, 4.4). */
export type OAuth2Options = {
  readonly clientId: string;
  readonly clientSecret?: SecretRef;
  readonly scopes: readonly string[];
  /** May hold secrets (config/references.ts). */
  readonly tokenUrl: string;
  /** Values may hold secrets (config/references.ts). */
  readonly endpointParams: Readonly<Record<string, string>>;
  readonly tls: TlsOptions;
  readonly proxy?: ProxyOptions;
};

/** Which proxy stands between, where one does. */
export type ProxyOptions = {
  /** Unset: the environment of the function says which (`HTTPS_PROXY`, `HTTP_PROXY`, `NO_PROXY`). */
  readonly url?: string;
  /** Hosts, domains, addresses and CIDR blocks that are reached without it. */
  readonly noProxy: string;
  /** Headers of CONNECT. */
  readonly connectHeaders: readonly HttpHeader[];
};

/** The `http` part of a module; blackbox_exporter's option names and meaning. */
export type HttpOptions = IpOptions & {
  readonly method: string;
  /** Values may hold secrets (config/references.ts). */
  readonly headers: Readonly<Record<string, string>>;
  /** Likewise. */
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
  /** Fails when the body, as JSON, makes it true. */
  readonly failIfCelMatches?: CelProgram;
  /** Fails unless the body, as JSON, makes it true. */
  readonly failIfCelNotMatches?: CelProgram;
  readonly basicAuth?: BasicAuthOptions;
  readonly authorization?: { readonly type: string; readonly credentials?: SecretRef };
  readonly oauth2?: OAuth2Options;
  /** Signs each request with the function's own credentials; the region is the function's where it is unset. */
  readonly sigv4?: { readonly region?: string; readonly service: string };
  /** Headers of several values, some of them secret, beside those of `headers`. */
  readonly httpHeaders: readonly HttpHeader[];
  /** Whether HTTP/2 is offered by ALPN. */
  readonly http2: boolean;
  readonly proxy?: ProxyOptions;
  /** With a proxy the name of the target is not resolved here. */
  readonly skipResolveWithProxy: boolean;
  readonly tls: TlsOptions;
  /** CIDR blocks that may be reached although they are blocked by default. */
  readonly allowBlocked: readonly string[];
};

/** Where a step finds a value for later ones: in the body (as JSON, or by the pattern), a header or a cookie. */
export type Extraction = {
  readonly name: string;
  /** Names and indexes that lead to one value of a JSON body; an index below 0 counts from the end. */
  readonly json?: readonly (string | number)[];
  readonly header?: string;
  readonly cookie?: string;
  /** On the body, or on the value of one of the others: its first group is the value, or what it matches. */
  readonly pattern?: GroupPattern;
};

/** One request of a check in several steps. */
export type HttpStep = {
  readonly name: string;
  /** Path, query or address, relative to the target; may hold references (config/references.ts), as headers and body may. */
  readonly path: string;
  readonly http: HttpOptions;
  readonly extract: readonly Extraction[];
  /** Whether it runs after a failure too. */
  readonly always: boolean;
};

/** One step of a TCP dialogue: what to wait for, then what to send, then whether TLS begins. */
export type TcpStep = {
  /** Tried on each line until one matches. */
  readonly expect?: Pattern;
  /** The same with its groups, where `send` or `labels` ask for them. */
  readonly groups?: GroupPattern;
  /** One character for each byte. */
  readonly expectBytes?: string;
  /** Labels of `probe_expect_info`; values may hold `${1}` of `expect`. */
  readonly labels: readonly { readonly name: string; readonly value: string }[];
  /** Sent with a line feed, one character for each byte; may hold `${1}` of `expect`, and secrets (config/references.ts). */
  readonly send: string;
  readonly startTls: boolean;
};

/** The `tcp` part of a module; blackbox_exporter's options. */
export type TcpOptions = IpOptions & {
  readonly sourceIpAddress?: string;
  readonly steps: readonly TcpStep[];
  /** Whether TLS begins with the connection. */
  readonly secure: boolean;
  readonly tls: TlsOptions;
  readonly allowBlocked: readonly string[];
};

/** Rules on the resource records of one section of a DNS answer. */
export type RecordRules = {
  readonly failIfMatches: readonly Pattern[];
  readonly failIfAllMatch: readonly Pattern[];
  readonly failIfNotMatches: readonly Pattern[];
  readonly failIfNoneMatches: readonly Pattern[];
};

/** The `dns` part of a module; blackbox_exporter's options. */
export type DnsOptions = IpOptions & {
  readonly queryName: string;
  /** Numbers of RFC 1035, 3.2.2 to 3.2.5. */
  readonly queryType: number;
  readonly queryClass: number;
  readonly recursionDesired: boolean;
  readonly transport: 'udp' | 'tcp';
  readonly overTls: boolean;
  readonly tls: TlsOptions;
  readonly sourceIpAddress?: string;
  readonly validRcodes: readonly number[];
  readonly answer: RecordRules;
  readonly authority: RecordRules;
  readonly additional: RecordRules;
  readonly allowBlocked: readonly string[];
};

/** The `grpc` part of a module; blackbox_exporter's options. */
export type GrpcOptions = IpOptions & {
  /** Empty: the server as a whole. */
  readonly service: string;
  readonly secure: boolean;
  readonly tls: TlsOptions;
  /** Values may hold secrets (config/references.ts). */
  readonly metadata: Readonly<Record<string, readonly string[]>>;
  readonly allowBlocked: readonly string[];
};

/** What every module has. */
type ModuleBase = {
  readonly name: string;
  readonly timeout: Seconds;
  /** Further attempts of a probe that failed, within `timeout`. */
  readonly retries?: number;
  /** Time between two attempts. */
  readonly retryWait?: Seconds;
  /** Times above which a success is degraded, by phase; `total` is the whole probe. */
  readonly degraded?: Readonly<Record<string, Seconds>>;
  /** Hosts that may be sent its credentials besides those of its probes: `name`, `name:port` or `*.domain`. */
  readonly hosts?: readonly string[];
  /** `strict`: also where blackbox_exporter's series say less or something else than what happened. */
  readonly compat?: 'strict';
};

/** A module that probes by HTTP: by one request, or by `steps`, each with the options of `http` and its own. */
export type HttpModule = ModuleBase & {
  readonly prober: 'http';
  readonly http: HttpOptions;
  readonly steps?: readonly HttpStep[];
};

/** A module that probes Redis. */
export type RedisModule = ModuleBase & { readonly prober: 'redis'; readonly redis: RedisOptions };

/** A module that probes a TCP dialogue. */
export type TcpModule = ModuleBase & { readonly prober: 'tcp'; readonly tcp: TcpOptions };

/** A module that asks a DNS server. */
export type DnsModule = ModuleBase & { readonly prober: 'dns'; readonly dns: DnsOptions };

/** A module that asks a gRPC server for its health. */
export type GrpcModule = ModuleBase & { readonly prober: 'grpc'; readonly grpc: GrpcOptions };

/** A module of the web probe. */
export type WebModule = HttpModule | TcpModule | DnsModule | GrpcModule;

/** A way of probing. */
export type Module = WebModule | RedisModule;

/** The kinds of prober. */
export type Prober = Module['prober'];
