// Every rule file that depends on fargaze.yml, by its path below rules/. The local system and the deployment's bundle
// add them to the files that are the same everywhere.
import type { AlertLabels } from '../../../layers/core/src/config/alerting.ts';
import type { Config } from '../../../layers/core/src/config/config.ts';
import { renderConfigRules } from './config-rules.ts';
import { type ExpectedProbe, renderExpectedRules, renderNeverSeenRules } from './never-seen.ts';

/** What rules depend on. */
export type RuleSource = {
  readonly config: Pick<Config, 'links' | 'probes' | 'slos'>;
  /** The configured probes with their targets' variables filled in. */
  readonly expected: readonly ExpectedProbe[];
};

/** The file with the list of configured probes. */
export const expectedPath = 'recording/expected.yml';

/** The generated rule files. @throws RangeError as {@link renderNeverSeenRules}. */
export function renderRules({ config, expected }: RuleSource): Readonly<Record<string, string>> {
  const labelled = expected.map((probe) => ({ ...probe, ...alertingOf(config, probe.name) }));
  return {
    'recording/config.yml': renderConfigRules(config),
    [expectedPath]: renderExpectedRules(expected),
    'alerting/never-seen.yml': renderNeverSeenRules(labelled),
  };
}

/** Labels and severity that fargaze.yml gives the alerts of a probe. */
function alertingOf({ probes }: RuleSource['config'], name: string): AlertLabels {
  const { labels, severity } = probes.find((probe) => probe.name === name) ?? {};
  return { ...(labels && { labels }), ...(severity && { severity }) };
}
