// How to probe: the modules of fargaze.yml after compilation. Durations are in seconds, sizes in bytes, patterns checked.
import type { Seconds } from '../clock.ts';
import type { IpOptions, TlsOptions } from './connection.ts';
import type { Pattern } from './pattern.ts';
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
