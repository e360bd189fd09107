// `fargaze check`: mistakes and findings, or the plan.

import { readEnv } from '../../layers/core/src/env.ts';
import { ConfigError } from '../../layers/core/src/errors.ts';
import { called } from '../command/called.ts';
import { type Call, UsageError, type Values } from '../command/command.ts';
import { configPath, readConfiguration } from '../command/configuration.ts';
import { counted } from '../command/counted.ts';
import { countOf } from '../command/numbers.ts';
import { findFindings } from './findings.ts';
import { type Plan, planOf } from './plan.ts';

type Checked = {
  readonly findings: readonly string[];
  readonly notes: readonly string[];
  readonly plan?: Plan;
  readonly services: number;
};

/** Checks and prints. */
export async function run({ io, positionals, values }: Call): Promise<number> {
  const [given] = positionals;
  if (given !== undefined && values.config !== undefined) {
    throw new UsageError(`--config is given beside ${given}, want one of them`);
  }
  const named: Values = given === undefined ? values : { ...values, config: given };
  const { file } = configPath(named);
  const { findings, notes, plan, services } = check(named, values);
  const sound = findings.length === 0;
  if (values.json === true) {
    io.out(JSON.stringify({ file, sound, findings, notes, plan: plan ?? null }, null, 2));
    return sound ? 0 : 1;
  }
  for (const note of notes) io.note(`note: ${note}`);
  if (!sound) {
    io.fail(`${file}: ${findings.length} ${findings.length === 1 ? 'finding' : 'findings'}`);
    for (const finding of findings) io.fail(`  ${finding}`);
    return 1;
  }
  io.out(`${io.paint('sound', 'good')}  ${file}`);
  if (plan !== undefined) for (const line of renderPlan(plan, services)) io.out(line);
  return 0;
}

function check(named: Values, values: Values): Checked {
  const given = countOf(values, 'services', { least: 0, usual: 10 });
  try {
    const { config, warnings } = readConfiguration(named);
    const services = values.services === undefined ? (config.bridge.services ?? given) : given;
    const { findings, notes } = findFindings(config, services, readEnv);
    return { findings, notes: [...warnings, ...notes], plan: planOf(config, services), services };
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    const findings = error.issues.map(({ message, path }) =>
      path === '' ? message : `${path}: ${message}`,
    );
    return { findings, notes: [], services: given };
  }
}

function renderPlan(plan: Plan, services: number): string[] {
  const { bill, cloudWatch, ecsCallsPerMinute, objectives, probes, resultsPerHour, schedules } =
    plan;
  const usd = (amount: number) => `${amount.toFixed(2)} USD`;
  const sharded = [
    ...(plan.shards > 1 ? [`, web probes in ${plan.shards} shards`] : []),
    ...(plan.bridgeShards > 1 ? [`, the bridge in ${plan.bridgeShards}`] : []),
  ].join('');
  return [
    ...probes.map(({ function: name, intervals, targets, vantage }) =>
      row(
        name,
        `${counted(targets, 'target')} from ${vantage === 'vpc' ? 'inside the VPC' : 'the internet'}, every ${intervals.join(', ')}`,
      ),
    ),
    row('schedules', `${schedules}, each minute${sharded}`),
    row('results', `${resultsPerHour} an hour, ${counted(objectives, 'objective')}`),
    row(
      'ECS API',
      `about ${ecsCallsPerMinute} calls a minute for ${counted(services, 'service')}, which are free`,
    ),
    row(
      'CloudWatch',
      cloudWatch === undefined
        ? 'not read'
        : `${counted(cloudWatch.jobs, 'job')}, every ${cloudWatch.interval}: ${counted(cloudWatch.metricsPerReading, 'metric')} in ${counted(cloudWatch.requestsPerReading, 'request')}`,
    ),
    ...(bill.uncountedJobs === 0
      ? []
      : [
          row(
            'not counted',
            `metrics of ${counted(bill.uncountedJobs, 'job')} of other namespaces: ${called()} bridge --dry-run finds them`,
          ),
        ]),
    row('series', `about ${plan.series}`),
    row(
      'a month',
      `${usd(bill.probing.fargaze)} for probes, ${usd(bill.reading.fargaze)} for CloudWatch, ${usd(bill.reading.functions)} for the bridge’s functions (${called()} cost says of what)`,
    ),
  ];
}

function row(name: string, text: string): string {
  return `  ${name.padEnd(11)}  ${text}`;
}
