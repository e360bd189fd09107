// The rules on the records of an answer, in blackbox_exporter's order.
import {
  type Deadline,
  type Failure,
  failure,
  type Pattern,
  type RecordRules,
} from '@fargaze/core/internal';
import { findMatch } from '../match/match.ts';

/** One section of an answer with its rules. */
export type Section = {
  readonly name: 'answer' | 'authority' | 'additional';
  readonly records: readonly string[];
  readonly rules: RecordRules;
};

/** What judging keeps to. */
export type RecordJudgement = { readonly deadline: Deadline; readonly isStrict: boolean };

/** The fault of a section; undefined when it passes. */
export function judgeSection(section: Section, about: RecordJudgement): Failure | undefined {
  try {
    return judge(section, about);
  } catch (error) {
    if (!(error instanceof NoTimeLeft)) throw error;
    return failure('request', 'timeout', error.message);
  }
}

class NoTimeLeft extends Error {}

function judge({ name, records, rules }: Section, about: RecordJudgement): Failure | undefined {
  const fault = (detail: string) => failure('request', 'record', `${name}: ${detail}`);
  const { failIfAllMatch, failIfMatches, failIfNoneMatches, failIfNotMatches } = rules;
  const matches = (pattern: Pattern) => (record: string) => {
    const found = findMatch(pattern, record, about.deadline);
    if (found === 'timeout') {
      throw new NoTimeLeft(`pattern ${pattern.source} took longer than the time left`);
    }
    return found !== undefined;
  };
  const [wanted] = [...failIfNotMatches, ...failIfNoneMatches];
  if (records.length === 0 && wanted !== undefined) {
    return fault(`no records, want some that match ${wanted.source}`);
  }
  for (const record of records) {
    const bad = failIfMatches.find((pattern) => matches(pattern)(record));
    if (bad !== undefined) return fault(`${show(record)} matches ${bad.source}`);
    const missed = failIfNotMatches.find((pattern) => !matches(pattern)(record));
    if (missed !== undefined) return fault(`${show(record)} does not match ${missed.source}`);
  }
  if (failIfAllMatch.length > 0) {
    const all = failIfAllMatch.every((pattern) => records.every(matches(pattern)));
    const source = failIfAllMatch.map((pattern) => pattern.source).join(' and ');
    // blackbox_exporter fails where not all match: the opposite of what the option says.
    if (about.isStrict && !all)
      return fault(`not all of ${records.length} records match ${source}`);
    if (!about.isStrict && all && records.length > 0)
      return fault(`all ${records.length} records match ${source}`);
  }
  if (
    failIfNoneMatches.length > 0 &&
    !failIfNoneMatches.some((one) => records.some(matches(one)))
  ) {
    const source = failIfNoneMatches.map((pattern) => pattern.source).join(' or ');
    return fault(`none of ${records.length} records matches ${source}`);
  }
  return undefined;
}

function show(record: string): string {
  const text = record.replaceAll('\t', ' ');
  return JSON.stringify(text.length > 120 ? `${text.slice(0, 117)}...` : text);
}
