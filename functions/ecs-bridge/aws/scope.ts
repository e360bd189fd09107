// What is read and as whom: one region and one role.
import type { CloudWatchScope, RoleConfig } from '@fargaze/core/internal';
import type { CloudWatchApi } from './cloudwatch-api.ts';
import type { EcsApi } from './ecs-api.ts';
import type { RateLimiter } from './rate-limit.ts';
import type { Caller } from './signed-call.ts';

/** A region and a role; undefined: the function's own credentials. */
export type Scope = { readonly region: string; readonly role: RoleConfig | undefined };

/** The clients of a scope. */
export type ScopeClients = Scope & {
  /** Equal for equal scopes. */
  readonly key: string;
  readonly account: string;
  readonly cloudwatch: CloudWatchApi;
  /** GetMetricData at its rates. */
  readonly dataLimiter: RateLimiter;
  /** ListMetrics at its rate. */
  readonly listLimiter: RateLimiter;
  /** GetResources, and lists of other services, at the rate of the former. */
  readonly tagLimiter: RateLimiter;
  /** For calls of other services. */
  readonly caller: Caller;
  ecs(): EcsApi;
  close(): void;
};

/** The scopes of a job or expression; `ownRegion` is the function's, which counts where none is named. */
export function scopesOf({ regions, roles }: CloudWatchScope, ownRegion: string): Scope[] {
  const names = regions.length === 0 ? [ownRegion] : regions;
  // Compiled to JSON, an absent role is null.
  return names.flatMap((region) => roles.map((role) => ({ region, role: role ?? undefined })));
}

/** A text that is equal for equal scopes. */
export function scopeKey({ region, role }: Scope): string {
  return JSON.stringify([region, role?.roleArn ?? '', role?.externalId ?? '']);
}
