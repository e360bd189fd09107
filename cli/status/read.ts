// All answers of a Prometheus that a status is made of. Where results are older than the five minutes that Prometheus looks back,
// as those of an hourly probe by remote write, they are looked for in the last day.
import { expressions, missingRows, type StatusAnswers } from './judge.ts';
import { identityOf } from './match.ts';
import type { Prometheus } from './prometheus.ts';
import { type QueryAnswer, query } from './query.ts';

/** Answers, and what the server says of their being whole. */
export type StatusReading = {
  readonly answers: StatusAnswers;
  readonly warnings: readonly string[];
};

/** Names whose older values count. */
const lasting = ['taken', 'success', 'interval', 'info'] as const;

/** Asks for all. @throws UsageError, ConfigError as `query`. */
export async function readAnswers(prometheus: Prometheus): Promise<StatusReading> {
  const entries = await askAll(prometheus, expressions);
  const warnings = entries.flatMap(([, { warnings }]) => warnings);
  const answers = Object.fromEntries(
    entries.map(([name, { rows }]) => [name, rows]),
  ) as unknown as StatusAnswers;
  const missing = new Set(missingRows(answers).map(identityOf));
  if (missing.size === 0) return { answers, warnings: [...new Set(warnings)] };
  const wanted = Object.fromEntries(
    lasting.map((name) => [name, `last_over_time(${expressions[name]}[1d])`]),
  );
  const earlier = await askAll(prometheus, wanted);
  const added = earlier.map(([name, { rows }]) => [
    name,
    [
      ...answers[name as keyof StatusAnswers],
      ...rows.filter((row) => missing.has(identityOf(row))),
    ],
  ]);
  return {
    answers: { ...answers, ...(Object.fromEntries(added) as Partial<StatusAnswers>) },
    warnings: [...new Set([...warnings, ...earlier.flatMap(([, one]) => one.warnings)])],
  };
}

function askAll(
  prometheus: Prometheus,
  wanted: Readonly<Record<string, string>>,
): Promise<(readonly [string, QueryAnswer])[]> {
  return Promise.all(
    Object.entries(wanted).map(
      async ([name, expression]) => [name, await query(prometheus, expression)] as const,
    ),
  );
}
