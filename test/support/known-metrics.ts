// Every series that can exist: the catalogue's, those of the exporters as they were recorded from the real programs,
// and those that rules record.
import { readFileSync } from 'node:fs';
import { metricName } from '../../functions/ecs-bridge/cloudwatch/write/naming.ts';
import { catalogue } from '../../layers/core/src/catalogue.ts';
import { configRules, rules } from './rules.ts';

/** The recorded names by program; the contract test on the real ones writes it (FARGAZE_RECORD=1) and holds it. */
export const recordedFile = 'test/fixtures/exporter-metrics.json';

/** What a program emits, as far as it is its own: not Go's and the process's. */
export type RecordedExporter = { readonly version: string; readonly metrics: readonly string[] };

/** What was recorded. */
export function readRecorded(): Readonly<Record<string, RecordedExporter>> {
  return JSON.parse(readFileSync(recordedFile, 'utf8'));
}

/** All rules, those that fargaze.yml asks for too. */
export const allRules = [...rules, ...configRules];

/** CloudWatch's metrics that boards and rules read, by the name that the bridge gives them. */
const bridged = [
  ['AWS/ECS', 'CPUUtilization', 'Average'],
  ['AWS/ECS', 'MemoryUtilization', 'Average'],
  ['AWS/Lambda', 'Invocations', 'Sum'],
  ['AWS/Lambda', 'Errors', 'Sum'],
  ['AWS/Lambda', 'Throttles', 'Sum'],
  ['AWS/Lambda', 'Duration', 'Sum'],
  ['AWS/SQS', 'ApproximateNumberOfMessagesVisible', 'Maximum'],
].map(([namespace = '', metric = '', statistic = '']) => ({ namespace, metric, statistic }));

/** All of them. */
export function knownMetrics(): Set<string> {
  return new Set([
    ...Object.keys(catalogue),
    ...Object.values(readRecorded()).flatMap(({ metrics }) => metrics),
    ...allRules.flatMap(({ record }) => record ?? []),
    ...bridged.map((metric) => metricName(metric, 'yace')),
    'ALERTS',
  ]);
}
