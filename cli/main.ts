// The command `fargaze`: picks a command, and turns every error into words and an exit status. No stack trace for what a user
// can mend; a bug of ours shows its own with FARGAZE_DEBUG=1.

import { didYouMean } from '../layers/core/src/config/suggest.ts';
import { readEnv } from '../layers/core/src/env.ts';
import { ConfigError, DeliveryError, messageOf, SourceError } from '../layers/core/src/errors.ts';
import { redactUrls } from '../layers/core/src/redact.ts';
import { version } from '../layers/core/src/version.ts';
import { called } from './command/called.ts';
import { type Call, type CommandSpec, commonOptions, UsageError } from './command/command.ts';
import { renderHelp, renderOverview } from './command/help.ts';
import { type Io, standardIo } from './command/io.ts';
import { findFlags, parseCommandLine } from './command/parse.ts';
import { commands } from './commands.ts';

/** Where the package stands, and whether it is a clone of the repository. */
export type Place = Pick<Call, 'inClone' | 'root'>;

/** Runs the command line `args`; leaves its status in `process.exitCode`. */
export async function main(args: readonly string[], place: Place): Promise<void> {
  const line = splitCommandLine(args);
  const flags = findFlags(line.rest, line.spec);
  const io = standardIo({ plain: flags.has('no-color'), quiet: flags.has('quiet') });
  const asksJson = line.spec?.options.json !== undefined && flags.has('json');
  process.exitCode = await run({ ...line, asksHelp: flags.has('help'), asksJson }, place, io);
}

/** Options of every command stand before it too: `fargaze -q probe x`. */
function splitCommandLine(args: readonly string[]): Omit<Line, 'asksHelp' | 'asksJson'> {
  const isCommon = (arg: string) => ['-q', '--quiet', '--no-color'].includes(arg);
  const end = args.findIndex((arg) => !isCommon(arg));
  const at = end < 0 ? args.length : end;
  const [first, ...behind] = args.slice(at);
  const rest = [...args.slice(0, at), ...behind];
  return { first, rest, spec: commands.find(({ name }) => name === first) };
}

type Line = {
  /** The name of a command, or what stands in its place. */
  readonly first: string | undefined;
  readonly rest: readonly string[];
  readonly spec: CommandSpec | undefined;
  readonly asksHelp: boolean;
  readonly asksJson: boolean;
};

async function run(
  { asksHelp, asksJson, first, rest }: Line,
  place: Place,
  io: Io,
): Promise<number> {
  try {
    if (first === undefined) {
      io.fail(renderOverview(commands));
      return 2;
    }
    if (first === '--version' || first === '-V') return say(io, version);
    if (first === '--help' || first === '-h') return say(io, renderOverview(commands));
    if (first === 'help') {
      const about = rest.find((arg) => !arg.startsWith('-'));
      return say(io, about === undefined ? renderOverview(commands) : renderHelp(find(about)));
    }
    const spec = find(first);
    if (asksHelp) return say(io, renderHelp(spec));
    const command = await spec.load();
    return await command({ ...parseCommandLine(rest, spec), ...place, io, commands });
  } catch (error) {
    const trouble = troubleOf(error);
    for (const text of trouble) io.fail(text);
    // Who reads documents sees no status behind a pipe.
    if (asksJson) io.out(JSON.stringify({ error: trouble.join('\n') }, null, 2));
    return 2;
  }
}

function say(io: Io, text: string): number {
  io.out(text);
  return 0;
}

function find(name: string): CommandSpec {
  const found = commands.find((spec) => spec.name === name);
  if (found !== undefined) return found;
  if (name.startsWith('-')) {
    const [option = name] = name.split('=');
    const near = didYouMean(option, [...globalOptions, '--version']);
    throw new UsageError(`unknown option ${option}${placeOf(option) || near}`, help);
  }
  const names = [...commands.map((spec) => spec.name), 'help', '--version'];
  const isTarget = /:\/\/|\./.test(name)
    ? `; to probe it: ${called()} probe ${redactUrls(name)}`
    : '';
  throw new UsageError(
    `unknown command ${JSON.stringify(redactUrls(name))}${didYouMean(name, names) || isTarget}`,
    help,
  );
}

const help = `see: ${called()} --help`;

const globalOptions = Object.keys(commonOptions).map((name) => `--${name}`);

/** An option of a command stands behind it. */
function placeOf(option: string): string {
  const [name = ''] = option.replace(/^--?/, '').split('=');
  const isKnown = commands.some(({ options }) =>
    Object.entries(options).some(([long, { short }]) => name === long || name === short),
  );
  return isKnown ? ': it stands behind the command it belongs to' : '';
}

/** An error in words, and what to do next. */
function troubleOf(error: unknown): string[] {
  if (error instanceof ConfigError || error instanceof SourceError) return [error.message];
  const message = `fargaze: ${redactUrls(messageOf(error))}`;
  if (error instanceof UsageError) return [message, error.next ?? []].flat();
  if (error instanceof DeliveryError) return [message];
  const isShown = readEnv('FARGAZE_DEBUG') !== undefined && error instanceof Error;
  const bug = 'this should not have happened; FARGAZE_DEBUG=1 shows where it did';
  return [message, isShown ? String(error.stack) : bug];
}
