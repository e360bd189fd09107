// Replicas that must show what was written to their primary. They are connected to before the write, so that the
// time until it is visible is that of replication.
import { type Failure, roundSeconds, sample } from '@fargaze/core/internal';
import { type Place, parsePlace, showPlace } from './address.ts';
import { type Connection, connectTo } from './connection.ts';
import type { ReadCredentials } from './credentials.ts';
import { demand } from './session.ts';
import { failureOf, Verdict } from './verdict.ts';
import { inPart, type Visit } from './visit.ts';

/** A replica that is looked at. */
export type Watcher = {
  /** Waits until the replica shows `value` under `key`; the failure when it does not in time. */
  see(key: string, value: string): Promise<Failure | undefined>;
};

/** Time between two looks. */
const lookSeconds = 0.002;

/** Shares of the time left that connecting to replicas and looking at them may take; the rest is the primary's. */
const connectShare = 0.25;
const lookShare = 0.75;

/** What every replica of one primary has in common. */
export type Watching = {
  readonly credentials: ReadCredentials;
  /** Nodes of a cluster send readers away unless they say READONLY. */
  readonly clustered: boolean;
};

/** The replicas that the module names, or else those in `known`. */
export function chooseReplicas({ options }: Visit, known: readonly Place[]): readonly Place[] {
  const { canary, replicas } = options;
  if (canary !== 'write' || replicas === 'none') return [];
  if (replicas === 'discover') return known;
  return replicas.flatMap((text) => parsePlace(text) ?? []);
}

/** Connects to replicas. One that cannot be reached is seen as such when it is looked at. */
export function watchReplicas(
  visit: Visit,
  places: readonly Place[],
  watching: Watching,
): Promise<Watcher[]> {
  return Promise.all(places.map((place) => watchReplica(visit, place, watching)));
}

async function watchReplica(visit: Visit, place: Place, watching: Watching): Promise<Watcher> {
  const replica = showPlace(place);
  try {
    const { credentials, clustered } = watching;
    const connection = await inPart(visit, connectShare, async (part) => {
      const connected = await connectTo(part, { place, credentials, select: true });
      if (clustered) await demand(connected, 'replicate', ['READONLY']);
      return connected;
    });
    return {
      see: (key, value) =>
        inPart(visit, lookShare, (part) => {
          connection.visit = part;
          return lookFor(part, connection, { key, value });
        }),
    };
  } catch (error) {
    if (!(error instanceof Verdict)) throw error;
    const outcome = failureOf(`replica ${replica}`, error.outcome);
    return {
      see: async () => {
        visit.samples.push(sample('probe_redis_replica_visible', { replica }, 0));
        return outcome;
      },
    };
  }
}

type Wanted = { readonly key: string; readonly value: string };

async function lookFor(
  visit: Visit,
  connection: Connection,
  wanted: Wanted,
): Promise<Failure | undefined> {
  const { env, samples } = visit;
  const replica = connection.name;
  const begun = env.clock.monotonic();
  const waited = () => roundSeconds(env.clock.monotonic() - begun);
  try {
    const seen = await pollUntilSeen(visit, connection, wanted);
    const seconds = waited();
    samples.push(
      sample('probe_redis_replica_visible', { replica }, seen ? 1 : 0),
      sample('probe_redis_replication_visibility_seconds', { replica }, seconds),
    );
    if (seen) return undefined;
    const words = `replica ${replica} did not show the write within ${seconds.toFixed(3)} s`;
    return new Verdict('replicate', 'visibility', words).outcome;
  } catch (error) {
    if (!(error instanceof Verdict)) throw error;
    samples.push(sample('probe_redis_replica_visible', { replica }, 0));
    return failureOf(`replica ${replica}`, error.outcome);
  }
}

/** Looks at once, then again and again until the module's time is over, or the replica falls silent. */
async function pollUntilSeen(
  { env, options }: Visit,
  connection: Connection,
  { key, value }: Wanted,
): Promise<boolean> {
  const end = env.clock.monotonic() + options.expect.visibilityMax;
  for (;;) {
    const reply = await demand(connection, 'replicate', ['GET', key]);
    if (reply === value) return env.clock.monotonic() <= end;
    if (env.clock.monotonic() >= end || env.deadline.remaining() <= lookSeconds) return false;
    await env.clock.sleep(lookSeconds);
  }
}
