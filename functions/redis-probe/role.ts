// What ROLE says (redis.io/docs/latest/commands/role), as samples.
import { type Sample, sample } from '@fargaze/core/internal';
import type { Reply } from './resp.ts';

/** A server's place in replication. */
export type Role = {
  readonly name: 'master' | 'slave' | 'sentinel';
  /** Replicas of a primary with the offset that each has acknowledged. */
  readonly replicas: readonly { readonly offset: number }[];
  /** A primary's own offset in bytes. */
  readonly offset: number;
};

/** The role in a reply to ROLE; undefined when it is not of the documented form. */
export function parseRole(reply: Reply): Role | undefined {
  if (!Array.isArray(reply)) return undefined;
  const [name, second, third] = reply as readonly Reply[];
  if (name !== 'master' && name !== 'slave' && name !== 'sentinel') return undefined;
  if (name !== 'master') return { name, replicas: [], offset: 0 };
  const replicas = (Array.isArray(third) ? third : []).flatMap((replica: Reply) => {
    const offset = Array.isArray(replica) ? Number(replica[2]) : Number.NaN;
    return Number.isFinite(offset) ? [{ offset }] : [];
  });
  return { name, replicas, offset: Number(second) };
}

/** The samples of a role. */
export function roleSamples(role: Role, expected: 'any' | 'master' | 'slave'): Sample[] {
  const matches = expected === 'any' || role.name === expected;
  const samples = [
    sample('probe_redis_role_info', { role: role.name, expected }, 1),
    sample('probe_redis_role_match', {}, matches ? 1 : 0),
  ];
  if (role.name !== 'master') return samples;
  samples.push(sample('probe_redis_connected_replicas', {}, role.replicas.length));
  if (role.replicas.length > 0) {
    const lag = Math.max(...role.replicas.map(({ offset }) => Math.max(0, role.offset - offset)));
    samples.push(sample('probe_redis_replication_offset_lag_bytes', {}, lag));
  }
  return samples;
}
