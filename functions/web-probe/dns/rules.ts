// The rules on the records of an answer, in blackbox_exporter's order.
import {
  type Failure,
  failure,
  matches,
  type Pattern,
  type RecordRules,
} from '@fargaze/core/internal';

/** One section of an answer with its rules. */
export type Section = {
  readonly name: 'answer' | 'authority' | 'additional';
  readonly records: readonly string[];
  readonly rules: RecordRules;
};

/** The fault of a section; undefined when it passes. `strict`: as blackbox_exporter judges, also where it errs. */
export function judgeSection(
  { name, records, rules }: Section,
  compat?: 'strict',
): Failure | undefined {
  const fault = (detail: string) => failure('request', 'record', `${name}: ${detail}`);
  const { failIfAllMatch, failIfMatches, failIfNoneMatches, failIfNotMatches } = rules;
  const fits = (pattern: Pattern) => (record: string) => matches(pattern, record);
  const [wanted] = [...failIfNotMatches, ...failIfNoneMatches];
  if (records.length === 0 && wanted !== undefined) {
    return fault(`no records, want some that match ${wanted.text}`);
  }
  for (const record of records) {
    const bad = failIfMatches.find((pattern) => matches(pattern, record));
    if (bad !== undefined) return fault(`${show(record)} matches ${bad.text}`);
    const missed = failIfNotMatches.find((pattern) => !matches(pattern, record));
    if (missed !== undefined) return fault(`${show(record)} does not match ${missed.text}`);
  }
  if (failIfAllMatch.length > 0) {
    const all = failIfAllMatch.every((pattern) => records.every(fits(pattern)));
    const source = failIfAllMatch.map((pattern) => pattern.text).join(' and ');
    // blackbox_exporter fails where not all match: the opposite of what the option says.
    if (compat === 'strict' && !all)
      return fault(`not all of ${records.length} records match ${source}`);
    if (compat === undefined && all && records.length > 0)
      return fault(`all ${records.length} records match ${source}`);
  }
  if (failIfNoneMatches.length > 0 && !failIfNoneMatches.some((one) => records.some(fits(one)))) {
    const source = failIfNoneMatches.map((pattern) => pattern.text).join(' or ');
    return fault(`none of ${records.length} records matches ${source}`);
  }
  return undefined;
}

function show(record: string): string {
  const text = record.replaceAll('\t', ' ');
  return JSON.stringify(text.length > 120 ? `${text.slice(0, 117)}...` : text);
}
