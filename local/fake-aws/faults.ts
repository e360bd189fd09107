// Faults on demand: which call goes wrong, how, and how often. Pure bookkeeping; the server carries them out.
import type { Call, Directives } from './call/context.ts';

const kinds = [
  'throttle',
  'access-denied',
  'internal-error',
  'http-500',
  'reset',
  'slow',
  'page-size',
  'partial-data',
  'partial-data-final',
  'failing-queries',
  'rate-limit',
] as const;

/** What goes wrong. */
export type FaultKind = (typeof kinds)[number];

/** A fault on demand. */
export type FaultSpec = {
  /** Name of the API, or `*` for all. */
  readonly api: string;
  /**
   * `throttle`, `access-denied`, `internal-error`: the service's own error. `http-500`: a status 500 that is no AWS answer.
   * `reset`: the connection breaks. `slow`: the answer comes `afterMs` later. `page-size`: pages of at most `size`.
   * `partial-data`: GetMetricData gives half of the points and a token for the rest; `partial-data-final` gives no token.
   * `failing-queries`: the first `size` queries (1) have the status InternalError.
   * `rate-limit`: throttled beyond `size` calls in any second.
   */
  readonly kind: FaultKind;
  /** How many calls it hits; all until it is removed when left out. */
  readonly times?: number;
  /** How many calls it lets pass first. */
  readonly skip?: number;
  /** Milliseconds until the answer or the break. */
  readonly afterMs?: number;
  /** What `kind` says. */
  readonly size?: number;
  /** Only calls of this account. */
  readonly account?: string;
  /** Only calls to this region. */
  readonly region?: string;
};

/** A fault that is in place. */
export type Fault = FaultSpec & {
  readonly id: number;
  /** How many calls it has hit. */
  readonly hits: number;
};

/** What the server does with one call. */
export type Treatment = {
  readonly delayMs: number;
  readonly end: FaultKind | undefined;
  readonly directives: Directives;
};

/** The faults in place. */
export type Faults = {
  /** @throws RangeError for an unknown kind or a number out of range. */
  add(spec: FaultSpec): number;
  remove(id: number): void;
  clear(): void;
  list(): readonly Fault[];
  /** What happens to a call that arrives at `second` of a monotonic clock. */
  treat(call: Call, second: number): Treatment;
};

type Entry = {
  readonly spec: FaultSpec;
  readonly id: number;
  seen: number;
  hits: number;
  recent: number[];
};

/** No faults. */
export function createFaults(): Faults {
  const entries = new Map<number, Entry>();
  let lastId = 0;
  return {
    add: (spec) => {
      check(spec);
      lastId += 1;
      entries.set(lastId, { spec, id: lastId, seen: 0, hits: 0, recent: [] });
      return lastId;
    },
    remove: (id) => {
      entries.delete(id);
    },
    clear: () => entries.clear(),
    list: () => [...entries.values()].map(({ spec, id, hits }) => ({ ...spec, id, hits })),
    treat: (call, second) => {
      let treatment: Treatment = { delayMs: 0, end: undefined, directives: {} };
      for (const entry of entries.values()) {
        // The first that ends the call is the only one; those after it have not seen the call.
        if (treatment.end !== undefined) break;
        if (strikes(entry, call, second)) treatment = apply(treatment, entry.spec);
      }
      return treatment;
    },
  };
}

function check(spec: FaultSpec): void {
  if (!kinds.includes(spec.kind)) {
    throw new RangeError(`fault kind ${spec.kind}, want one of ${kinds.join(', ')}`);
  }
  if (typeof spec.api !== 'string') throw new RangeError(`fault api ${spec.api}, want a name or *`);
  for (const key of ['times', 'skip', 'afterMs', 'size'] as const) {
    const value = spec[key];
    if (value !== undefined && !(Number.isFinite(value) && value >= 0)) {
      throw new RangeError(`fault ${key} ${value}, want a number of at least 0`);
    }
  }
  const needsSize = spec.kind === 'page-size' || spec.kind === 'rate-limit';
  if (needsSize && !(spec.size !== undefined && spec.size >= 1)) {
    throw new RangeError(`fault ${spec.kind} with size ${spec.size}, want at least 1`);
  }
}

function strikes(entry: Entry, call: Call, second: number): boolean {
  const { spec } = entry;
  if (spec.api !== '*' && spec.api !== call.api) return false;
  if (spec.account !== undefined && spec.account !== call.account) return false;
  if (spec.region !== undefined && spec.region !== call.region) return false;
  entry.seen += 1;
  if (entry.seen <= (spec.skip ?? 0)) return false;
  if (entry.hits >= (spec.times ?? Number.POSITIVE_INFINITY)) return false;
  if (spec.kind === 'rate-limit' && !exceedsRate(entry, second)) return false;
  entry.hits += 1;
  return true;
}

/** Only calls that were let through count against the rate. */
function exceedsRate(entry: Entry, second: number): boolean {
  entry.recent = entry.recent.filter((time) => time > second - 1);
  if (entry.recent.length >= (entry.spec.size ?? 0)) return true;
  entry.recent.push(second);
  return false;
}

function apply(before: Treatment, spec: FaultSpec): Treatment {
  const delayMs = before.delayMs + (spec.afterMs ?? 0);
  const { directives } = before;
  switch (spec.kind) {
    case 'slow':
      return { ...before, delayMs };
    case 'page-size':
      return { ...before, delayMs, directives: { ...directives, ...sized('pageSize', spec) } };
    case 'partial-data':
      return { ...before, delayMs, directives: { ...directives, partial: 'continued' } };
    case 'partial-data-final':
      return { ...before, delayMs, directives: { ...directives, partial: 'final' } };
    case 'failing-queries':
      return { ...before, delayMs, directives: { ...directives, failingQueries: spec.size ?? 1 } };
    case 'throttle':
    case 'rate-limit':
    case 'access-denied':
    case 'internal-error':
    case 'http-500':
    case 'reset':
      return { ...before, delayMs, end: spec.kind };
  }
}

function sized(key: 'pageSize', { size }: FaultSpec): Directives {
  return size === undefined ? {} : { [key]: size };
}
