// `fargaze init`: a first fargaze.yml, of options, answers and files.
import { dirname, join, resolve } from 'node:path';
import { messageOf } from '../../layers/core/src/errors.ts';
import { targetsOf } from '../account/targets.ts';
import { withAwsHints } from '../command/aws.ts';
import { type Call, textOf, textsOf, UsageError, type Values } from '../command/command.ts';
import { counted } from '../command/counted.ts';
import { dollarsOf } from '../command/numbers.ts';
import { deliverDraft } from '../draft/deliver.ts';
import type { CloudWatchDraft, Draft, ProbeGroup } from '../draft/draft.ts';
import { splitPasswords } from '../draft/passwords.ts';
import { groupTargets } from '../draft/targets.ts';
import { refuseToWrite } from '../draft/write.ts';
import { combine } from '../import/combine.ts';
import { type Recognized, recognize, type Tool, toolNames } from '../import/recognize.ts';
import { askPerson } from './ask.ts';

/** Writes the file. */
export async function run(call: Call): Promise<number> {
  const { io, values } = call;
  const output = textOf(values, 'output') ?? 'fargaze.yml';
  if (values.region !== undefined && values.account !== true)
    throw new UsageError('--region is given without --account, which is what reads a region');
  // Before anybody answers questions in vain.
  if (output !== '-') refuseToWrite(output, values.force === true ? 'replace' : 'keep');
  const answers = await answersOf(call);
  const files = filesOf(values);
  const directory = output === '-' ? resolve('.') : dirname(resolve(output));
  const taken = new Set<string>();
  const { draft, files: beside, notes } = combine(files, directory, taken);
  for (const note of notes) io.note(note);
  const found = await accountOf(call, taken);
  const groups = [...draft.groups, ...groupTargets(answers.targets, taken), ...found];
  const asked = answers.cloudwatch ? usual : undefined;
  const cloudwatch = cloudWatchOf(values, draft.cloudwatch ?? asked);
  const watchesNothing = groups.length === 0 && files.length === 0;
  const readsAccount = values.account === true;
  // Where no address was found the services themselves are watched: a configuration that is empty is none.
  const every = watchesNothing && readsAccount && cloudwatch === undefined ? ['*'] : [];
  const named = textsOf(values, 'cluster');
  const clusters = named.length > 0 ? named : every;
  const { draft: safe, notes: needed } = splitPasswords({
    ...draft,
    groups: watchesNothing && !readsAccount ? example(io.note, taken) : groups,
    ...(clusters.length > 0 && { clusters }),
    ...(cloudwatch !== undefined && { cloudwatch }),
  });
  for (const note of needed) io.note(note);
  const paths = Object.entries(beside).map(([name, text]) => [join(dirname(output), name), text]);
  return deliverDraft(call, { draft: safe, output, beside: Object.fromEntries(paths) });
}

/** Options that say what to write; without any of them a person is asked. */
const telling = [
  'target',
  'blackbox',
  'prometheus',
  'yace',
  'cloudwatch',
  'cluster',
  'budget',
  'account',
  'yes',
];

async function answersOf({ io, values }: Call) {
  const given = { targets: textsOf(values, 'target'), cloudwatch: values.cloudwatch === true };
  if (!io.canAsk || telling.some((name) => values[name] !== undefined)) return given;
  return askPerson(io, (address) => {
    try {
      groupTargets([address], new Set());
      return undefined;
    } catch (error) {
      return messageOf(error).replace(/^--target: /, '');
    }
  });
}

/** What runs in the account, where it is asked for. */
async function accountOf({ io, values }: Call, taken: Set<string>): Promise<readonly ProbeGroup[]> {
  if (values.account !== true) return [];
  const { readAccount } = await import('../account/read.ts');
  const query = { region: textOf(values, 'region'), clusters: textsOf(values, 'cluster') };
  const { clusters, notes, region, services } = await withAwsHints(() => readAccount(query));
  const { groups, notes: leftOut } = targetsOf(services, taken);
  for (const note of [...notes, ...leftOut]) io.note(note);
  io.note(
    `read: ${counted(clusters.length, 'cluster')}, ${counted(services.length, 'service')} in ${region}`,
  );
  if (clusters.length === 0) io.note('there is no ECS cluster; another region: --region NAME');
  else if (groups.length === 0)
    io.note('no address was found, so nothing is probed yet: --target NAME=ADDRESS names one');
  return groups;
}

function filesOf(values: Values): Recognized[] {
  const wanted: readonly (readonly [option: string, tool: Tool])[] = [
    ['blackbox', 'blackbox_exporter'],
    ['prometheus', 'prometheus'],
    ['yace', 'yace'],
  ];
  return wanted.flatMap(([option, tool]) => {
    const file = textOf(values, option);
    if (file === undefined) return [];
    const read = recognize(file);
    if (read.tool === tool) return [read];
    throw new UsageError(
      `--${option}: ${file} is a file of ${toolNames[read.tool]}, want one of ${toolNames[tool]}`,
    );
  });
}

function example(note: (text: string) => void, taken: Set<string>): Draft['groups'] {
  note('nothing to probe was named, so https://example.com stands for it: replace it');
  return groupTargets(['example=https://example.com/'], taken);
}

/** CPU and memory, a point for each minute. */
const usualJobs = {
  discovery: {
    jobs: [
      {
        type: 'AWS/ECS',
        period: 60,
        length: 300,
        statistics: ['Average', 'Maximum'],
        metrics: [{ name: 'CPUUtilization' }, { name: 'MemoryUtilization' }],
      },
    ],
  },
} as const;

const usual: CloudWatchDraft = { jobs: { content: usualJobs } };

/** The draft within the budget that was given; a budget by itself asks for the usual metrics. */
function cloudWatchOf(values: Values, draft: CloudWatchDraft | undefined) {
  const budget = dollarsOf(values, 'budget');
  if (budget === undefined) return draft;
  return { ...(draft ?? usual), budget };
}
