// What ROLE says (redis.io/docs/latest/commands/role), as samples and against what is expected.
import { type Sample, sample } from '@fargaze/core/internal';
import { type Place, showPlace, toPlace } from './address.ts';
import { type Connection, isUnsupported } from './connection.ts';
import { hideInValue } from './hiding.ts';
import { label } from './info.ts';
import { type Reply, RespError } from './resp.ts';
import { refusal, Verdict } from './verdict.ts';
import { expectThat, noteCheck, type Visit } from './visit.ts';

/** A server's place in replication. */
export type Role = {
  readonly name: 'master' | 'slave' | 'sentinel';
  /** Replicas of a primary with the offset that each has acknowledged. */
  readonly replicas: readonly (Place & { readonly offset: number })[];
  /** A primary's own offset in bytes. */
  readonly offset: number;
  /** A replica's primary, and the state of its link as the server sent it: `connected` when it is up. */
  readonly link?: { readonly primary?: Place | undefined; readonly state: string };
};

/** The role in a reply to ROLE; undefined when it is not of the documented form. */
export function parseRole(reply: Reply): Role | undefined {
  if (!Array.isArray(reply)) return undefined;
  const [name, second, third, fourth] = reply as readonly Reply[];
  if (name === 'sentinel') return { name, replicas: [], offset: 0 };
  if (name === 'slave') {
    const state = typeof fourth === 'string' ? fourth : '';
    return { name, replicas: [], offset: 0, link: { primary: toPlace(second, third), state } };
  }
  if (name !== 'master') return undefined;
  const replicas = (Array.isArray(third) ? third : []).flatMap((replica: Reply) => {
    const [host, port, acknowledged] = (Array.isArray(replica) ? replica : []) as readonly Reply[];
    const offset = Number(acknowledged);
    const place = toPlace(host, port);
    return place !== undefined && Number.isFinite(offset) ? [{ ...place, offset }] : [];
  });
  const offset = Number(second);
  return { name, replicas, offset: Number.isFinite(offset) ? offset : 0 };
}

/** Whether a reply to ROLE is a list of those of several servers, or of one behind a proxy. */
function isGathered(reply: Reply): boolean {
  const roles = Array.isArray(reply) ? (reply as readonly Reply[]) : [];
  return roles.length > 0 && roles.every((role) => parseRole(role) !== undefined);
}

/** Asks for the role; undefined where the server does not say it, or one that is not known. @throws Verdict */
export async function readRole(connection: Connection): Promise<Role | RespError | undefined> {
  const reply = await connection.askOptional('role', 'role', ['ROLE']);
  if (reply === undefined) return undefined;
  if (reply instanceof RespError) {
    if (!isUnsupported(reply)) throw refusal('role', 'ROLE', reply);
    return reply;
  }
  const role = parseRole(reply);
  if (role !== undefined) return role;
  if (isGathered(reply)) {
    connection.gathers = true;
    noteCheck(connection.visit, 'role', { allowed: false });
    connection.visit.env.trace('ROLE gave a list of roles: it is a proxy, which is probed itself');
    return undefined;
  }
  // A fork may have roles of its own, and serves its clients all the same.
  noteCheck(connection.visit, 'role', { allowed: false });
  connection.visit.env.trace('ROLE gave no known role');
  return undefined;
}

/** Samples of a role, and whether it and its link are as expected. Answers whether the role is. */
export function judgeRole(visit: Visit, role: Role | RespError | undefined): boolean {
  const { link, role: wanted } = visit.options.expect;
  if (role === undefined || role instanceof RespError) {
    if (wanted !== 'any') expectThat(visit, 'role', unknownRole(role, `role ${wanted}`));
    return wanted === 'any';
  }
  visit.samples.push(...roleSamples(role, wanted));
  const matches = wanted === 'any' || role.name === wanted;
  if (wanted !== 'any') {
    const words = `role ${role.name}, want ${wanted}`;
    expectThat(visit, 'role', matches ? undefined : new Verdict('role', 'role', words));
  }
  if (role.link !== undefined && link === 'up')
    expectThat(visit, 'link', judgeLink(visit, role.link));
  return matches;
}

/** Whether as many replicas follow a primary as are expected; a replica is not asked for its own. */
export function judgeFollowers(visit: Visit, role: Role | RespError | undefined): void {
  const { replicasMin } = visit.options.expect;
  if (replicasMin === undefined) return;
  if (role === undefined || role instanceof RespError) {
    expectThat(visit, 'replicas', unknownRole(role, 'a number of replicas'));
  } else if (role.name === 'master') {
    expectThat(visit, 'replicas', judgeReplicas(role.replicas.length, replicasMin));
  }
}

function unknownRole(refused: RespError | undefined, what: string): Verdict {
  if (refused !== undefined) return refusal('role', 'ROLE', refused);
  return new Verdict('role', 'unsupported', `${what} is expected, and ROLE does not say it`);
}

/** The verdict on a number of replicas. */
export function judgeReplicas(count: number, wanted: number): Verdict | undefined {
  if (count >= wanted) return undefined;
  return new Verdict('role', 'replicas', `${count} replicas follow, want at least ${wanted}`);
}

function judgeLink({ secrets }: Visit, { primary, state }: NonNullable<Role['link']>) {
  if (state === 'connected') return undefined;
  const to = primary === undefined ? 'its primary' : showPlace(primary);
  const seen = label(hideInValue(state, secrets)) || 'unknown';
  const words = `the link to ${to} is in state ${seen}, want connected`;
  return new Verdict('role', 'link_down', words);
}

function roleSamples(role: Role, expected: 'any' | 'master' | 'slave'): Sample[] {
  const matches = expected === 'any' || role.name === expected;
  const samples = [
    sample('probe_redis_role_info', { role: role.name, expected }, 1),
    sample('probe_redis_role_match', {}, matches ? 1 : 0),
  ];
  if (role.link !== undefined) {
    samples.push(sample('probe_redis_link_up', {}, role.link.state === 'connected' ? 1 : 0));
  }
  if (role.name !== 'master') return samples;
  samples.push(sample('probe_redis_connected_replicas', {}, role.replicas.length));
  if (role.replicas.length > 0) {
    const lag = Math.max(...role.replicas.map(({ offset }) => Math.max(0, role.offset - offset)));
    samples.push(sample('probe_redis_replication_offset_lag_bytes', {}, lag));
  }
  return samples;
}
