// `fargaze status`: the states of all targets, and the alerts that fire.
import { systemClock } from '../../layers/core/src/clock.ts';
import { formatDuration } from '../../layers/core/src/config/duration.ts';
import { readEnv } from '../../layers/core/src/env.ts';
import { redactUrl } from '../../layers/core/src/redact.ts';
import type { Style } from '../../local/terminal/line.ts';
import { neutralize } from '../../local/terminal/text.ts';
import { type Call, textOf, UsageError } from '../command/command.ts';
import { type Answers, expressions, judge, type Status, type TargetState } from './judge.ts';
import { query } from './query.ts';

/** Asks and prints. */
export async function run({ io, values }: Call): Promise<number> {
  const url = textOf(values, 'url') ?? readEnv('FARGAZE_QUERY_URL') ?? 'http://localhost:9090';
  const prometheus = { url, bearer: textOf(values, 'bearer') };
  const entries = Object.entries(expressions).map(
    async ([name, expression]) => [name, await query(prometheus, expression)] as const,
  );
  const answers = Object.fromEntries(await Promise.all(entries)) as unknown as Answers;
  const status = judge(answers, systemClock.now() / 1000);
  if (status.targets.length === 0) {
    throw new UsageError(
      `${redactUrl(url)} knows nothing of fargaze`,
      'want the Prometheus that scrapes its Pushgateway or takes its remote write',
    );
  }
  if (values.json === true)
    io.out(JSON.stringify({ ...status, counts: countsOf(status) }, null, 2));
  else for (const line of render(status, io.paint)) io.out(line);
  const well = status.targets.every(({ state }) => state === 'up') && status.alerts.length === 0;
  return well ? 0 : 1;
}

const styles: Readonly<Record<TargetState['state'], Style>> = {
  up: 'good',
  down: 'bad',
  silent: 'warn',
  unknown: 'warn',
};

function render(status: Status, paint: Call['io']['paint']): string[] {
  const { alerts, targets } = status;
  const width = Math.min(50, Math.max(...targets.map((one) => labelOf(one).length)));
  const lines = targets.map((one) => {
    const age =
      one.age === undefined
        ? 'never seen'
        : `${formatDuration(Math.max(0, Math.round(one.age)))} ago`;
    const cause = one.cause === undefined ? '' : `  ${neutralize(one.cause)}`;
    return `${paint(one.state.padEnd(7), styles[one.state])}  ${labelOf(one).padEnd(width)}  ${age}${cause}`;
  });
  const counts = countsOf(status);
  return [
    ...lines,
    '',
    ...alerts.map(({ about, name, severity }) =>
      `${paint('firing', 'bad')}   ${neutralize(`${name}  ${severity}  ${about}`)}`.trimEnd(),
    ),
    Object.entries(counts)
      .map(([state, count]) => `${count} ${state}`)
      .join(', '),
  ];
}

function labelOf({ probe, target }: TargetState): string {
  return neutralize(probe === undefined || probe === target ? target : `${probe} ${target}`);
}

function countsOf({ alerts, targets }: Status): Readonly<Record<string, number>> {
  const count = (wanted: string) => targets.filter(({ state }) => state === wanted).length;
  return {
    up: count('up'),
    down: count('down'),
    silent: count('silent'),
    unknown: count('unknown'),
    firing: alerts.length,
  };
}
