// The help of the command and of each of its parts, as text for a terminal. docs/cli.md is made of it.
import { type CommandSpec, commonOptions, type OptionSpec } from './command.ts';

/** Columns of the help. */
const width = 96;

/** The help of all. */
export function renderOverview(commands: readonly CommandSpec[]): string {
  const longest = Math.max(...commands.map(({ name }) => name.length));
  return [
    'Usage: fargaze <command> [options]',
    '',
    'Watches services on AWS ECS and Fargate. This command tries, checks, makes and prices its configuration;',
    '`npx serverless deploy` in a clone deploys it.',
    '',
    'Commands:',
    ...commands.map(({ name, summary }) => `  ${name.padEnd(longest)}  ${summary}`),
    '',
    'Options:',
    ...renderOptions({
      ...commonOptions,
      version: { type: 'boolean', short: 'V', about: 'print the version' },
    }),
    '',
    'Help for one of them: fargaze <command> --help',
  ].join('\n');
}

/** The help of one command. */
export function renderHelp(spec: CommandSpec): string {
  const statuses = {
    ...spec.statuses,
    2: spec.statuses[2] ?? 'wrong usage, or trouble of our own',
  };
  return [
    `Usage: fargaze ${spec.name} ${spec.usage}`.trimEnd(),
    '',
    ...spec.about.flatMap((paragraph) => [...wrap(paragraph, width), '']),
    'Options:',
    ...renderOptions({ ...spec.options, ...commonOptions }),
    '',
    'Exit status:',
    ...Object.entries(statuses).map(([status, about]) => `  ${status}  ${about}`),
    '',
    'Examples:',
    ...spec.examples.flatMap(([command, about]) => [`  # ${about}`, `  ${command}`]),
  ].join('\n');
}

function renderOptions(options: Readonly<Record<string, OptionSpec>>): string[] {
  const heads = Object.entries(options).map(([name, { choices, short, value }]) => {
    const shown = choices?.join('|') ?? value;
    return `${short === undefined ? '    ' : `-${short}, `}--${name}${shown === undefined ? '' : ` ${shown}`}`;
  });
  const column = Math.min(30, Math.max(...heads.map(({ length }) => length))) + 2;
  return Object.values(options).flatMap(({ about, multiple }, index) => {
    const head = heads[index] ?? '';
    const text = multiple ? `${about} (may be repeated)` : about;
    const [first = '', ...rest] = wrap(text, width - column - 2);
    const lines =
      head.length > column - 2 ? [head, ' '.repeat(column) + first] : [head.padEnd(column) + first];
    return [...lines, ...rest.map((line) => ' '.repeat(column) + line)].map((line) => `  ${line}`);
  });
}

/** `text` in lines of at most `columns`, broken at spaces. */
function wrap(text: string, columns: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > columns) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line];
}
