// Probes one Redis server as a client would see it: connect, authenticate, PING, ROLE, and a canary key that is
// written, read back and deleted. Every phase is timed; the first that fails gives the verdict.
import {
  dial,
  dialSamples,
  type Phase,
  type Probe,
  type ProbeEnvironment,
  type Reading,
  type RedisModule,
  type RedisOptions,
  readPassword,
  roundSeconds,
  type Sample,
  sample,
  type Target,
} from '@fargaze/core/internal';
import { parseAddress, type RedisAddress } from './address.ts';
import { quoteReply, reasonOfReply } from './replies.ts';
import { RespError } from './resp.ts';
import { parseRole, roleSamples } from './role.ts';
import { demand, openSession, refusal, type Session, Verdict } from './session.ts';

/** Seconds after which a canary key that could not be deleted is gone all the same. */
const canaryTtlMs = 60_000;

type Visit = {
  readonly target: Target<RedisModule>;
  readonly options: RedisOptions;
  readonly address: RedisAddress;
  readonly env: ProbeEnvironment;
  readonly samples: Sample[];
};

/** The Redis probe. */
export const probeRedis: Probe<Target<RedisModule>> = async (target, env): Promise<Reading> => {
  const address = parseAddress(target.address);
  if ('ok' in address) return { outcome: address, samples: dialSamples({ durations: {} }) };
  const options = target.module.redis;
  const samples: Sample[] = [];
  // Read before dialling: a missing secret says nothing about the target.
  const credentials = readCredentials(address, target.module);
  const dialed = await dial(
    {
      host: address.host,
      port: address.port,
      ip: options,
      allowBlocked: options.allowBlocked,
      ...(address.tls && { tls: { options: options.tls, serverName: address.host } }),
    },
    env,
  );
  samples.push(...dialSamples(dialed.facts));
  const { durations } = dialed.facts;
  for (const phase of ['resolve', 'connect', 'tls'] as const) {
    const seconds = durations[phase];
    if (seconds !== undefined)
      samples.push(sample('probe_redis_duration_seconds', { phase }, seconds));
  }
  if (!dialed.ok) return { outcome: dialed.outcome, samples };
  const rules = { deadline: env.deadline, secrets: [credentials.password] };
  const session = openSession(dialed.socket, rules);
  try {
    await converse(session, { target, options, address, env, samples }, credentials);
    return { outcome: { ok: true }, samples };
  } catch (error) {
    if (!(error instanceof Verdict)) throw error;
    return { outcome: error.outcome, samples };
  } finally {
    session.close();
  }
};

type Credentials = { readonly username: string; readonly password: string };

/** The module's credentials, else those of the address. */
function readCredentials(address: RedisAddress, { name, redis }: RedisModule): Credentials {
  const { username = address.username, password } = redis;
  if (password === undefined) return { username, password: address.password };
  return { username, password: readPassword(password, `modules.${name}.redis.password`) };
}

async function converse(session: Session, visit: Visit, credentials: Credentials): Promise<void> {
  await timed(visit, 'auth', () => authenticate(session, visit, credentials));
  await timed(visit, 'ping', async () => {
    const reply = await demand(session, 'ping', ['PING']);
    if (reply !== 'PONG') throw new Verdict('ping', 'protocol', 'PING was not answered by PONG');
  });
  await timed(visit, 'role', () => checkRole(session, visit));
  if (visit.options.canary === 'write') await sendCanary(session, visit);
}

async function timed<T>({ env, samples }: Visit, phase: Phase, work: () => Promise<T>): Promise<T> {
  const begun = env.clock.monotonic();
  try {
    return await work();
  } finally {
    const seconds = roundSeconds(env.clock.monotonic() - begun);
    samples.push(sample('probe_redis_duration_seconds', { phase }, seconds));
  }
}

/** HELLO sends protocol and credentials in one step; servers that do not know it (before 6.0) get AUTH. */
async function authenticate(session: Session, { address, env }: Visit, who: Credentials) {
  const { password, username } = who;
  // A user without a password is a user all the same, with permissions of its own.
  const auth =
    password === '' && username === ''
      ? []
      : ['AUTH', username === '' ? 'default' : username, password];
  const hello = await session.ask('auth', ['HELLO', '3', ...auth]);
  if (hello instanceof RespError) {
    const unknown = reasonOfReply(hello.message) === 'unknown_command';
    const refusedHello = /^NOPERM .*hello/i.test(hello.message) || /^NOPROTO/.test(hello.message);
    if (!unknown && !refusedHello) throw refusal('auth', 'HELLO', hello);
    env.trace(`HELLO refused (${quoteReply(hello.message)}), speaking RESP2`);
    if (auth.length > 0) {
      const named = username === '' ? [password] : [username, password];
      await demand(session, 'auth', ['AUTH', ...named]);
    }
  }
  if (address.database !== 0) await demand(session, 'auth', ['SELECT', String(address.database)]);
}

/** ROLE is optional: where it is forbidden its series are absent, unless a role is expected. */
async function checkRole(session: Session, { env, options, samples }: Visit): Promise<void> {
  const reply = await session.ask('role', ['ROLE']);
  const expected = options.expectRole;
  if (reply instanceof RespError) {
    const optional = ['noperm', 'unknown_command'].includes(reasonOfReply(reply.message));
    if (!optional || expected !== 'any') throw refusal('role', 'ROLE', reply);
    env.trace(`ROLE not available: ${quoteReply(reply.message)}`);
    return;
  }
  const role = parseRole(reply);
  if (role === undefined) throw new Verdict('role', 'protocol', 'ROLE gave no role');
  samples.push(...roleSamples(role, expected));
  if (expected !== 'any' && role.name !== expected) {
    throw new Verdict('role', 'role', `role ${role.name}, want ${expected}`);
  }
}

/** Writes a key that nobody else has, reads it back, deletes it; it expires by itself if we cannot. */
async function sendCanary(session: Session, visit: Visit): Promise<void> {
  const nonce = uniqueText();
  const key = `${visit.options.keyPrefix}${visit.target.name}:${nonce}`;
  await operate(visit, 'write', async () => {
    const set = ['SET', key, nonce, 'NX', 'PX', String(canaryTtlMs)];
    const reply = await demand(session, 'write', set);
    if (reply !== 'OK') throw new Verdict('write', 'canary_mismatch', 'SET NX of a new key not OK');
  });
  try {
    await operate(visit, 'read', async () => {
      const reply = await demand(session, 'read', ['GET', key]);
      if (reply === nonce) return;
      const seen = reply === null ? 'nothing' : 'another value';
      throw new Verdict('read', 'canary_mismatch', `GET gave ${seen}, want what was SET`);
    });
  } catch (error) {
    await removeQuietly(session, visit, key);
    throw error;
  }
  await operate(visit, 'delete', async () => {
    const reply = await demand(session, 'delete', ['DEL', key]);
    if (reply === 1) return;
    const seen = typeof reply === 'number' ? reply : 'no number';
    throw new Verdict('delete', 'canary_mismatch', `DEL gave ${seen}, want 1`);
  });
}

/** 96 random bits. It need only be unique, not secret, and node:crypto is much to load for that. */
function uniqueText(): string {
  const half = () =>
    Math.floor(Math.random() * 2 ** 48)
      .toString(16)
      .padStart(12, '0');
  return half() + half();
}

async function operate(visit: Visit, op: 'write' | 'read' | 'delete', work: () => Promise<void>) {
  let success = 0;
  try {
    await timed(visit, op, work);
    success = 1;
  } finally {
    visit.samples.push(sample('probe_redis_canary_success', { op }, success));
  }
}

/** Cleans up after a failed read; the verdict stands whatever comes of it, and the key expires anyway. */
async function removeQuietly(session: Session, { env }: Visit, key: string): Promise<void> {
  try {
    await session.ask('delete', ['DEL', key]);
  } catch (error) {
    if (!(error instanceof Verdict)) throw error;
    env.trace(`canary left to expire: ${error.message}`);
  }
}
