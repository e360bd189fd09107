// What sentinels say of the primaries that they watch: whether enough of them can agree to elect another one, and whether
// all that answer name the same address. Every sentinel is asked over one connection, for all primaries.
import { hideSecrets, mapConcurrently, sample } from '@fargaze/core/internal';
import { type Place, showPlace, toPlace } from './address.ts';
import { type Connection, connectTo, type Purpose } from './connection.ts';
import { nameLabel } from './info.ts';
import { quoteReply } from './replies.ts';
import { type Reply, RespError } from './resp.ts';
import type { Answering } from './server.ts';
import { demand } from './session.ts';
import { explainRefusal, hasReason, refusal, Verdict } from './verdict.ts';
import { attempt, inPart, type Visit } from './visit.ts';

/** Sentinels that are asked at once, and the share of the time left that each may take for all primaries. */
const concurrency = 8;
const share = 0.25;

/** A primary and the address that all sentinels name; undefined where they do not. */
export type AgreedPrimary = { readonly name: string; readonly place: Place | undefined };

/** What the sentinel that is the target says of one primary. */
type Said = { readonly name: string; readonly place: Place; readonly others: readonly Place[] };

/** What another sentinel says: places by the names of primaries; undefined where it does not answer. */
type Heard = ReadonlyMap<string, Place> | undefined;

/** The names of the primaries that are probed. @throws Verdict where there are none. */
export async function listMasters(visit: Visit, sentinel: Connection): Promise<readonly string[]> {
  const named = visit.options.sentinelMasters;
  if (named.length > 0) return [...new Set(named)];
  sentinel.allowMaps();
  const masters = await explainRefusal('want a sentinel, or topology: auto', () =>
    demand(sentinel, 'sentinel', ['SENTINEL', 'MASTERS']),
  );
  const names = toMaps(masters)
    .flatMap((master) => master.get('name') ?? [])
    .filter((name) => /^\S+$/.test(name));
  if (names.length > 0) return names;
  throw new Verdict('sentinel', 'no_master', 'the sentinel watches no primary');
}

/** Asks all sentinels for all primaries; failures are kept in the visit. */
export async function askSentinels(
  visit: Visit,
  seed: Answering,
  names: readonly string[],
): Promise<readonly AgreedPrimary[]> {
  const said: Said[] = [];
  for (const name of names) {
    await attempt(visit, () => judgeQuorum(visit, seed.connection, name));
    await attempt(visit, async () => {
      const place = await askAddress(seed.connection, name);
      said.push({ name, place, others: await listOthers(seed.connection, name) });
    });
  }
  const heard = await askOthers(visit, seed, said);
  const named: AgreedPrimary[] = [];
  for (const name of names) {
    const one = said.find((watched) => watched.name === name);
    const agreed =
      one !== undefined && (await attempt(visit, async () => judge(visit, one, heard)));
    named.push({ name, place: agreed ? one.place : undefined });
  }
  return named;
}

async function judgeQuorum(visit: Visit, sentinel: Connection, name: string): Promise<void> {
  const reply = await sentinel.ask('sentinel', ['SENTINEL', 'CKQUORUM', name]);
  const refused = reply instanceof RespError;
  if (refused && !reply.says(/^NOQUORUM/)) throw refusalOf('CKQUORUM', reply).of(name);
  const labels = { master: nameLabel(name) };
  visit.samples.push(sample('probe_redis_sentinel_quorum_ok', labels, refused ? 0 : 1));
  if (refused) throw new Verdict('sentinel', 'no_quorum', `${name}: ${quoteReply(reply.message)}`);
}

function refusalOf(command: string, reply: RespError): Verdict {
  const words = `SENTINEL ${command}: ${quoteReply(reply.message)}`;
  if (reply.says(/^ERR No such master/i)) return new Verdict('sentinel', 'no_master', words);
  return refusal('sentinel', `SENTINEL ${command}`, reply);
}

/** The address that a sentinel names. */
async function askAddress(sentinel: Connection, name: string): Promise<Place> {
  const command = ['SENTINEL', 'GET-MASTER-ADDR-BY-NAME', name];
  const reply = await sentinel.ask('sentinel', command);
  if (reply instanceof RespError) throw refusalOf(command[1] ?? '', reply).of(name);
  const [host, port] = Array.isArray(reply) ? (reply as readonly Reply[]) : [];
  if (typeof host !== 'string') {
    throw new Verdict('sentinel', 'no_master', `${sentinel.name} knows no primary named ${name}`);
  }
  const place = toPlace(host, port);
  if (place !== undefined) return place;
  // Hidden before it is cut off.
  const seen = quoteReply(hideSecrets(`${host} ${String(port)}`, sentinel.visit.secrets));
  throw new Verdict('sentinel', 'protocol', `${name} is at ${seen}, want a host and a port`);
}

async function listOthers(sentinel: Connection, name: string): Promise<readonly Place[]> {
  const reply = await sentinel.ask('sentinel', ['SENTINEL', 'SENTINELS', name]);
  if (reply instanceof RespError) throw refusalOf('SENTINELS', reply).of(name);
  return toMaps(reply).flatMap((fields) => toPlace(fields.get('ip'), fields.get('port')) ?? []);
}

/** What the other sentinels say, by where they listen; one that does not answer is no failure while there is a quorum. */
async function askOthers(visit: Visit, seed: Answering, said: readonly Said[]) {
  const asked = new Map<string, { readonly place: Place; readonly names: string[] }>();
  for (const { name, others } of said) {
    for (const place of others) {
      const known = asked.get(showPlace(place));
      if (known === undefined) asked.set(showPlace(place), { place, names: [name] });
      else known.names.push(name);
    }
  }
  const { credentials } = seed;
  const answers = await mapConcurrently(
    [...asked],
    concurrency,
    async ([key, { names, place }]) => {
      const answer = await inPart(visit, share, (part) =>
        askOther(part, { place, credentials }, names),
      );
      return [key, answer] as const;
    },
  );
  return new Map<string, Heard>(answers);
}

async function askOther(visit: Visit, other: Purpose, names: readonly string[]): Promise<Heard> {
  const places = new Map<string, Place>();
  let sentinel: Connection | undefined;
  try {
    sentinel = await connectTo(visit, other);
    for (const name of names) await askFor(places, sentinel, name);
    return places;
  } catch (error) {
    if (!(error instanceof Verdict)) throw error;
    visit.env.trace(`sentinel ${showPlace(other.place)}: ${error.message}`);
    return places.size > 0 ? places : undefined;
  } finally {
    sentinel?.close();
  }
}

/** One that does not know a primary by this name may know the others. */
async function askFor(places: Map<string, Place>, sentinel: Connection, name: string) {
  try {
    places.set(name, await askAddress(sentinel, name));
  } catch (error) {
    if (!hasReason(error, 'no_master')) throw error;
  }
}

function judge(visit: Visit, said: Said, heard: ReadonlyMap<string, Heard>): void {
  const { name, others, place } = said;
  const answered = others.flatMap((other) => heard.get(showPlace(other))?.get(name) ?? []);
  const count = (is: 'yes' | 'no', value: number) =>
    sample('probe_redis_sentinels', { master: nameLabel(name), answered: is }, value);
  visit.samples.push(
    count('yes', answered.length + 1),
    count('no', others.length - answered.length),
  );
  const other = answered.find((found) => showPlace(found) !== showPlace(place));
  if (other === undefined) return;
  const words = `${name}: sentinels name ${showPlace(place)} and ${showPlace(other)}`;
  throw new Verdict('sentinel', 'disagreement', words);
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
