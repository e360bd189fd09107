// Every rule file that depends on fargaze.yml, by its path below rules/. The local system and the deployment's bundle
// add them to the files that are the same everywhere.
import type { Config } from '../../../layers/core/src/config/config.ts';
import { renderConfigRules } from './config-rules.ts';
import { type ExpectedProbe, renderExpectedRules, renderNeverSeenRules } from './never-seen.ts';

/** What rules depend on. */
export type RuleSource = {
  readonly config: Pick<Config, 'probes' | 'slos'>;
  /** The configured probes with their targets' variables filled in. */
  readonly expected: readonly ExpectedProbe[];
};

/** The generated rule files. @throws RangeError as {@link renderNeverSeenRules}. */
export function renderRules({ config, expected }: RuleSource): Readonly<Record<string, string>> {
  return {
    'recording/config.yml': renderConfigRules(config),
    'recording/expected.yml': renderExpectedRules(expected),
    'alerting/never-seen.yml': renderNeverSeenRules(expected),
  };
}
