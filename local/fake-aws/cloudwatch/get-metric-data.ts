// GetMetricData: up to 500 queries, points in pages of MaxDatapoints. A result that goes on with the next token
// has the status PartialData. Tokens carry the instant of the first page, so that pages fit together.
import type { EpochSeconds } from '../../../layers/core/src/clock.ts';
import type { Context } from '../call/context.ts';
import { decodeToken, encodeToken } from '../call/paging.ts';
import { AwsError, validationError } from '../wire/errors.ts';
import { readText } from '../wire/input.ts';
import { Timestamp } from '../wire/timestamp.ts';
import { evaluateQueries, type Points } from './evaluate.ts';
import { countBilled, type Query, readMaxPoints, readQueries } from './queries.ts';

/** Where an answer goes on. */
type Position = {
  /** The instant whose data the pages show. */
  readonly now: EpochSeconds;
  /** The first page of a partial answer holds half of each result, the others the rest. */
  readonly half: 'none' | 'first' | 'second';
  /** Points of the answer given out before. */
  readonly given: number;
};

type Result = {
  readonly query: Query;
  readonly points: Points;
  /** Why points are missing even after this page. */
  readonly status: 'Complete' | 'PartialData' | 'InternalError';
};

/** GetMetricData. @throws AwsError ValidationError, InvalidNextToken */
export function getMetricData(context: Context): object {
  const queries = readQueries(context);
  const position = readPosition(context);
  const view = { ...context.view, now: position.now };
  const points = evaluateQueries({ ...context, view }, queries);
  const newestFirst = scansNewestFirst(context);
  const results = queries
    .filter((query) => query.returned)
    .map((query): Result => {
      const found = points.get(query.id) ?? [];
      return { query, points: newestFirst ? found.toReversed() : found, status: 'Complete' };
    });
  const page = cutPage(bend(context, results, position), readMaxPoints(context), position);
  context.note({
    queries: queries.length,
    billed: countBilled(queries, context.region.account.id),
    points: page.results.reduce((total, result) => total + result.points.length, 0),
  });
  return {
    MetricDataResults: page.results.map(describe),
    NextToken: page.next === undefined ? undefined : encodeToken(JSON.stringify(page.next)),
    Messages: [],
  };
}

function scansNewestFirst({ call }: Context): boolean {
  const scanBy = readText(call.input, 'ScanBy') ?? 'TimestampDescending';
  if (scanBy !== 'TimestampDescending' && scanBy !== 'TimestampAscending') {
    throw validationError(`ScanBy is ${scanBy}, want TimestampDescending or TimestampAscending.`);
  }
  return scanBy === 'TimestampDescending';
}

function readPosition({ call, view, directives }: Context): Position {
  const token = readText(call.input, 'NextToken');
  if (token === undefined) {
    const half = directives.partial === 'continued' ? 'first' : 'none';
    return { now: view.now, half, given: 0 };
  }
  try {
    const { now, half, given } = JSON.parse(decodeToken(token)) as Position;
    if (typeof now === 'number' && typeof half === 'string' && typeof given === 'number') {
      return { now, half, given };
    }
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  throw new AwsError({ code: 'InvalidNextToken' }, 'Invalid nextToken');
}

/** Applies the faults on demand that take points away. */
function bend(
  { directives }: Context,
  results: readonly Result[],
  position: Position,
): readonly Result[] {
  return results.map((result, index) => {
    if (index < (directives.failingQueries ?? 0)) {
      return { ...result, points: [], status: 'InternalError' };
    }
    const middle = Math.floor(result.points.length / 2);
    const firstHalf = result.points.slice(0, middle);
    if (directives.partial === 'final')
      return { ...result, points: firstHalf, status: 'PartialData' };
    if (position.half === 'first') return { ...result, points: firstHalf, status: 'PartialData' };
    if (position.half === 'second') return { ...result, points: result.points.slice(middle) };
    return result;
  });
}

type DataPage = { readonly results: readonly Result[]; readonly next: Position | undefined };

function cutPage(results: readonly Result[], size: number, position: Position): DataPage {
  const page: Result[] = [];
  const { now, half } = position;
  let before = 0;
  let room = size;
  for (const result of results) {
    const skipped = Math.max(0, position.given - before);
    before += result.points.length;
    // Given out completely by an earlier page; a result without points belongs to the page where its turn comes.
    if (skipped > 0 && skipped >= result.points.length) continue;
    if (position.given > 0 && result.points.length === 0 && before <= position.given) continue;
    const rest = result.points.slice(skipped);
    if (rest.length > room) {
      if (room > 0) page.push({ ...result, points: rest.slice(0, room), status: 'PartialData' });
      return { results: page, next: { now, half, given: position.given + size } };
    }
    page.push({ ...result, points: rest });
    room -= rest.length;
  }
  return { results: page, next: half === 'first' ? { now, half: 'second', given: 0 } : undefined };
}

function describe({ query, points, status }: Result): object {
  return {
    Id: query.id,
    Label: query.label,
    Timestamps: points.map(({ at }) => new Timestamp(at)),
    Values: points.map(({ value }) => value),
    StatusCode: status,
    Messages:
      status === 'InternalError'
        ? [{ Code: 'InternalError', Value: 'The service could not compute this query.' }]
        : undefined,
  };
}
