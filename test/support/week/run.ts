// Runs the week through promtool with every rule as it is shipped, and asks what paged.
// promtool prints what it got where that is not what was expected, so nothing is what is expected.
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { renderRules } from '../../../infra/config/prometheus/render.ts';
import { runCommand } from '../../../local/programs/command.ts';
import type { Program } from '../../../local/programs/find.ts';
import { config, expected, fleet, minutes } from './fleet.ts';
import type { Trouble } from './incidents.ts';
import { writeTrack } from './track.ts';

const shipped = 'infra/config/prometheus/rules';

/** A sample of an answer. */
export type Got = { readonly labels: Readonly<Record<string, string>>; readonly value: number };

/** What is asked, and when, in minutes of the week. */
export type Question = { readonly expr: string; readonly minute: number };

/** The answers to `questions` at the end of the week with `trouble`, in their order. */
export async function runWeek(
  promtool: Program,
  trouble: Trouble,
  questions: readonly Question[],
): Promise<Got[][]> {
  const directory = mkdtempSync(join(tmpdir(), 'fargaze-week-'));
  try {
    const rendered = Object.entries(renderRules({ config, expected })).map(([path, text]) => {
      const file = join(directory, path.replaceAll('/', '-'));
      writeFileSync(file, text);
      return file;
    });
    const files = readdirSync(shipped, { recursive: true, encoding: 'utf8' })
      .filter((path) => path.endsWith('.yml'))
      .map((path) => resolve(shipped, path));
    const test = {
      rule_files: [...files, ...rendered],
      evaluation_interval: '1m',
      group_eval_order: order,
      tests: [
        {
          interval: '1m',
          input_series: fleet(trouble).map(({ series, track }) => ({
            series,
            values: writeTrack(track, minutes),
          })),
          promql_expr_test: questions.map(({ expr, minute }) => ({
            expr,
            eval_time: `${minute}m`,
            exp_samples: [{ labels: 'nothing', value: 0 }],
          })),
        },
      ],
    };
    const file = join(directory, 'week.json');
    writeFileSync(file, JSON.stringify(test));
    const { output } = await runCommand(promtool.path, ['test', 'rules', file], {
      env: promtool.env,
      timeoutMs: 300_000,
    });
    return readAnswers(output, questions);
  } finally {
    if (process.env.KEEP === undefined) rmSync(directory, { recursive: true });
  }
}

/** Recording before what reads it, as it settles in a running Prometheus too. */
const order = [
  ...['fargaze-expected', 'fargaze-freshness', 'fargaze-results', 'fargaze-vantages'],
  ...['fargaze-bridge-freshness', 'fargaze-redis', 'fargaze-web', 'fargaze-config'],
  ...['fargaze-slo', 'fargaze-slo-long', 'fargaze-config-budget', 'fargaze-causes'],
  ...['fargaze-slo-burning', 'fargaze-probe-conditions'],
];

function readAnswers(output: string, questions: readonly Question[]): Got[][] {
  const parts = output.split(/^ +expr: /m).slice(1);
  if (parts.length !== questions.length) throw new Error(`promtool said:\n${output}`);
  return parts.map((part) => {
    const [, got = ''] = /^ +got: ?(.*)$/m.exec(part) ?? [];
    return readSamples(got);
  });
}

function readSamples(text: string): Got[] {
  return [...text.matchAll(/\{((?:[^{}"]|"(?:[^"\\]|\\.)*")*)\} ([-+\d.E]+)/g)].map(
    ([, labels = '', value]) => ({
      labels: Object.fromEntries(
        [...labels.matchAll(/(\w+)="((?:[^"\\]|\\.)*)"/g)].map(([, name, text]) => [name, text]),
      ),
      value: Number(value),
    }),
  );
}
