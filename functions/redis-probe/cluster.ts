// A cluster: its state, whether its map covers every slot, and a canary in each shard, at the node that has the slot.
// Where the map may not be read, one canary follows the redirections.
import { mapConcurrently, sample } from '@fargaze/core/internal';
import { showPlace } from './address.ts';
import { type Canary, canaryKey, canarySamples, sendCanary } from './canary.ts';
import { type Connection, connectTo, isUnsupported } from './connection.ts';
import { expectsInfo, type ServerInfo } from './expectations.ts';
import { readInfo } from './health.ts';
import { echoesIn } from './hiding.ts';
import { type Info, numberIn, parseInfo } from './info.ts';
import { chooseReplicas, watchReplicas } from './replicas.ts';
import { RespError } from './resp.ts';
import { judgeReplicas } from './role.ts';
import { type Guide, Route } from './route.ts';
import { type Answering, noteVisibility } from './server.ts';
import { demand } from './session.ts';
import { coverage, parseSlots, type Shard, slotCount, tagShards } from './slots.ts';
import { failureOf, refusal, Verdict } from './verdict.ts';
import { attempt, expectThat, inPart, timedPhase, type Visit } from './visit.ts';

/** Shards that are probed at once. */
const concurrency = 8;

/** Share of the time left that a shard may take: one that is frozen must not take that of what follows. */
const shardShare = 0.75;

/** Probes every shard; failures are kept in the visit. Answers what primaries say of themselves, where that is expected. */
export async function probeCluster(visit: Visit, seed: Answering): Promise<readonly ServerInfo[]> {
  let redirects = 0;
  const told: ServerInfo[] = [];
  const redirected: Redirected = (words, { host }) => {
    redirects += 1;
    for (const echo of echoesIn(host, visit.secrets)) visit.echoes.add(echo);
    visit.env.trace(`redirected: ${words.slice(0, 80)}`);
  };
  await attempt(visit, async () => {
    const shards = await timedPhase(visit, 'cluster', () => readCluster(visit, seed.connection));
    const probed =
      shards === undefined
        ? [await probeAnyShard(visit, { seed, redirected })]
        : await probeShards(visit, { seed, shards, redirected, told });
    visit.samples.push(...canarySamples(probed));
    visit.failures.push(...probed.flatMap(({ failures }) => failures));
    noteVisibility(visit, probed);
    judgeChoice(visit, shards);
  });
  visit.samples.push(sample('probe_redis_redirects', {}, redirects));
  return told;
}

/** Replicas that the module wants to be looked at or counted and that nobody can place in a shard are no success. */
function judgeChoice(visit: Visit, shards: readonly Shard[] | undefined): void {
  const { expect, replicas } = visit.options;
  const listed = typeof replicas !== 'string';
  const needs = 'needs the map of the cluster, want +cluster|slots';
  if (shards === undefined && expect.replicasMin !== undefined) {
    const words = `expect_replicas_min ${needs}`;
    expectThat(visit, 'replicas', new Verdict('role', 'unsupported', words));
  }
  if (replicas === 'none' || (shards !== undefined && !listed)) return;
  const words = listed
    ? 'replicas: a list is for one primary, and this is a cluster, want discover'
    : `replicas: discover ${needs}`;
  expectThat(visit, 'visibility', new Verdict('replicate', 'unsupported', words));
}

type Redirected = Guide['redirected'];

/** State and map; undefined where the map may not be read, which only `auto` allows. */
async function readCluster(visit: Visit, connection: Connection): Promise<Shard[] | undefined> {
  await attempt(visit, () => judgeState(visit, connection));
  const reply = await connection.askOptional('cluster', 'cluster_slots', ['CLUSTER', 'SLOTS']);
  const refused = reply instanceof RespError;
  const unread = reply === undefined || (refused && isUnsupported(reply));
  if (unread && visit.options.topology === 'auto') return undefined;
  if (refused) throw refusal('cluster', 'CLUSTER SLOTS', reply);
  if (reply === undefined) {
    const words = 'CLUSTER SLOTS is not answered, want topology: auto';
    throw new Verdict('cluster', 'unsupported', words);
  }
  const shards = parseSlots(reply, connection.place);
  if (typeof shards === 'string') {
    throw new Verdict('cluster', 'protocol', `CLUSTER SLOTS ${shards}`);
  }
  const { covered, missing } = coverage(shards);
  visit.samples.push(
    sample('probe_redis_shards', {}, shards.length),
    sample('probe_redis_cluster_slots', { state: 'covered' }, covered),
  );
  if (covered < slotCount) {
    const words = `${covered} of ${slotCount} slots have a primary, slot ${missing} has none`;
    visit.failures.push(new Verdict('cluster', 'slots', words).outcome);
  }
  return shards;
}

/** CLUSTER INFO, where it may be read. */
async function judgeState(visit: Visit, connection: Connection): Promise<void> {
  const reply = await connection.askOptional('cluster', 'cluster_info', ['CLUSTER', 'INFO']);
  if (reply instanceof RespError && !isUnsupported(reply)) {
    throw refusal('cluster', 'CLUSTER INFO', reply);
  }
  if (typeof reply !== 'string') return;
  const info = parseInfo(reply, visit.secrets);
  const state = info.get('cluster_state');
  if (state === undefined) return;
  visit.samples.push(sample('probe_redis_cluster_state_ok', {}, state === 'ok' ? 1 : 0));
  for (const kind of ['assigned', 'ok', 'pfail', 'fail'] as const) {
    const slots = numberIn(info, `cluster_slots_${kind}`);
    if (slots !== undefined) {
      visit.samples.push(sample('probe_redis_cluster_slots', { state: kind }, slots));
    }
  }
  if (state !== 'ok') {
    const words = `state ${info.show(state)}, want ok${explainState(info)}`;
    throw new Verdict('cluster', 'clusterdown', words);
  }
}

/** Why a node may say that its cluster is down. */
function explainState(info: Info): string {
  const ok = numberIn(info, 'cluster_slots_ok');
  if (ok === undefined) return '';
  if (ok < slotCount) return `: ${ok} of ${slotCount} slots are in order`;
  return ': all slots are in order, so it does not see most of the primaries, or has just started';
}

type Cluster = {
  readonly seed: Answering;
  readonly shards: readonly Shard[];
  readonly redirected: Redirected;
  /** Takes what each primary says of itself. */
  readonly told: ServerInfo[];
};

async function probeShards(visit: Visit, cluster: Cluster): Promise<Canary[]> {
  const { shards } = cluster;
  judgeEachShard(visit, shards);
  const tags = tagShards(shards);
  const probed = await mapConcurrently(shards, concurrency, (shard) =>
    inPart(visit, shardShare, (part) =>
      probeShard(part, { ...cluster, shard, tag: tags.get(shard) ?? '' }),
    ),
  );
  const down = probed.filter(({ failures }) => failures.length > 0).length;
  if (down > 0) visit.env.trace(`${down} of ${shards.length} shards failed`);
  return probed;
}

function judgeEachShard(visit: Visit, shards: readonly Shard[]): void {
  const { replicasMin } = visit.options.expect;
  if (replicasMin === undefined) return;
  const short = shards.flatMap(
    (shard) => judgeReplicas(shard.replicas.length, replicasMin)?.of(nameShard(shard)) ?? [],
  );
  expectThat(visit, 'replicas', short[0]);
}

function nameShard({ name, primary }: Shard): string {
  return `shard ${name} at ${showPlace(primary)}`;
}

type OneShard = Cluster & { readonly shard: Shard; readonly tag: string };

/** Connects to the primary that the map names, has it answer PING, and sends the canary along its route. */
async function probeShard(visit: Visit, one: OneShard): Promise<Canary> {
  const { seed, shard, tag } = one;
  const labels = { shard: shard.name, node: showPlace(shard.primary) };
  let primary: Connection | undefined;
  const canary = await probeKey(visit, one, {
    key: canaryKey(visit, tag),
    connect: async () => {
      primary = await connectTo(visit, {
        place: shard.primary,
        credentials: seed.credentials,
        select: true,
      });
      await demand(primary, 'ping', ['PING']);
      return primary;
    },
  });
  if (primary !== undefined) await hearPrimary(visit, one, primary);
  const failures = canary.failures.map((one) => failureOf(nameShard(shard), one));
  visit.samples.push(
    sample('probe_redis_shard_success', labels, failures.length === 0 ? 1 : 0),
    sample('probe_redis_shard_duration_seconds', labels, canary.seconds),
  );
  return { ...canary, failures };
}

/** A primary that breaks off has failed its canary, or fails what is expected. */
async function hearPrimary(visit: Visit, { shard, told }: OneShard, primary: Connection) {
  if (!expectsInfo(visit.options.expect)) return;
  const part = nameShard(shard);
  try {
    told.push({ part, read: await readInfo(primary) });
  } catch (error) {
    if (!(error instanceof Verdict)) throw error;
    told.push({ part, read: { refused: `is not answered (${error.message})` } });
  }
}

/** Without a map: one key, wherever it lies. */
function probeAnyShard(
  visit: Visit,
  { seed, redirected }: Omit<Cluster, 'shards' | 'told'>,
): Promise<Canary> {
  visit.env.trace('the map of the cluster may not be read: one canary for all shards');
  const shard = { name: '', primary: seed.connection.place, replicas: [], ranges: [] };
  return probeKey(
    visit,
    { seed, redirected, shard, shards: [] },
    {
      key: canaryKey(visit),
      connect: async () => seed.connection,
    },
  );
}

type Key = { readonly key: string; readonly connect: () => Promise<Connection> };

async function probeKey(
  visit: Visit,
  { seed, shard, shards, redirected }: Omit<OneShard, 'tag' | 'told'>,
  { connect, key }: Key,
): Promise<Canary> {
  try {
    const { credentials } = seed;
    const route = new Route(await connect(), {
      connect: (place) => connectTo(visit, { place, credentials, select: true }),
      redirected,
      clock: visit.env.clock,
      known: shards.flatMap(({ primary, replicas }) => [primary, ...replicas]),
    });
    // A list does not say whose replicas they are.
    const listed = typeof visit.options.replicas !== 'string';
    const chosen = listed ? [] : chooseReplicas(visit, shard.replicas);
    const watchers = await watchReplicas(visit, chosen, {
      credentials,
      clustered: true,
    });
    return await sendCanary(visit, {
      ask: (phase, command) => route.ask(phase, command),
      key,
      watchers: () => (route.redirected ? [] : watchers),
    });
  } catch (error) {
    if (!(error instanceof Verdict)) throw error;
    return { failures: [error.outcome], durations: {}, success: {}, seconds: 0 };
  }
}
