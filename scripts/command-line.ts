// What every command of this folder does alike: --help, options that are unknown or lack their value (status 2), what was
// expected to go wrong (status 1, one message). Anything else is a bug and shows where.
import { parseArgs } from 'node:util';
import { UsageError } from '../cli/command/command.ts';
import { readEnv } from '../layers/core/src/env.ts';
import { ConfigError, codeOf, messageOf } from '../layers/core/src/errors.ts';
import { writeLine } from '../layers/core/src/log.ts';

/** How a command is called. */
export type Usage = {
  /** With its options, as it is typed. */
  readonly text: string;
  /** Names of options; npm keeps those to itself that stand before `--`. */
  readonly options?: readonly string[];
};

/** Runs `main` with what was typed, and sets the status; `main` may give one of its own. */
export async function runScript(
  usage: Usage,
  main: (given: readonly string[]) => number | undefined | Promise<number | undefined>,
): Promise<void> {
  const given = process.argv.slice(2);
  if (given.some((text) => text === '--help' || text === '-h')) {
    writeLine(`usage: ${usage.text}`);
    return;
  }
  try {
    refuseKept(usage);
    process.exitCode = (await main(given)) ?? 0;
  } catch (error) {
    const isUsage = error instanceof UsageError || codeOf(error)?.startsWith('ERR_PARSE_ARGS_');
    if (!isUsage && !isExpected(error)) throw error;
    process.stderr.write(`${firstSentence(messageOf(error))}\n`);
    if (isUsage) process.stderr.write(`usage: ${usage.text}\n`);
    process.exitCode = isUsage ? 2 : 1;
  }
}

/** Options with texts for values, by name; `undefined` where not given. @throws UsageError for any that is not named. */
export function readOptions<Name extends string>(
  given: readonly string[],
  names: readonly Name[],
): Readonly<Partial<Record<Name, string>>> {
  const options = Object.fromEntries(names.map((name) => [name, { type: 'string' as const }]));
  const { values } = parseArgs({ args: [...given], options });
  for (const [name, value] of Object.entries(values)) {
    if (value === '') throw new UsageError(`--${name}: got nothing, want a value`);
  }
  return values as Partial<Record<Name, string>>;
}

/** npm takes an option before `--` for one of its own; the command sees only a variable. */
function refuseKept({ options = [] }: Usage): void {
  const kept = options.find(
    (name) => readEnv(`npm_config_${name.replaceAll('-', '_')}`) !== undefined,
  );
  if (kept === undefined) return;
  throw new UsageError(`--${kept}: npm keeps it to itself, want "--" before it`);
}

/** Our own refusals, and what the file system or another program says. */
function isExpected(error: unknown): boolean {
  if (error instanceof ConfigError || codeOf(error) !== undefined) return true;
  const { name } = error as Error;
  return name === 'Error' || name === 'RangeError';
}

/** Node's parser adds advice to what it refuses. */
function firstSentence(message: string): string {
  return message.replace(/\. To specify a positional argument .*$/s, '');
}
