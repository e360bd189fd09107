// What sentinels watch: each primary is asked at the address that all of them name, as a client of sentinels would find
// it, and judged by itself. What is said of one has the label `master`.
import { mapConcurrently, type Sample, sample } from '@fargaze/core/internal';
import { type Place, showPlace } from './address.ts';
import { type AgreedPrimary, askSentinels, listMasters } from './agreement.ts';
import { connectTo } from './connection.ts';
import { credentialsOf } from './credentials.ts';
import { nameLabel } from './info.ts';
import { RespError } from './resp.ts';
import { readRole } from './role.ts';
import { type Answering, probeServer } from './server.ts';
import { failureOf, Verdict } from './verdict.ts';
import { attempt, inPart, type Visit } from './visit.ts';

/** Primaries that are probed at once: one that is frozen must not take the time of the others. */
const concurrency = 50;

/** Share of the time left that a primary may take. */
const primaryShare = 0.75;

/** Probes every primary that the sentinel watches; failures are kept in the visit. */
export async function probeSentinel(visit: Visit, seed: Answering): Promise<void> {
  await attempt(visit, async () => {
    const names = await listMasters(visit, seed.connection);
    const named = await askSentinels(visit, seed, names);
    await mapConcurrently(named, concurrency, (one) =>
      inPart(visit, primaryShare, (part) => probeMaster(part, one)),
    );
  });
}

async function probeMaster(visit: Visit, { name, place }: AgreedPrimary): Promise<void> {
  const master = nameLabel(name);
  let agrees = 0;
  try {
    if (place === undefined) return;
    await attempt(visit, async () => {
      const server = await judgePrimary(visit, name, place);
      agrees = 1;
      await probePrimary(visit, server, name);
    });
  } finally {
    visit.samples.push(sample('probe_redis_sentinel_master_agrees', { master }, agrees));
  }
}

/** Connects to the named address with the credentials of the servers, and has it say that it is a primary. */
async function judgePrimary(visit: Visit, name: string, place: Place): Promise<Answering> {
  try {
    const credentials = credentialsOf(visit.address, visit.options, visit.env.clock);
    const connection = await connectTo(visit, { place, credentials, select: true });
    const role = await readRole(connection);
    if (role !== undefined && !(role instanceof RespError) && role.name !== 'master') {
      throw new Verdict('sentinel', 'disagreement', `it says that it is a ${role.name}`);
    }
    return { connection, credentials, role };
  } catch (error) {
    throw error instanceof Verdict ? error.of(nameMaster(name, place)) : error;
  }
}

async function probePrimary(visit: Visit, server: Answering, name: string): Promise<void> {
  // Failures and samples of its own: others are probed at the same time.
  const own: Visit = { ...visit, failures: [], samples: [] };
  await probeServer(own, server);
  const part = nameMaster(name, server.connection.place);
  visit.samples.push(...own.samples.map((one) => ofMaster(one, nameLabel(name))));
  visit.failures.push(...own.failures.map((one) => failureOf(part, one)));
}

function nameMaster(name: string, place: Place): string {
  return `${name} at ${showPlace(place)}`;
}

/** Phases are those of the whole run, as they are of a cluster. */
function ofMaster(one: Sample, master: string): Sample {
  if (one.metric === 'probe_redis_duration_seconds') return one;
  return { ...one, labels: { ...one.labels, master } };
}
