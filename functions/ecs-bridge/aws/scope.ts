// What is read and as whom: one region and one role.
import type { AwsCredentials, CloudWatchScope, RoleConfig } from '@fargaze/core';

/** A region and a role; undefined: the function's own credentials. */
export type Scope = { readonly region: string; readonly role: RoleConfig | undefined };

/** What a client of the SDK is made with; what is left out comes from the environment. */
export type ClientOptions = {
  readonly region?: string;
  readonly credentials?: () => Promise<AwsCredentials>;
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
