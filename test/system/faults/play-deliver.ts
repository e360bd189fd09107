// Plays a row of `deliver`: messages are delivered while the fault lasts; what stays in the queue comes again after it.
import { runDeliver } from '../../../functions/deliver/deliver.ts';
import { systemClock } from '../../../layers/core/src/clock.ts';
import type { Receivers } from '../../../layers/core/src/delivery/settings.ts';
import { findSeries } from '../../../layers/core/src/pushgateway/stored.ts';
import { toMessage } from '../../../layers/core/src/queue/message.ts';
import { type Group, type Series, sample } from '../../../layers/core/src/sample.ts';
import { startPushgateway } from '../../../local/programs/servers.ts';
import { type FaultyProxy, noName, startFaultyProxy } from '../../support/faulty-proxy.ts';
import { createSkippingClock } from '../../support/skipping-clock.ts';
import { absent, type DeliverRow, type Seen, type Sent, type SentMessage } from './row.ts';
import { readPoints } from './stored.ts';
import type { World } from './world.ts';

const minute = 60_000;
/** Times of results are full minutes before this one. */
const now = Math.floor(Date.now() / minute) * minute;
/**
 * Seconds of an invocation that meets no fault: a row's own are for how long its fault is borne. To see twice that a group
 * is there takes some seconds, and more where a machine is busy.
 */
const ampleSeconds = 120;
const defaultSends: readonly SentMessage[] = [[{ of: 'a' }], [{ of: 'b' }]];

type Line = { readonly message: string; readonly [field: string]: unknown };
type Message = { readonly messageId: string; readonly body: string };

/** One row in play. */
type Play = {
  readonly row: DeliverRow;
  readonly id: string;
  readonly gateway: FaultyProxy;
  readonly prometheus: FaultyProxy;
  readonly lines: Line[];
};

const agesOf = ({ age = 1 }: Sent) => age;
const takenAt = (sent: Sent) => now - agesOf(sent) * minute + (sent.ahead ?? 0) * 1000;
const timed = ({ to = 'gateway' }: DeliverRow) => to !== 'gateway';

/** Plays `row`, whose targets begin with `id`. */
export async function playDeliver(row: DeliverRow, id: string, world: World): Promise<Seen> {
  const restarts = row.gateway?.[0] === 'restarts';
  const own = restarts ? await startPushgateway() : undefined;
  const receiver = row.to === 'strict-prometheus' ? world.strictPrometheus : world.prometheus;
  const gateway = await startFaultyProxy((own ?? world.gateway).url);
  const prometheus = await startFaultyProxy(receiver.url);
  const play: Play = { row, id, gateway, prometheus, lines: [] };
  let fresh: Awaited<ReturnType<typeof startPushgateway>> | undefined;
  try {
    await deliver(
      play,
      (row.before ?? []).map((sent, index) => pack(play, sent, `before-${index}`)),
      {},
    );
    play.lines.length = 0;
    if (own !== undefined) {
      await own.stop();
      fresh = await startPushgateway({ port: own.port });
    }
    await injectFaults(play);
    const all = (row.sends ?? defaultSends).map((sent, index) => pack(play, sent, `m${index}`));
    const asked = play.gateway.arrived.length;
    const first = await deliver(play, all, { during: true });
    const shows = { ...first.shows, ...readPushed(play, asked) };
    const unmet = findUnmet(play);
    await Promise.all([gateway.heal(), prometheus.heal()]);
    const left = await drain(play, first.left);
    const ending = { shows, left, world: { ...world, gateway: fresh ?? world.gateway } };
    const seen = await judge(play, ending);
    const next = await deliver(play, [pack(play, [{ of: 'next', age: 0 }], 'next')], {});
    const done = next.left.length === 0 && next.shows.Errors === undefined;
    const last = JSON.stringify(play.lines.slice(-4));
    const undone = done ? [] : [`the next result is not delivered: ${last}`];
    return { ...seen, wrong: [...seen.wrong, ...unmet, ...undone] };
  } finally {
    await Promise.all([gateway.close(), prometheus.close(), fresh?.stop()]);
  }
}

function pack({ id, row }: Play, sent: SentMessage, messageId: string): Message {
  if (!Array.isArray(sent)) return { messageId, body: (sent as { readonly body: string }).body };
  const results = sent as readonly Sent[];
  const taken = Math.max(...results.map(takenAt));
  const both = row.to === 'both';
  const message = toMessage({
    taken,
    groups: timed(row) && !both ? [] : results.map((one) => toGroup(one, id)),
    series: timed(row) ? results.map((one) => toSeries(one, id)) : [],
  });
  return { messageId, body: JSON.stringify(message) };
}

function toGroup(sent: Sent, id: string): Group {
  return {
    grouping: { job: 'faults', instance: `${id}-${sent.of}` },
    samples: [
      sample('probe_duration_seconds', {}, sent.value ?? agesOf(sent)),
      sample('fargaze_probe_timestamp_seconds', {}, takenAt(sent) / 1000),
    ],
  };
}

function toSeries(sent: Sent, id: string): Series {
  return {
    labels: { __name__: 'faults_value', instance: `${id}-${sent.of}` },
    points: [{ at: takenAt(sent), value: sent.value ?? agesOf(sent) }],
  };
}

async function injectFaults({ gateway, prometheus, row }: Play): Promise<void> {
  for (const [proxy, order] of [
    [gateway, row.gateway],
    [prometheus, row.prometheus],
  ] as const) {
    const [fault, meets] = order ?? [];
    if (fault === undefined || fault === 'restarts') continue;
    await proxy.fail(fault, meets);
  }
}

/** Faults that no request has met, which so prove nothing. */
function findUnmet({ gateway, prometheus, row }: Play): string[] {
  const begun = [
    [gateway, row.gateway?.[0]],
    [prometheus, row.prometheus?.[0]],
  ] as const;
  return begun.flatMap(([proxy, fault]) => {
    if (fault === undefined || fault === 'restarts' || proxy.met() > 0) return [];
    return fault.kind === 'down' || fault.kind === 'no-name' ? [] : [`nobody met ${fault.kind}`];
  });
}

/** Where deliver believes the receivers to be. */
function receiversOf(
  { gateway, prometheus, row }: Play,
  { during }: { readonly during: boolean },
): Receivers {
  const address = (proxy: FaultyProxy, order: DeliverRow['gateway']) => {
    const [fault] = order ?? [];
    return during && typeof fault === 'object' && fault.kind === 'no-name' ? noName : proxy.url;
  };
  const url = new URL('/api/v1/write', address(prometheus, row.prometheus));
  return {
    pushgateway: { url: address(gateway, row.gateway) },
    ...(timed(row) && { remoteWrite: { url, version: 2 } }),
  };
}

/** One invocation. */
type Delivered = {
  readonly shows: Readonly<Record<string, number | string>>;
  readonly left: readonly Message[];
};

async function deliver(
  play: Play,
  messages: readonly Message[],
  { during = false },
): Promise<Delivered> {
  if (messages.length === 0) return { shows: {}, left: [] };
  const { id, lines, row } = play;
  const begun = lines.length;
  const seconds = during ? (row.seconds ?? 30) : ampleSeconds;
  try {
    const { batchItemFailures } = await runDeliver(
      {
        receivers: receiversOf(play, { during }),
        owner: `owner-${id}`,
        clock: row.waits === 'really' ? systemClock : createSkippingClock(row.skew ?? 0),
        log: (level, message, fields) => void lines.push({ level, message, ...fields }),
      },
      { Records: messages.map((one) => ({ ...one, eventSource: 'aws:sqs' })) },
      { awsRequestId: id, getRemainingTimeInMillis: () => seconds * 1000 },
    );
    const failed = new Set(batchItemFailures.map(({ itemIdentifier }) => itemIdentifier));
    const left = messages.filter(({ messageId }) => failed.has(messageId));
    return { shows: readLine(lines.slice(begun)), left };
  } catch (error) {
    lines.push({ message: String(error) });
    return { shows: { Errors: (error as Error).name }, left: messages };
  }
}

/** What the line of an invocation counts, by names as in `messages.retried`; what is 0 is not there. */
function readLine(lines: readonly Line[]): Record<string, number> {
  const line = lines.find(({ message }) => message === 'invocation') ?? {};
  const counts = Object.entries(line).flatMap(([name, value]) =>
    typeof value === 'object' && value !== null
      ? Object.entries(value).map(([inner, count]) => [`${name}.${inner}`, count] as const)
      : [[name, value] as const],
  );
  return Object.fromEntries(
    counts.filter(
      (one): one is readonly [string, number] => typeof one[1] === 'number' && one[1] !== 0,
    ),
  );
}

/** Metrics that deliver has pushed of itself. */
function readPushed({ gateway }: Play, since: number): Record<string, number> {
  const pushed = gateway.arrived
    .slice(since)
    .filter(({ method, path }) => method === 'PUT' && path.includes('fargaze-deliver'));
  const text = pushed.at(-1)?.body ?? '';
  const names = new Set([...text.matchAll(/^# TYPE (\S+)/gm)].map(([, name = '']) => name));
  return Object.fromEntries(
    findSeries(text, names).map(({ labels, metric, value }) => {
      const inner = Object.entries(labels).map(([label, worth]) => `${label}="${worth}"`);
      return [inner.length === 0 ? metric : `${metric}{${inner.join(',')}}`, value];
    }),
  );
}

/** Lets what is left come again, as the queue does. @returns what stays. */
async function drain(play: Play, left: readonly Message[]): Promise<readonly Message[]> {
  let open = left;
  for (let times = 0; times < 2 && open.length > 0; times += 1) {
    open = (await deliver(play, open, {})).left;
  }
  return open;
}

type Ending = {
  readonly shows: Readonly<Record<string, number | string>>;
  readonly left: readonly Message[];
  readonly world: Pick<World, 'gateway' | 'prometheus' | 'strictPrometheus'>;
};

async function judge(play: Play, { left, shows, world }: Ending): Promise<Seen> {
  const { id, lines, row } = play;
  const sent = [...(row.before ?? []), ...(row.sends ?? defaultSends)].flatMap((message) =>
    Array.isArray(message) ? (message as readonly Sent[]) : [],
  );
  const wrong: string[] = [];
  if (left.length !== (row.left ?? 0)) wrong.push(`${left.length} messages are left`);
  const receiver = row.to === 'strict-prometheus' ? world.strictPrometheus : world.prometheus;
  const stored = timed(row) ? await readTimes(receiver.url, id) : new Map<string, number[]>();
  const held = await readHeld(world.gateway.url, id);
  let lost = 0;
  if (timed(row)) {
    const unique = new Map(sent.map((one) => [`${one.of} ${takenAt(one)}`, one]));
    lost += [...unique.values()].filter(
      (one) => !stored.get(one.of)?.includes(takenAt(one)),
    ).length;
  }
  if (!timed(row) || row.to === 'both') {
    const targets = [...new Set(sent.map(({ of }) => of))];
    for (const target of targets) {
      const newest = Math.min(...sent.filter(({ of }) => of === target).map(agesOf));
      const want = row.ends?.[target] ?? newest;
      if (held.get(target) === undefined) lost += 1;
      else if (held.get(target) !== want)
        wrong.push(`${target} has ${held.get(target)}, want ${want}`);
    }
  }
  const words = lines.map((line) => JSON.stringify(line)).join('\n');
  return { shows: withAbsent(shows, row), words, lost, wrong };
}

/** Only what the row names, so that it can be compared. */
function withAbsent(shows: Ending['shows'], row: DeliverRow): Record<string, number | string> {
  return Object.fromEntries(Object.keys(row.shows).map((name) => [name, shows[name] ?? absent]));
}

async function readHeld(url: string, id: string): Promise<Map<string, number>> {
  const text = await (await fetch(`${url}/metrics`)).text();
  const found = findSeries(text, new Set(['probe_duration_seconds'])).filter(({ labels }) =>
    labels.instance?.startsWith(`${id}-`),
  );
  return new Map(
    found.map(({ labels, value }) => [(labels.instance ?? '').slice(id.length + 1), value]),
  );
}

/** Times of all stored points by target. */
async function readTimes(url: string, id: string): Promise<Map<string, number[]>> {
  const selector = `faults_value{instance=~"${id}-.*"}`;
  const points = await readPoints(url, { selector, label: 'instance' });
  return new Map([...points].map(([instance, times]) => [instance.slice(id.length + 1), times]));
}
