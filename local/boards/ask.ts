// Asks Prometheus what a board shows, as Grafana would with everything chosen: variables filled in, queries for now or
// over a range. An answer that Prometheus refuses is an error that names the panel.

import { messageOf } from '../../layers/core/src/errors.ts';
import type { Labels } from '../../layers/core/src/sample.ts';
import { type BoardFile, nameOfBoard, type Panel, sectionsOf, type Target } from './board-file.ts';
import { type BoardData, type BoardSeries, endOf, type Mark, type Range } from './data.ts';

/** Whom to ask, and about when. */
export type BoardQuestion = {
  /** Of Prometheus. */
  readonly url: string;
  readonly range: Range;
  /** The moment of what is asked for now, in seconds since 1970. */
  readonly now: number;
  /** Seconds between two scrapes. */
  readonly scrapeInterval: number;
  /** Ends the asking. */
  readonly signal: AbortSignal;
};

/** Queries that are asked at once. */
const atOnce = 8;

/** What `board` shows. @throws Error naming panel and expression where Prometheus refuses or does not answer. */
export async function askBoard(board: BoardFile, question: BoardQuestion): Promise<BoardData> {
  const fill = await filler(board, question);
  const answers: Record<string, readonly BoardSeries[]> = {};
  const queries = sectionsOf(board).flatMap(({ panels }) => panels.flatMap(queriesOf));
  await inTurns(queries, async ({ panel, target }) => {
    const where = `${nameOfBoard(board)}, ${panel.title}, query ${target.refId}`;
    answers[`${panel.id}${target.refId}`] = await askOne(
      { where, expr: fill(target.expr), instant: target.instant === true },
      question,
    );
  });
  const inOrder = queries.map(({ panel, target }) => `${panel.id}${target.refId}`);
  return {
    answers: Object.fromEntries(inOrder.map((key) => [key, answers[key] ?? []])),
    marks: await askMarks(board, question),
    alerts: await askAlerts(question),
  };
}

function queriesOf(panel: Panel): { readonly panel: Panel; readonly target: Target }[] {
  return (panel.targets ?? []).map((target) => ({ panel, target }));
}

async function inTurns<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  const left = [...items];
  const worker = async () => {
    for (let item = left.shift(); item !== undefined; item = left.shift()) await work(item);
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
}

/** Fills in Grafana's own variables and the board's, all values of which are chosen. */
async function filler(board: BoardFile, question: BoardQuestion) {
  const { range, scrapeInterval } = question;
  const { step } = range;
  const rate = Math.max(step + scrapeInterval, 4 * scrapeInterval);
  const values: Record<string, string> = {
    __rate_interval: `${rate}s`,
    __interval: `${step}s`,
    __range: `${range.step * range.count}s`,
  };
  const fill = (text: string) =>
    text.replaceAll(/\$\{?(\w+)\}?/g, (whole, name) => values[name] ?? whole);
  for (const { allValue, name, query, type } of board.templating.list) {
    if (type !== 'query') continue;
    values[name] = allValue ?? (await askChoices(fill(query), question)).map(escapeRegex).join('|');
  }
  return fill;
}

/** As Grafana does it: in a string of PromQL the backslash itself needs one. */
function escapeRegex(value: string): string {
  return value.replaceAll(/[\\^$*+?.()|[\]{}]/g, '\\\\$&');
}

async function askChoices(query: string, question: BoardQuestion): Promise<readonly string[]> {
  const [, selector = '', label = ''] = /^label_values\((.*), (\w+)\)$/.exec(query) ?? [];
  const { data } = await call(`label/${label}/values`, { 'match[]': selector }, question);
  return data as readonly string[];
}

type Asked = { readonly where: string; readonly expr: string; readonly instant: boolean };

async function askOne(
  { expr, instant, where }: Asked,
  question: BoardQuestion,
): Promise<readonly BoardSeries[]> {
  const { now, range } = question;
  const { from, step } = range;
  const parameters: Record<string, string> = instant
    ? { query: expr, time: String(now) }
    : { query: expr, start: String(from), end: String(endOf(range)), step: String(step) };
  try {
    const { data } = await call(instant ? 'query' : 'query_range', parameters, question);
    const { result } = data as { readonly result: readonly RawSeries[] };
    return result.map((series) => toSeries(series, range));
  } catch (cause) {
    throw new Error(`${where}: ${messageOf(cause)}`, { cause });
  }
}

type RawSeries = {
  readonly metric: Labels;
  readonly value?: readonly [number, string];
  readonly values?: readonly (readonly [number, string])[];
};

function toSeries({ metric, value, values }: RawSeries, { count, from, step }: Range): BoardSeries {
  if (value !== undefined) return { labels: metric, values: [toNumber(value[1])] };
  const points: (number | null)[] = Array.from({ length: count }, () => null);
  for (const [at, text] of values ?? []) points[Math.round((at - from) / step)] = toNumber(text);
  return { labels: metric, values: points };
}

/** Six digits are more than a picture shows; times and counts keep all of theirs. */
function toNumber(text: string): number | null {
  const value = Number(text);
  if (!Number.isFinite(value)) return null;
  return Number.isInteger(value) ? value : Number(value.toPrecision(6));
}

async function askMarks(board: BoardFile, question: BoardQuestion): Promise<Mark[]> {
  const { from } = question.range;
  const found = await Promise.all(
    board.annotations.list.map(async ({ expr, name }) => {
      const where = `${nameOfBoard(board)}, annotation ${name}`;
      const series = await askOne({ where, expr, instant: false }, question);
      const times = series.flatMap(({ values }) => values.filter((value) => value !== null));
      const seen = [...new Set(times)].filter((at) => at >= from * 1000).sort((a, b) => a - b);
      return seen.map((at) => ({ annotation: name, at }));
    }),
  );
  return found.flat();
}

async function askAlerts(question: BoardQuestion): Promise<Labels[]> {
  const asked = { where: 'alerts', expr: 'ALERTS', instant: true };
  return (await askOne(asked, question)).map(({ labels }) => labels);
}

async function call(
  path: string,
  parameters: Readonly<Record<string, string>>,
  { signal, url }: BoardQuestion,
): Promise<{ readonly data: unknown }> {
  const response = await fetch(`${url}/api/v1/${path}?${new URLSearchParams(parameters)}`, {
    signal,
  });
  const answer = (await response.json()) as {
    readonly status: string;
    readonly error?: string;
    readonly data: unknown;
  };
  if (answer.status !== 'success') throw new Error(answer.error ?? `status ${response.status}`);
  return answer;
}
