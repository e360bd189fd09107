// The `redis` part of a module after compilation. Durations in seconds.
import type { Seconds } from '../clock.ts';
import type { IpOptions, TlsOptions } from './connection.ts';
import type { SecretRef } from './secret.ts';

/** A cache of ElastiCache or MemoryDB whose tokens are signed by the probe itself. */
export type RedisIam = {
  readonly service: 'elasticache' | 'memorydb';
  /** Name of the replication group, the serverless cache or the cluster: it is signed, not the endpoint. */
  readonly name: string;
  /** Unset: the region of the function. */
  readonly region?: string;
  readonly serverless: boolean;
};

/** What must hold besides the canary; what is unset is not asked for. */
export type RedisExpectations = {
  readonly role: 'any' | 'master' | 'slave';
  /** `up`: a replica must have a link to its primary. */
  readonly link: 'up' | 'any';
  readonly replicasMin?: number;
  /** Longest time until a replica shows a write. */
  readonly visibilityMax: Seconds;
  /** Most memory of maxmemory that may be used, as a share. */
  readonly memoryMax?: number;
  /** Empty: any. */
  readonly evictionPolicies: readonly string[];
  readonly persistence: boolean;
  readonly saveAgeMax?: Seconds;
  readonly engine?: 'redis' | 'valkey';
  /** Such as `7.2`. */
  readonly versionMin?: string;
};

/** The `redis` part of a module. */
export type RedisOptions = IpOptions & {
  /** `auto`: as the server says of itself. */
  readonly topology: 'auto' | 'standalone' | 'cluster' | 'sentinel' | 'proxy';
  readonly username?: string;
  readonly password?: SecretRef;
  readonly iam?: RedisIam;
  /** Names of primaries that sentinels watch; empty: all. */
  readonly sentinelMasters: readonly string[];
  readonly sentinelUsername?: string;
  readonly sentinelPassword?: SecretRef;
  /** `write`: SET, GET, DEL of a unique key; `read`: GET of a key that nobody has; `ping`: neither. */
  readonly canary: 'write' | 'read' | 'ping';
  /** Whether a message must pass from one connection to another. */
  readonly pubsub: boolean;
  /** Whether INFO, LATENCY, SLOWLOG and CLUSTER INFO are read where the server allows it. */
  readonly health: boolean;
  /** Prefix of canary key and channel; the ACL of the probe's user must allow it. */
  readonly keyPrefix: string;
  /** Replicas that must show the canary: none, those that the primary knows, or these (`host` or `host:port`). */
  readonly replicas: 'none' | 'discover' | readonly string[];
  readonly expect: RedisExpectations;
  readonly tls: TlsOptions;
  readonly allowBlocked: readonly string[];
};
