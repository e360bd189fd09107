// A draft as the text of fargaze.yml, with comments for who edits it next. What is written was read back and compiled before.
import { stringify } from 'yaml';
import { parseWithWarnings } from '../../build/config-file.ts';
import type { CloudWatchDraft, Draft, ProbeGroup } from './draft.ts';

const head = `# What fargaze watches. After a change: fargaze check. Every key: docs/configuration.md of fargaze.`;

/** The text. */
export function renderDraft(draft: Draft): string {
  const parts = [
    head,
    ...(draft.blackbox === undefined
      ? []
      : [`# Modules of blackbox_exporter, as they are.\n${yaml({ blackbox: draft.blackbox })}`]),
    ...(draft.modules === undefined
      ? []
      : [
          `# How to probe. http_2xx and redis are built in; an entry of that name replaces one.\n${yaml({ modules: draft.modules })}`,
        ]),
    draft.groups.length === 0 ? noProbes : renderGroups(draft.groups),
    renderBridge(draft),
  ];
  return `${parts.join('\n\n')}\n`;
}

/** What of the files that the text names is left out. @throws ConfigError where it cannot run. */
export function proveDraft(text: string, name: string, directory: string): readonly string[] {
  return parseWithWarnings(text, { name, directory }).warnings;
}

const noProbes = `# What to probe, once a minute:
# probes:
#   - name: shop
#     module: http_2xx
#     target: https://shop.example.com/healthz`;

function renderGroups(groups: readonly ProbeGroup[]): string {
  const entries = groups.map(({ comments = [], targets, ...common }) => {
    const shown = stringify([{ ...common, targets }], { lineWidth: 0 })
      .trimEnd()
      .split('\n');
    return [...comments.map((line) => `# ${line}`), ...shown].map((line) => `  ${line}`).join('\n');
  });
  return [
    '# What to probe: names with addresses. vantage: internet for what the world reaches, vpc for what only the VPC does.',
    'probes:',
    ...entries,
  ].join('\n');
}

const free =
  '# What to read of AWS. The ECS API is free, CloudWatch is not: fargaze cost says how much.';

const noCloudWatch = `#   cloudwatch: { interval: 5m, budget: { monthly_usd: 20 }, yace_file: yace.yml }`;

function renderBridge({ cloudwatch, clusters }: Draft): string {
  const ecs = clusters === undefined ? {} : { ecs: { clusters } };
  if (cloudwatch !== undefined) {
    return `${free}\n${yaml({ bridge: { ...ecs, cloudwatch: toYaml(cloudwatch) } })}`;
  }
  const begun = clusters === undefined ? '# bridge:' : yaml({ bridge: ecs });
  return `${free}\n${begun}\n${noCloudWatch}`;
}

function toYaml({ budget, interval = '5m', jobs, naming }: CloudWatchDraft): object {
  return {
    interval,
    ...(naming !== undefined && { naming }),
    ...(budget !== undefined && { budget: { monthly_usd: budget } }),
    ...('file' in jobs ? { yace_file: jobs.file } : { yace: jobs.content }),
  };
}

function yaml(value: object): string {
  return stringify(value, { lineWidth: 0, aliasDuplicateObjects: false }).trimEnd();
}
