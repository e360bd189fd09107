// Reads a command line by the options of a command. What is not known is refused, with the option that is nearest to it.

import { parseArgs } from 'node:util';
import { didYouMean } from '../../layers/core/src/config/suggest.ts';
import { called } from './called.ts';
import {
  type CommandSpec,
  commonOptions,
  type OptionSpec,
  UsageError,
  type Values,
} from './command.ts';

/** A command line that was understood. */
export type Parsed = { readonly values: Values; readonly positionals: readonly string[] };

type Options = Readonly<Record<string, OptionSpec>>;

/** The options without a value that `args` holds, whatever else is wrong with them. */
export function findFlags(
  args: readonly string[],
  spec: Pick<CommandSpec, 'options'> | undefined,
): ReadonlySet<string> {
  const options: Options = { ...spec?.options, ...commonOptions };
  const flags = readTokens(args, options).tokens.flatMap((token) =>
    token.kind === 'option' && token.value === undefined ? [token.name] : [],
  );
  const end = args.indexOf('--');
  const before = end < 0 ? args : args.slice(0, end);
  // Who forgot the value of the option before it wants help all the same.
  const help = before.some((arg) => arg === '--help' || arg === '-h') ? ['help'] : [];
  return new Set([...flags, ...help]);
}

/** Reads `args`. @throws UsageError for the first thing that is wrong. */
export function parseCommandLine(
  args: readonly string[],
  spec: Pick<CommandSpec, 'meant' | 'name' | 'options' | 'positionals'>,
): Parsed {
  const options: Options = { ...spec.options, ...commonOptions };
  const read = readTokens(args, options);
  const help = `see: ${called()} ${spec.name} --help`;
  for (const token of read.tokens) {
    if (token.kind !== 'option') continue;
    const fault = faultOf(token, options);
    if (fault !== undefined) throw new UsageError(fault, help);
  }
  const { positionals } = read;
  if (positionals.length > spec.positionals) {
    const [extra = ''] = positionals.slice(spec.positionals);
    const meant = spec.meant === undefined ? '' : `; did you mean --${spec.meant} ${extra}?`;
    const fault = `got ${JSON.stringify(extra)}, which is one argument too many${meant}`;
    throw new UsageError(fault, help);
  }
  return { positionals, values: read.values as Values };
}

function readTokens(args: readonly string[], options: Options) {
  const config = Object.fromEntries(
    Object.entries(options).map(([name, { multiple, short, type }]) => [
      name,
      { type, ...(short !== undefined && { short }), ...(multiple && { multiple }) },
    ]),
  );
  return parseArgs({
    args: [...args],
    options: config,
    strict: false,
    tokens: true,
    allowPositionals: true,
  });
}

type OptionToken = {
  readonly name: string;
  readonly rawName: string;
  readonly value?: string | undefined;
  readonly inlineValue?: boolean | undefined;
};

function faultOf({ inlineValue, name, rawName, value }: OptionToken, options: Options) {
  const option = Object.hasOwn(options, name) ? options[name] : undefined;
  if (option === undefined) {
    const names = Object.keys(options).map((known) => `--${known}`);
    return `unknown option ${rawName}${didYouMean(rawName, names)}`;
  }
  if (option.type === 'boolean') {
    return value === undefined ? undefined : `${rawName} takes no value`;
  }
  if (value !== undefined && !inlineValue && /^-./.test(value)) {
    return `${rawName} wants a value; one that begins with - is written --${name}=VALUE`;
  }
  if (inlineValue && !rawName.startsWith('--') && value?.startsWith('='))
    return `${rawName} takes its value without =: ${rawName} ${value.slice(1)}`;
  if (value === undefined || value === '')
    return `${rawName} wants a value: ${rawName} ${option.value ?? 'VALUE'}`;
  if (option.choices === undefined || option.choices.includes(value)) return undefined;
  const hint = didYouMean(value, option.choices) || `, want ${option.choices.join(', ')}`;
  return `${rawName}: got ${JSON.stringify(value)}${hint}`;
}
