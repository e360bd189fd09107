// The event of each function. Every schema is closed: a key that is misspelt must not mean its opposite.
import * as v from 'valibot';
import type { EpochMs } from '../clock.ts';
import { closed } from '../config/mapping.ts';
import { maxShards, parseShard, type Shard } from '../config/shard.ts';
import type { Issue } from '../errors.ts';
import { checkEvent, readEvent, type Tick, tickEntries } from './read.ts';

/** What a probe function is asked for. */
export type ProbeEvent = Tick & {
  /** Names or `*` patterns of configured probes; empty with ad-hoc targets. */
  readonly probes: readonly string[];
  readonly adHoc?: { readonly targets: readonly string[]; readonly module: string | undefined };
  /** Of several schedules the one that this is; unset: the only one. */
  readonly shard?: Shard;
  /** Whether the answer holds every result with its phases and log. */
  readonly explain: boolean;
};

/** What the janitor is asked for. */
export type JanitorEvent = {
  /** Whether nothing may be deleted. */
  readonly dryRun: boolean;
};

/** A message as a queue hands it over. */
export type QueueRecord = {
  readonly messageId: string;
  readonly body: string;
  /** When the queue took it, by its own clock; unset where the event does not say so. */
  readonly sent?: EpochMs;
  /** How often it was handed over, this time included; unset where the event does not say so. */
  readonly receives?: number;
};

/** More than any one invocation could probe. */
const maxListLength = 1000;

/** Characters of a name, a pattern or an address. */
const maxTextLength = 8192;

const bounded = v.maxLength<string, number, (issue: { readonly input: string }) => string>(
  maxTextLength,
  ({ input }) => `text of at most ${maxTextLength} characters, not ${input.length}`,
);

/** At least one text, and not so many that nobody could have meant it. */
function textList(wanted: string) {
  const most = `${wanted} and at most ${maxListLength}`;
  return v.pipe(
    v.array(v.unknown(), `want a list of ${most}`),
    v.minLength(1, most),
    v.maxLength(maxListLength, ({ input }) => {
      return `${most}, not ${input.length}`;
    }),
    v.array(v.pipe(v.string('want text'), v.minLength(1, 'text'), bounded)),
  );
}

const flag = v.optional(v.boolean('want true or false'), false);

const wantedShard = `a shard such as 1/3, of at most ${maxShards}`;

/**
 * A shard of another number than the configuration's is taken: while a deployment changes the number, the schedules of before
 * call the functions of after.
 */
const shard = v.pipe(
  v.string(`want ${wantedShard}`),
  v.check((text) => parseShard(text) !== undefined, wantedShard),
  v.transform((text) => parseShard(text)),
);

const probeSchema = closed(
  {
    ...tickEntries,
    probes: v.optional(textList('at least one name or pattern')),
    targets: v.optional(textList('at least one address')),
    module: v.optional(v.pipe(v.string('want the name of a module'), bounded)),
    shard: v.optional(shard),
    explain: flag,
  },
  'a mapping such as {"probes": ["web"]}',
);

/**
 * The event of a probe function. Nothing (`undefined`, `null`, `{}`, an empty text) means: every probe, now.
 * The event of an EventBridge schedule means: every probe that is due at its time.
 * @throws ConfigError with every issue.
 */
export function parseProbeEvent(input: unknown): ProbeEvent {
  const read = readEvent(probeSchema, input, (event) => [
    ...findTimeFault(event),
    ...findChoiceFaults(event),
  ]);
  if ('tick' in read) return { ...read.tick, probes: ['*'], explain: false };
  const { explain, module, probes, shard: part, targets, ...tick } = read.own;
  return {
    ...toTick(tick),
    explain,
    ...(part !== undefined && { shard: part }),
    probes: probes ?? (targets === undefined ? ['*'] : []),
    ...(targets !== undefined && { adHoc: { targets, module } }),
  };
}

function findChoiceFaults({ module, probes, targets }: Readonly<Record<string, unknown>>): Issue[] {
  const issues: Issue[] = [];
  if (probes !== undefined && targets !== undefined) {
    issues.push({ path: 'targets', message: 'given beside probes, want one of them' });
  }
  if (module !== undefined && targets === undefined) {
    issues.push({ path: 'module', message: 'given without targets, want targets too' });
  }
  return issues;
}

/** What the bridge is asked for. */
export type BridgeEvent = Tick & {
  /** The part to read; unset: everything. */
  readonly shard?: Shard;
};

const bridgeSchema = closed(
  { ...tickEntries, shard: v.optional(shard) },
  'a mapping such as {"schedule": "1m"}',
);

/** The event of the bridge. @throws ConfigError with every issue. */
export function parseBridgeEvent(input: unknown): BridgeEvent {
  const read = readEvent(bridgeSchema, input, findTimeFault);
  if ('tick' in read) return read.tick;
  const { shard: part, ...tick } = read.own;
  return { ...toTick(tick), ...(part !== undefined && { shard: part }) };
}

/** By hand there is no tick whose time it could be. */
function findTimeFault({ schedule, time }: Readonly<Record<string, unknown>>): Issue[] {
  if (time === undefined || schedule !== undefined) return [];
  return [{ path: 'time', message: 'given without schedule, want schedule too' }];
}

function toTick(tick: { schedule?: number | undefined; time?: number | undefined }): Tick {
  return {
    ...(tick.schedule !== undefined && { schedule: tick.schedule }),
    ...(tick.time !== undefined && { time: tick.time }),
  };
}

const janitorSchema = closed(
  { dryRun: v.optional(v.boolean('want true or false'), true) },
  'a mapping such as {"dryRun": true}',
);

/**
 * The event of the janitor: on its schedule it deletes, by hand only with `{"dryRun": false}`.
 * @throws ConfigError with every issue: an order that is not understood deletes nothing.
 */
export function parseJanitorEvent(input: unknown): JanitorEvent {
  const read = readEvent(janitorSchema, input);
  return 'tick' in read ? { dryRun: false } : read.own;
}

/** Only these keys of a record are checked: AWS adds keys to it, and a new one must not cost a result. */
const record = v.object({
  messageId: v.pipe(v.string('want text'), v.minLength(1, 'text')),
  body: v.string('want text'),
  attributes: v.optional(v.unknown()),
});

const queueSchema = closed(
  { Records: v.array(record, 'want a list of messages') },
  'the event of an SQS queue: Records, each with messageId and body',
);

type Attributes = { readonly ApproximateReceiveCount?: unknown; readonly SentTimestamp?: unknown };

/** The messages in the event of a queue, in its order. @throws ConfigError with every issue. */
export function parseQueueEvent(input: unknown): readonly QueueRecord[] {
  return checkEvent(queueSchema, input).Records.map(({ attributes, body, messageId }) => {
    // Nobody's result is lost for want of it, so what is no time is as good as none.
    const { ApproximateReceiveCount, SentTimestamp } = (attributes ?? {}) as Attributes;
    const [receives, sent] = [toNumber(ApproximateReceiveCount), toNumber(SentTimestamp)];
    return { messageId, body, ...(sent > 0 && { sent }), ...(receives > 0 && { receives }) };
  });
}

/** A whole number up to the last time that there is a date for; 0 for anything else. */
function toNumber(value: unknown): number {
  const isNumeric = typeof value === 'number' || typeof value === 'string';
  const number = isNumeric ? Number(value) : 0;
  return Number.isInteger(number) && number <= 8.64e15 ? number : 0;
}
