// Links of alerts: runbook, board and logs, absolute wherever their place is known. A link that nobody could follow is
// left as the path that it is. Refuses nothing; fargaze.yml's schema has.
import { parse, stringify } from 'yaml';
import type { AlertLinks } from '../../../layers/core/src/config/alerting.ts';

/** Where links lead. */
export type LinkBases = AlertLinks & {
  /** The log groups of the deployment in the console. */
  readonly logs?: string;
};

/** The deployment's log groups, as far as the init container knows it. */
export const deployedLogs =
  'https://__REGION__.console.aws.amazon.com/cloudwatch/home?region=__REGION__#logsV2:log-groups$3FlogGroupNameFilter$3D__STACK__';

type Rule = { readonly alert?: string; readonly annotations?: Readonly<Record<string, string>> };
type Group = { readonly name: string; readonly rules: readonly Rule[] };

/** A rule file whose alerts lead to their runbook, board and logs. */
export function linkAlerts(text: string, bases: LinkBases): string {
  const { groups } = parse(text) as { readonly groups: readonly Group[] };
  const linked = groups.map((group) => ({
    ...group,
    rules: group.rules.map((rule) => linkRule(rule, bases, group.name)),
  }));
  return stringify({ groups: linked }, { lineWidth: 0, aliasDuplicateObjects: false });
}

function linkRule<T extends Rule>(
  rule: T,
  { grafana, logs, runbooks }: LinkBases,
  group: string,
): T {
  const { alert, annotations } = rule;
  if (alert === undefined || annotations === undefined) return rule;
  const runbook = `${runbooks ?? 'docs/runbooks'}/${alert}.md`;
  return {
    ...rule,
    annotations: {
      ...annotations,
      runbook_url: runbook,
      ...(grafana !== undefined && { dashboard_url: `${grafana}${boardOf(group)}` }),
      ...(logs !== undefined && { logs_url: logs }),
    },
  };
}

/** The board that shows what the alerts of a group are about, with what each is about chosen. */
const boards: Readonly<Record<string, string>> = {
  'fargaze-probes': '/d/fargaze-probes?var-instance={{ $labels.instance | urlquery }}',
  'fargaze-silence': '/d/fargaze-probes?var-instance={{ $labels.instance | urlquery }}',
  'fargaze-never-seen': '/d/fargaze-overview',
  'fargaze-slo-alerts': '/d/fargaze-overview',
  'fargaze-web-alerts': '/d/fargaze-web?var-job={{ $labels.job | urlquery }}',
  'fargaze-redis-alerts': '/d/fargaze-redis?var-instance={{ $labels.instance | urlquery }}',
  'fargaze-ecs-alerts':
    '/d/fargaze-ecs?var-cluster={{ $labels.cluster | urlquery }}&var-service={{ $labels.service | urlquery }}',
};

/** The path of a group's board. */
export function boardOf(group: string): string {
  return boards[group] ?? '/d/fargaze-meta';
}
