// `fargaze status`: the states of all targets, what delivers their results, and the alerts.

import { readEnv } from '../../layers/core/src/env.ts';
import { called } from '../command/called.ts';
import { type Call, textOf, UsageError } from '../command/command.ts';
import { judge, type Status } from './judge.ts';
import { type NamedAddress, prometheusAt } from './prometheus.ts';
import { readAnswers } from './read.ts';
import { countsOf, render } from './render.ts';

/** Asks and prints. */
export async function run({ io, values }: Call): Promise<number> {
  const prometheus = prometheusAt(namedBy(textOf(values, 'url')), textOf(values, 'bearer'));
  const { answers, warnings } = await readAnswers(prometheus);
  const status = judge(answers);
  for (const warning of warnings) io.note(`${prometheus.shown} warns: ${warning}`);
  if (isEmpty(status)) {
    throw new UsageError(
      `${prometheus.shown} knows nothing of fargaze`,
      'want the Prometheus that scrapes its Pushgateway, with honor_labels: true, or takes its remote write; the first results come a minute after a deployment',
    );
  }
  if (values.json === true)
    io.out(JSON.stringify({ ...status, counts: countsOf(status) }, null, 2));
  else for (const line of render(status, io)) io.out(line);
  if (!status.complete) {
    io.note(
      `the rules of fargaze are not loaded there, so what was never seen is not listed, and no alert: ${called()} export writes them`,
    );
  }
  return isWell(status) ? 0 : 1;
}

function namedBy(option: string | undefined): NamedAddress {
  if (option !== undefined) return { from: '--url', text: option };
  const variable = readEnv('FARGAZE_QUERY_URL');
  if (variable !== undefined) return { from: 'FARGAZE_QUERY_URL', text: variable };
  return { from: '--url', text: 'http://localhost:9090' };
}

function isEmpty({ alerts, functions, targets }: Status): boolean {
  return targets.length + functions.length + alerts.length === 0;
}

function isWell({ alerts, functions, targets }: Status): boolean {
  return (
    targets.every(({ state }) => state === 'up' || state === 'removed') &&
    functions.every(({ state }) => state === 'running') &&
    alerts.every(({ state }) => state === 'pending')
  );
}
