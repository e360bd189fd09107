// Every series that can exist: the catalogue's, those of the exporters as they were recorded from the real programs,
// and those that rules record.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { catalogue } from '../../layers/core/src/catalogue.ts';

/** The recorded names by program; the contract test on the real ones writes it (FARGAZE_RECORD=1) and holds it. */
export const recordedFile = 'test/fixtures/exporter-metrics.json';

/** What a program emits, as far as it is its own: not Go's and the process's. */
export type RecordedExporter = { readonly version: string; readonly metrics: readonly string[] };

/** What was recorded. */
export function readRecorded(): Readonly<Record<string, RecordedExporter>> {
  return JSON.parse(readFileSync(recordedFile, 'utf8'));
}

/** Expressions and names of all rules. */
export function readRules() {
  const directory = 'infra/config/prometheus/rules';
  type Rule = { readonly record?: string; readonly alert?: string; readonly expr: string };
  return readdirSync(directory, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.yml'))
    .flatMap((file) => parse(readFileSync(join(directory, file), 'utf8')).groups)
    .flatMap((group: { readonly rules: readonly Rule[] }) => group.rules);
}

/** All of them. */
export function knownMetrics(): Set<string> {
  return new Set([
    ...Object.keys(catalogue),
    ...Object.values(readRecorded()).flatMap(({ metrics }) => metrics),
    ...readRules().flatMap(({ record }) => record ?? []),
    'ALERTS',
  ]);
}
