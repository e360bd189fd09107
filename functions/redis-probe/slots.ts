// The map of a cluster (redis.io/docs/latest/commands/cluster-slots), the slot of a key, and where a redirection leads.
import { type Place, toPlace } from './address.ts';
import { type Reply, RespError } from './resp.ts';

/** Slots of every cluster. */
export const slotCount = 16_384;

/** A primary with its slots and replicas. */
export type Shard = {
  /** Its lowest slot: a name that outlives failovers. */
  readonly name: string;
  readonly primary: Place;
  readonly replicas: readonly Place[];
  /** From and to, both included, in order. */
  readonly ranges: readonly (readonly [from: number, to: number])[];
};

/** The shards in a reply to CLUSTER SLOTS, in the order of their slots, or what is wrong with it. */
export function parseSlots(reply: Reply, asked: Place): Shard[] | string {
  const none = 'gave no map of slots';
  if (!Array.isArray(reply)) return none;
  const byPrimary = new Map<string, { shard: Shard; ranges: (readonly [number, number])[] }>();
  for (const entry of reply as readonly Reply[]) {
    if (!Array.isArray(entry)) return none;
    const [from, to, ...nodes] = entry as readonly Reply[];
    const [primary, ...places] = nodes.map((node) => placeOf(node, asked));
    const replicas = places.filter((place) => place !== undefined);
    const valid = isSlot(from) && isSlot(to) && from <= to && Array.isArray(nodes[0]);
    if (!valid) return none;
    // Its replicas do not stand in for it: they take no writes.
    if (primary === undefined) return `names no host and port for the primary of slot ${from}`;
    const key = JSON.stringify(primary);
    const known = byPrimary.get(key);
    if (known !== undefined) known.ranges.push([from, to]);
    else {
      const ranges: (readonly [number, number])[] = [[from, to]];
      byPrimary.set(key, { ranges, shard: { name: '', primary, replicas, ranges } });
    }
  }
  const shards = [...byPrimary.values()].map(({ ranges, shard }) => {
    ranges.sort(([a], [b]) => a - b);
    return { ...shard, name: String(ranges[0]?.[0] ?? 0) };
  });
  return shards.sort((a, b) => Number(a.name) - Number(b.name));
}

function isSlot(value: Reply | undefined): value is number {
  return Number.isInteger(value) && Number(value) >= 0 && Number(value) < slotCount;
}

/**
 * A node: its preferred endpoint, port, id and more. No endpoint: the host that was asked; `?`: its name is not known, and
 * its address neither where a node does not know its own, which is then the one that was asked.
 */
function placeOf(node: Reply, asked: Place): Place | undefined {
  if (!Array.isArray(node)) return undefined;
  const [endpoint, port, , more] = node as readonly Reply[];
  if (endpoint === null || endpoint === '') return toPlace(asked.host, port);
  if (endpoint !== '?') return toPlace(endpoint, port);
  const fields = Array.isArray(more) ? (more as readonly Reply[]) : [];
  const ip = fields.includes('ip') ? fields[fields.indexOf('ip') + 1] : undefined;
  return toPlace(ip, port) ?? toPlace(asked.host, port);
}

/** Slots that have a primary, and the lowest that has none. */
export function coverage(shards: readonly Shard[]): {
  readonly covered: number;
  readonly missing?: number;
} {
  const has = new Uint8Array(slotCount);
  for (const [from, to] of shards.flatMap(({ ranges }) => ranges)) has.fill(1, from, to + 1);
  const covered = has.reduce((sum, one) => sum + one, 0);
  return covered === slotCount ? { covered } : { covered, missing: has.indexOf(0) };
}

/** A hash tag for each shard, such as `{12}`, that places a key in one of its slots. */
export function tagShards(shards: readonly Shard[]): ReadonlyMap<Shard, string> {
  const owner = new Array<Shard | undefined>(slotCount);
  for (const shard of shards) {
    for (const [from, to] of shard.ranges) owner.fill(shard, from, to + 1);
  }
  const tags = new Map<Shard, string>();
  // Two hundred thousand numbers reach every slot many times over.
  for (let number = 0; tags.size < shards.length && number < 200_000; number++) {
    const shard = owner[slotOf(String(number))];
    if (shard !== undefined && !tags.has(shard)) tags.set(shard, `{${number}}`);
  }
  return tags;
}

/** Where a key lies: CRC16 of XModem over its tag, or over the whole of a key without one. */
export function slotOf(key: string): number {
  const [, tag = key] = /^[^{]*\{([^}]+)\}/.exec(key) ?? [];
  let crc = 0;
  for (const byte of Buffer.from(tag, 'utf8')) {
    crc ^= byte << 8;
    for (let bit = 0; bit < 8; bit++) {
      crc = (crc & 0x8000) === 0 ? crc << 1 : (crc << 1) ^ 0x1021;
    }
    crc &= 0xffff;
  }
  return crc % slotCount;
}

/** Where to ask instead; `asking` for a slot that is being moved. */
export type Redirection = { readonly place: Place; readonly asking: boolean };

/** The redirection in a reply; undefined when it is none. A host that is not known is that of `asked`. */
export function parseRedirection(
  reply: Reply,
  asked: { readonly place: Place; readonly known: readonly Place[] },
): Redirection | undefined {
  if (!(reply instanceof RespError)) return undefined;
  const [, kind, host = '', port] =
    reply.judgedBy((sent) => /^(MOVED|ASK) \d+ (\S*):(\d{1,5})$/.exec(sent)) ?? [];
  if (kind === undefined) return undefined;
  const place = toPlace(host === '' || host === '?' ? hostAt(Number(port), asked) : host, port);
  return place === undefined ? undefined : { place, asking: kind === 'ASK' };
}

/** The host of the only node in the map with this port, else that which was asked. */
function hostAt(port: number, { known, place }: Parameters<typeof parseRedirection>[1]): string {
  const [first, ...more] = new Set(known.flatMap((one) => (one.port === port ? one.host : [])));
  return first === undefined || more.length > 0 ? place.host : first;
}
