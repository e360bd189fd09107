// The canary: a key that nobody else has is written, seen on replicas, read back and deleted. It expires by itself
// where it cannot be deleted. With `canary: read` nothing is changed: a key that nobody has is asked for.
import {
  type Failure,
  type Phase,
  roundSeconds,
  type Sample,
  type Seconds,
  sample,
} from '@fargaze/core/internal';
import type { Watcher } from './replicas.ts';
import { type Reply, RespError } from './resp.ts';
import { demand } from './session.ts';
import { Verdict } from './verdict.ts';
import { timed, type Visit } from './visit.ts';

/** Milliseconds after which a canary key that could not be deleted is gone all the same. */
const canaryTtlMs = 60_000;

type Operation = 'write' | 'read' | 'delete';

/** What became of one canary. */
export type Canary = {
  /** In the order in which they were found. */
  readonly failures: readonly Failure[];
  readonly durations: Partial<Record<Phase, Seconds>>;
  readonly success: Partial<Record<Operation, boolean>>;
  /** Whether every replica showed the write in time; undefined where none was looked at. */
  readonly visible?: boolean;
  /** From the first command to the last. */
  readonly seconds: Seconds;
};

/** Where and how a canary is sent. */
export type CanaryRun = {
  /** Asks the server, following redirections where there are such. */
  readonly ask: (phase: Phase, command: readonly string[]) => Promise<Reply>;
  readonly key: string;
  /** Replicas that must show what was written; asked for after the write, which decides where the key lies. */
  readonly watchers: () => readonly Watcher[];
};

/** A name that nobody else has, below the prefix. `tag` places it in a slot. */
export function canaryKey({ options, target }: Visit, tag = ''): string {
  return `${options.keyPrefix}${tag}${target.name}:${uniqueText()}`;
}

/** Sends a canary as the module says; `ping` sends none. */
export async function sendCanary(visit: Visit, run: CanaryRun): Promise<Canary> {
  const canary: Draft = { failures: [], durations: {}, success: {} };
  const begun = visit.env.clock.monotonic();
  try {
    if (visit.options.canary === 'write') await writeAndRead(visit, run, canary);
    if (visit.options.canary === 'read') await readNothing(visit, run, canary);
  } catch (error) {
    if (!(error instanceof Verdict)) throw error;
    canary.failures.push(error.outcome);
  }
  return { ...canary, seconds: roundSeconds(visit.env.clock.monotonic() - begun) };
}

type Draft = {
  readonly failures: Failure[];
  readonly durations: Partial<Record<Phase, Seconds>>;
  readonly success: Partial<Record<Operation, boolean>>;
  visible?: boolean;
};

async function writeAndRead(visit: Visit, run: CanaryRun, canary: Draft): Promise<void> {
  const value = uniqueText();
  const { key } = run;
  await operate(visit, { canary, op: 'write' }, async () => {
    const set = ['SET', key, value, 'NX', 'PX', String(canaryTtlMs)];
    const reply = await demand(run, 'write', set);
    if (reply !== 'OK') throw new Verdict('write', 'canary_mismatch', 'SET NX of a new key not OK');
  });
  try {
    await showOnReplicas(visit, run, { canary, value });
    await operate(visit, { canary, op: 'read' }, async () => {
      const reply = await demand(run, 'read', ['GET', key]);
      if (reply === value) return;
      const seen = reply === null ? 'nothing' : 'another value';
      throw new Verdict('read', 'canary_mismatch', `GET gave ${seen}, want what was SET`);
    });
  } catch (error) {
    await removeQuietly(visit, run);
    throw error;
  }
  await operate(visit, { canary, op: 'delete' }, async () => {
    const reply = await demand(run, 'delete', ['DEL', key]);
    if (reply === 1) return;
    const seen = typeof reply === 'number' ? reply : 'no number';
    throw new Verdict('delete', 'canary_mismatch', `DEL gave ${seen}, want 1`);
  });
}

/** A replica that lags is a failure, and none that ends the canary. */
async function showOnReplicas(
  visit: Visit,
  { key, watchers }: CanaryRun,
  { canary, value }: { readonly canary: Draft; readonly value: string },
): Promise<void> {
  const chosen = watchers();
  if (chosen.length === 0) return;
  const look = () => Promise.all(chosen.map((watcher) => watcher.see(key, value)));
  const found = await timed(visit, look, (seconds) => {
    canary.durations.replicate = seconds;
  });
  canary.visible = found.every((failure) => failure === undefined);
  canary.failures.push(...found.flatMap((failure) => (failure === undefined ? [] : [failure])));
}

async function readNothing(visit: Visit, run: CanaryRun, canary: Draft): Promise<void> {
  await operate(visit, { canary, op: 'read' }, async () => {
    const reply = await demand(run, 'read', ['GET', run.key]);
    if (reply === null) return;
    throw new Verdict('read', 'canary_mismatch', 'GET of a key that nobody has gave a value');
  });
}

async function operate(
  visit: Visit,
  { canary, op }: { readonly canary: Draft; readonly op: Operation },
  work: () => Promise<void>,
): Promise<void> {
  canary.success[op] = false;
  await timed(visit, work, (seconds) => {
    canary.durations[op] = seconds;
  });
  canary.success[op] = true;
}

/** Cleans up after a failed read; the verdict stands whatever comes of it, and the key expires anyway. */
async function removeQuietly({ env }: Visit, { ask, key }: CanaryRun): Promise<void> {
  try {
    const reply = await ask('delete', ['DEL', key]);
    if (reply instanceof RespError) env.trace('canary left to expire: DEL is refused');
  } catch (error) {
    if (!(error instanceof Verdict)) throw error;
    env.trace(`canary left to expire: ${error.message}`);
  }
}

/** The samples of canaries that were sent side by side: the slowest, and whether all succeeded. */
export function canarySamples(canaries: readonly Canary[]): Sample[] {
  const phases = ['write', 'replicate', 'read', 'delete'] as const;
  const durations = phases.flatMap((phase) => {
    const all = canaries.flatMap(({ durations: { [phase]: seconds } }) => seconds ?? []);
    if (all.length === 0) return [];
    return [sample('probe_redis_duration_seconds', { phase }, Math.max(...all))];
  });
  const successes = (['write', 'read', 'delete'] as const).flatMap((op) => {
    const all = canaries.map(({ success }) => success[op]);
    if (all.every((done) => done === undefined)) return [];
    // One that came not as far as the others has not succeeded.
    return [sample('probe_redis_canary_success', { op }, all.every(Boolean) ? 1 : 0)];
  });
  return [...durations, ...successes];
}

/** 96 random bits. It need only be unique, not secret, and node:crypto is much to load for that. */
export function uniqueText(): string {
  const half = () =>
    Math.floor(Math.random() * 2 ** 48)
      .toString(16)
      .padStart(12, '0');
  return half() + half();
}
