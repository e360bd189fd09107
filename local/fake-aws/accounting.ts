// Counts what clients ask for and what AWS would bill for it. The log is bounded; the counts are not.
import type { Call, Facts } from './call/context.ts';
import type { Input } from './wire/input.ts';

const keptCalls = 20_000;
const keptInputs = 200;

/** One call as it was answered. */
export type CallRecord = {
  readonly service: string;
  readonly api: string;
  readonly account: string;
  readonly region: string;
  /** HTTP status; 0 for a connection that was broken on purpose. */
  readonly status: number;
  readonly error: string | undefined;
  readonly queries: number;
  /** Metrics billed: each metric of a GetMetricData request once per five statistics. Refused calls cost nothing. */
  readonly billed: number;
  readonly points: number;
  /** Simulated time. */
  readonly at: number;
  /** What was asked; only of the latest calls. */
  input: Input | undefined;
};

/** Sums over the calls of an API. */
export type ApiTotals = {
  readonly calls: number;
  readonly errors: number;
  readonly queries: number;
  readonly billed: number;
  readonly points: number;
  /** Most calls in any one second. */
  readonly peakPerSecond: number;
};

/** The accounting. */
export type Accounting = {
  /** Counts a call when it comes, at a second of a monotonic clock. */
  arrive(call: Call, second: number): void;
  /** Writes a call down when it has been answered. */
  record(call: Call, answer: CallAnswer): void;
  calls(): readonly CallRecord[];
  totals(): Readonly<Record<string, ApiTotals>>;
  reset(): void;
};

/** How a call was answered. */
export type CallAnswer = {
  readonly status: number;
  readonly error?: string | undefined;
  readonly facts: Facts;
  readonly at: number;
};

type Running = { -readonly [Key in keyof ApiTotals]: number } & { recent: number[] };

/** An empty accounting. */
export function createAccounting(): Accounting {
  let log: CallRecord[] = [];
  const byApi = new Map<string, Running>();
  const totalsOf = (api: string): Running => {
    const totals = byApi.get(api) ?? newTotals();
    byApi.set(api, totals);
    return totals;
  };
  return {
    arrive: ({ api }, second) => countArrival(totalsOf(api), second),
    record: (call, answer) => {
      const { service, api, account, region, input } = call;
      const { queries = 0, billed = 0, points = 0 } = answer.facts;
      const { status, error, at } = answer;
      log.push({
        service,
        api,
        account,
        region,
        status,
        error,
        queries,
        billed,
        points,
        at,
        input,
      });
      const oldest = log.at(-1 - keptInputs);
      if (oldest !== undefined) oldest.input = undefined;
      if (log.length > keptCalls * 1.1) log = log.slice(-keptCalls);
      add(totalsOf(api), answer);
    },
    calls: () => log,
    totals: () =>
      Object.fromEntries(
        [...byApi].map(([api, { recent: _recent, ...totals }]) => [api, totals] as const),
      ),
    reset: () => {
      log = [];
      byApi.clear();
    },
  };
}

function countArrival(totals: Running, second: number): void {
  totals.calls += 1;
  totals.recent.push(second);
  while ((totals.recent[0] ?? second) <= second - 1) totals.recent.shift();
  totals.peakPerSecond = Math.max(totals.peakPerSecond, totals.recent.length);
}

function add(totals: Running, { status, facts }: CallAnswer): void {
  totals.errors += status === 200 ? 0 : 1;
  totals.queries += facts.queries ?? 0;
  totals.billed += facts.billed ?? 0;
  totals.points += facts.points ?? 0;
}

function newTotals(): Running {
  return { calls: 0, errors: 0, queries: 0, billed: 0, points: 0, peakPerSecond: 0, recent: [] };
}
