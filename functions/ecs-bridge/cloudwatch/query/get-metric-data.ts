// Carries out one request: every page, and partial results again. Returns the data that arrived and the ids whose data did
// not. API failures are returned, not thrown.
import { type Point, SourceError } from '@fargaze/core/internal';
import { addTo } from '../../aws/call-tally.ts';
import type { MetricDataPage, MetricDataResult } from '../../aws/sdk-types.ts';
import type { Pass } from '../pass/pass.ts';
import type { AnsweredSeries } from './answer.ts';
import { type DataRequest, narrowRequest } from './data-request.ts';
import { requestLimits } from './plan.ts';

/** Everything that came of a request. */
export type MetricData = {
  readonly answers: readonly AnsweredSeries[];
  /** Ids whose points are not all there. */
  readonly missing: ReadonlySet<string>;
  /** Why something is missing; also in the tally of the pass. */
  readonly fault: SourceError | undefined;
};

/** How often a partial result is requested again. */
const repeats = 2;

/** Reads the data of a request. */
export async function getMetricData(request: DataRequest, pass: Pass): Promise<MetricData> {
  const reading = new DataReading(pass);
  await reading.readPages(request);
  if (isInvalid(reading.fault) && canSplit(request)) return readHalves(request, pass);
  const first = new Map(reading.status);
  for (let round = 0; round < repeats && reading.fault === undefined; round++) {
    const again = request.queries.filter(({ query }) => isPartial(reading.status.get(query.Id)));
    if (again.length === 0) break;
    await reading.readPages(narrowRequest(request, again));
  }
  countPartial(first, reading, pass);
  const missing = request.queries
    .map(({ query }) => query.Id)
    .filter((id) => reading.status.get(id) !== 'Complete');
  const fault = reading.fault ?? missingFault(missing, reading);
  if (fault !== undefined) pass.tally.faults.push(fault);
  return { answers: [...reading.answers.values()], missing: new Set(missing), fault };
}

/** Two requests in the place of one that was refused for one of its queries, which then costs no other its data. */
async function readHalves(request: DataRequest, pass: Pass): Promise<MetricData> {
  const middle = request.queries.length >> 1;
  const halves = [request.queries.slice(0, middle), request.queries.slice(middle)];
  const read: MetricData[] = [];
  for (const half of halves) read.push(await getMetricData(narrowRequest(request, half), pass));
  return {
    answers: read.flatMap(({ answers }) => answers),
    missing: new Set(read.flatMap(({ missing }) => [...missing])),
    fault: read.find(({ fault }) => fault !== undefined)?.fault,
  };
}

function isInvalid(fault: SourceError | undefined): boolean {
  return /Validation|InvalidParameter/.test((fault?.cause as Error | undefined)?.name ?? '');
}

/** Queries of an expression need each other. */
function canSplit({ queries }: DataRequest): boolean {
  return queries.length > 1 && queries.every(({ query }) => query.Expression === undefined);
}

/** The data of one request while its pages are read. */
class DataReading {
  readonly answers = new Map<string, AnsweredSeries>();
  /** CloudWatch's status by id; `unread` where a page could not be read. */
  readonly status = new Map<string, string>();
  fault: SourceError | undefined;
  readonly #pass: Pass;

  constructor(pass: Pass) {
    this.#pass = pass;
  }

  async readPages(request: DataRequest): Promise<void> {
    let token: string | undefined;
    try {
      do {
        const page = await this.#readPage(request, token);
        this.#take(page, request);
        token = page.NextToken;
      } while (token !== undefined && token !== '');
      // A query that no page names has no data.
      for (const { query } of request.queries) {
        if (!this.status.has(query.Id)) this.status.set(query.Id, 'Complete');
      }
    } catch (error) {
      if (!(error instanceof SourceError)) throw error;
      this.fault = error;
      // A result that an earlier page completed is read; the pages that are missing may hold points of any other.
      for (const { query } of request.queries) {
        if (this.status.get(query.Id) === 'Complete' && token !== undefined) continue;
        this.status.set(query.Id, 'unread');
      }
    }
  }

  #readPage(request: DataRequest, token: string | undefined): Promise<MetricDataPage> {
    const { end, points, queries, scope, start } = request;
    const input = {
      MetricDataQueries: queries.map(({ query }) => query),
      StartTime: start,
      EndTime: end,
      MaxDatapoints: requestLimits.points,
      ScanBy: 'TimestampAscending' as const,
      ...(token !== undefined && { NextToken: token }),
    };
    const call = {
      api: 'GetMetricData',
      points: token === undefined ? points : 0,
      make: () => scope.cloudwatch.getMetricData(input),
    };
    return scope.dataLimiter.run(call, this.#pass.readDeadline);
  }

  #take(page: MetricDataPage, { billed, queries }: DataRequest): void {
    const { MetricDataResults = [] } = page;
    const { tally } = this.#pass;
    tally.notes.push(...messagesIn(page));
    for (const [namespace, metrics] of billed) addTo(tally.billed, namespace, metrics);
    const namespaces = new Map(queries.map(({ namespace, query }) => [query.Id, namespace]));
    for (const result of MetricDataResults) {
      this.#add(result);
      const namespace = namespaces.get(result.Id ?? '') ?? '';
      addTo(tally.points, namespace, result.Timestamps?.length ?? 0);
    }
  }

  /** Adds a result to the points of earlier pages. */
  #add({ Id = '', Label = '', StatusCode, Timestamps = [], Values = [] }: MetricDataResult): void {
    const key = `${Id} ${Label}`;
    const answer = this.answers.get(key) ?? { id: Id, label: Label, points: [] };
    this.answers.set(key, answer);
    let last = answer.points.at(-1)?.at ?? Number.NEGATIVE_INFINITY;
    let ordered = true;
    // By index: entries() makes a list for each of some hundred thousand points.
    for (let index = 0; index < Timestamps.length; index++) {
      const at = Math.round((Timestamps[index] ?? Number.NaN) * 1000);
      answer.points.push({ at, value: Number(Values[index]) });
      ordered &&= at > last;
      last = at;
    }
    if (!ordered) putInOrder(answer.points);
    this.status.set(Id, StatusCode ?? 'Complete');
  }
}

/** What CloudWatch says of its answer, as of a search that finds too much; why a result has no data is in its status. */
function messagesIn({ MetricDataResults = [], Messages = [] }: MetricDataPage): string[] {
  const ofResults = MetricDataResults.flatMap(({ Messages: own = [], StatusCode }) =>
    own.filter(({ Code }) => Code !== StatusCode),
  );
  const all = [...Messages, ...ofResults];
  return all.map(({ Code = '', Value = '' }) => `GetMetricData: ${Code}: ${Value}`.slice(0, 512));
}

function isPartial(status: string | undefined): boolean {
  return status === 'PartialData' || status === 'InternalError';
}

/** The fault when every call succeeded but some results are not complete. */
function missingFault(
  missing: readonly string[],
  { status }: DataReading,
): SourceError | undefined {
  if (missing.length === 0) return undefined;
  const codes = new Set(missing.map((id) => status.get(id) ?? ''));
  const why = codes.has('Forbidden')
    ? 'Forbidden: a linked account does not share its metrics'
    : `results stayed ${[...codes].sort().join(', ')} after ${repeats} repeats`;
  return new SourceError(`GetMetricData: ${why}`, {
    operation: 'GetMetricData',
    retryable: !codes.has('Forbidden'),
  });
}

/** Sorts by time; of two points of one time the later one in the answer counts. */
function putInOrder(points: Point[]): void {
  const byTime = new Map(points.map((point) => [point.at, point]));
  points.splice(0, points.length, ...byTime.values());
  points.sort((a, b) => a.at - b.at);
}

/** A result that later pages completed was not partial: CloudWatch marks results that continue in the same way. */
function countPartial(
  first: ReadonlyMap<string, string>,
  { status }: DataReading,
  { tally }: Pass,
): void {
  for (const [id, code] of first) {
    if (!isPartial(code)) continue;
    const outcome = status.get(id) === 'Complete' ? 'recovered' : 'missing';
    addTo(tally.partial, `${code} ${outcome}`);
  }
}
