// Sentinels: whether enough of them agree to elect a primary, whether all name the same address, and whether what
// answers there is a primary and serves, which is what a client of sentinels depends on.
import { mapConcurrently, sample } from '@fargaze/core/internal';
import { type Place, showPlace, toPlace } from './address.ts';
import { type Connection, connectTo, type Purpose } from './connection.ts';
import { credentialsOf } from './credentials.ts';
import { readHealth } from './health.ts';
import { label } from './info.ts';
import { quoteReply } from './replies.ts';
import { type Reply, RespError } from './resp.ts';
import { judgeRole, readRole } from './role.ts';
import { type Answering, probeCanary } from './server.ts';
import { demand } from './session.ts';
import { refusal, Verdict } from './verdict.ts';
import { attempt, inPart, type Visit } from './visit.ts';

/** Primaries and sentinels that are asked at most. */
const most = 50;

/** Sentinels that are asked at once, and the share of the time left that each may take. */
const concurrency = 8;
const share = 0.25;

/** Share of the time left that a primary may take. */
const primaryShare = 0.75;

/** Probes what the sentinel watches; failures are kept in the visit. */
export async function probeSentinel(visit: Visit, seed: Answering): Promise<void> {
  await attempt(visit, async () => {
    const names = await listMasters(visit, seed.connection);
    if (names.length === 0) {
      throw new Verdict('sentinel', 'no_master', 'the sentinel watches no primary');
    }
    const only = names.length === 1;
    const named: Named[] = [];
    for (const name of names) named.push(await askSentinels(visit, { seed, name, only }));
    // All at once: one that is frozen must not take the time of the others.
    await mapConcurrently(named, most, (one) =>
      inPart(visit, primaryShare, (part) => probeMaster(part, one)),
    );
  });
}

async function listMasters(visit: Visit, sentinel: Connection): Promise<readonly string[]> {
  const named = visit.options.sentinelMasters;
  if (named.length > 0) return named;
  const masters = await demand(sentinel, 'sentinel', ['SENTINEL', 'MASTERS']);
  const names = toMaps(masters).flatMap((master) => master.get('name') ?? []);
  return names.slice(0, most);
}

type Watched = { readonly seed: Answering; readonly name: string; readonly only: boolean };

/** A primary and the address that all sentinels name; undefined where they do not. */
type Named = Watched & { readonly place: Place | undefined };

async function askSentinels(visit: Visit, watched: Watched): Promise<Named> {
  const { name, seed } = watched;
  await attempt(visit, () => judgeQuorum(visit, seed.connection, name));
  let agreed: Place | undefined;
  await attempt(visit, async () => {
    const place = await askAddress(seed.connection, name);
    await judgeAgreement(visit, watched, place);
    agreed = place;
  });
  return { ...watched, place: agreed };
}

async function probeMaster(visit: Visit, { place, ...watched }: Named): Promise<void> {
  const master = label(watched.name);
  let agrees = 0;
  try {
    if (place === undefined) return;
    await attempt(visit, async () => {
      const server = await judgePrimary(visit, watched.name, place);
      agrees = 1;
      await probePrimary(visit, server, watched);
    });
  } finally {
    visit.samples.push(sample('probe_redis_sentinel_master_agrees', { master }, agrees));
  }
}

async function judgeQuorum(visit: Visit, sentinel: Connection, name: string): Promise<void> {
  const reply = await sentinel.ask('sentinel', ['SENTINEL', 'CKQUORUM', name]);
  const refused = reply instanceof RespError;
  const known = !refused || reply.message.startsWith('NOQUORUM');
  if (refused && !known) throw refusalOf('CKQUORUM', reply);
  const labels = { master: label(name) };
  visit.samples.push(sample('probe_redis_sentinel_quorum_ok', labels, refused ? 0 : 1));
  if (refused) throw new Verdict('sentinel', 'no_quorum', `${name}: ${quoteReply(reply.message)}`);
}

function refusalOf(command: string, reply: RespError): Verdict {
  const words = `SENTINEL ${command}: ${quoteReply(reply.message)}`;
  if (/^ERR No such master/i.test(reply.message))
    return new Verdict('sentinel', 'no_master', words);
  return refusal('sentinel', `SENTINEL ${command}`, reply);
}

/** The address that a sentinel names. */
async function askAddress(sentinel: Connection, name: string): Promise<Place> {
  const command = ['SENTINEL', 'GET-MASTER-ADDR-BY-NAME', name];
  const reply = await demand(sentinel, 'sentinel', command);
  const [host, port] = Array.isArray(reply) ? (reply as readonly Reply[]) : [];
  if (typeof host !== 'string') {
    throw new Verdict('sentinel', 'no_master', `${sentinel.name} knows no primary named ${name}`);
  }
  const place = toPlace(host, port);
  if (place === undefined) {
    const seen = quoteReply(`${host} ${String(port)}`);
    throw new Verdict('sentinel', 'protocol', `${name} is at ${seen}, want a host and a port`);
  }
  return place;
}

/** Asks the other sentinels; one that does not answer is no failure, as long as there is a quorum. */
async function judgeAgreement(visit: Visit, { name, seed }: Watched, place: Place): Promise<void> {
  const reply = await seed.connection.ask('sentinel', ['SENTINEL', 'SENTINELS', name]);
  if (reply instanceof RespError) throw refusalOf('SENTINELS', reply);
  const others = toMaps(reply).flatMap((fields) => {
    const other = toPlace(fields.get('ip'), fields.get('port'));
    return other === undefined ? [] : [other];
  });
  const named = await mapConcurrently(others.slice(0, most), concurrency, (other) =>
    askOther(visit, { place: other, credentials: seed.credentials }, name),
  );
  const answered = named.flatMap((found) => found ?? []);
  const count = (is: 'yes' | 'no', value: number) =>
    sample('probe_redis_sentinels', { master: label(name), answered: is }, value);
  visit.samples.push(
    count('yes', answered.length + 1),
    count('no', named.length - answered.length),
  );
  const other = answered.find((found) => showPlace(found) !== showPlace(place));
  if (other === undefined) return;
  const words = `${name}: sentinels name ${showPlace(place)} and ${showPlace(other)}`;
  throw new Verdict('sentinel', 'disagreement', words);
}

async function askOther(visit: Visit, other: Purpose, name: string): Promise<Place | undefined> {
  const { deadline } = visit.env;
  const part = deadline.slice(deadline.remaining() * share);
  const own = { ...visit, env: { ...visit.env, deadline: part } };
  let sentinel: Connection | undefined;
  try {
    sentinel = await connectTo(own, other);
    return await askAddress(sentinel, name);
  } catch (error) {
    if (!(error instanceof Verdict)) throw error;
    visit.env.trace(`sentinel ${showPlace(other.place)}: ${error.message}`);
    return undefined;
  } finally {
    sentinel?.close();
    part.close();
  }
}

/** Connects to the named address with the credentials of the servers, and has it say that it is a primary. */
async function judgePrimary(visit: Visit, name: string, place: Place): Promise<Answering> {
  const part = `${name} at ${showPlace(place)}`;
  try {
    const credentials = credentialsOf(visit.address, visit.options, visit.env.clock);
    const connection = await connectTo(visit, { place, credentials, select: true });
    const role = await readRole(connection);
    if (role !== undefined && !(role instanceof RespError) && role.name !== 'master') {
      throw new Verdict('sentinel', 'disagreement', `it says that it is a ${role.name}`);
    }
    return { connection, credentials, role };
  } catch (error) {
    throw error instanceof Verdict ? error.of(part) : error;
  }
}

async function probePrimary(visit: Visit, server: Answering, { name, only }: Watched) {
  // Failures of its own: others are probed at the same time.
  const own: Visit = { ...visit, failures: [] };
  if (only) judgeRole(own, server.role);
  await probeCanary(own, server);
  if (only) await attempt(own, () => readHealth(own, server.connection));
  visit.failures.push(
    ...own.failures.map(({ detail, phase, reason }) => {
      return new Verdict(phase, reason, detail).of(`${name} at ${server.connection.name}`).outcome;
    }),
  );
}

/** A list of mappings, in RESP3 as in RESP2: keys and values in turn. */
function toMaps(reply: Reply): ReadonlyMap<string, string>[] {
  const items = Array.isArray(reply) ? (reply as readonly Reply[]) : [];
  return items.map((item) => {
    const flat = Array.isArray(item) ? (item as readonly Reply[]) : [];
    const pairs = flat.flatMap((key, index) =>
      index % 2 === 0 ? [[String(key), String(flat[index + 1])] as const] : [],
    );
    return new Map(pairs);
  });
}
