// The command `fargaze`: picks a command, and turns every error into words and an exit status. No stack trace for what a user
// can mend; a bug of ours shows its own with FARGAZE_DEBUG=1.
import { didYouMean } from '../layers/core/src/config/suggest.ts';
import { readEnv } from '../layers/core/src/env.ts';
import { ConfigError, DeliveryError, messageOf, SourceError } from '../layers/core/src/errors.ts';
import { redactUrls } from '../layers/core/src/redact.ts';
import { version } from '../layers/core/src/version.ts';
import { type Call, type CommandSpec, UsageError } from './command/command.ts';
import { renderHelp, renderOverview } from './command/help.ts';
import { type Io, standardIo } from './command/io.ts';
import { parseCommandLine } from './command/parse.ts';
import { commands } from './commands.ts';

/** Where the package stands, and whether it is a clone of the repository. */
export type Place = Pick<Call, 'inClone' | 'root'>;

/** Runs the command line `args`; leaves its status in `process.exitCode`. */
export async function main(args: readonly string[], place: Place): Promise<void> {
  const asks = (name: string) => args.includes(name);
  const io = standardIo({ plain: asks('--no-color'), quiet: asks('--quiet') || asks('-q') });
  process.exitCode = await run(args, place, io);
}

async function run(args: readonly string[], place: Place, io: Io): Promise<number> {
  const [first, ...rest] = args;
  try {
    if (first === undefined) {
      io.fail(renderOverview(commands));
      return 2;
    }
    if (first === '--version' || first === '-V') return say(io, version);
    if (first === '--help' || first === '-h') return say(io, renderOverview(commands));
    if (first === 'help')
      return say(io, rest[0] === undefined ? renderOverview(commands) : renderHelp(find(rest[0])));
    const spec = find(first);
    if (rest.some((arg) => arg === '--help' || arg === '-h')) return say(io, renderHelp(spec));
    const command = await spec.load();
    return await command({ ...parseCommandLine(rest, spec), ...place, io, commands });
  } catch (error) {
    report(error, io);
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
  if (name.startsWith('-')) throw new UsageError(`unknown option ${name}`, 'see: fargaze --help');
  const names = commands.map((spec) => spec.name);
  const isTarget = /:\/\/|\./.test(name) ? `; to probe it: fargaze probe ${redactUrls(name)}` : '';
  throw new UsageError(
    `unknown command ${JSON.stringify(redactUrls(name))}${didYouMean(name, names) || isTarget}`,
    'see: fargaze --help',
  );
}

function report(error: unknown, io: Io): void {
  if (error instanceof ConfigError || error instanceof SourceError) {
    io.fail(error.message);
    return;
  }
  io.fail(`fargaze: ${redactUrls(messageOf(error))}`);
  if (error instanceof UsageError && error.next !== undefined) io.fail(error.next);
  if (error instanceof UsageError || error instanceof DeliveryError) return;
  const isShown = readEnv('FARGAZE_DEBUG') !== undefined && error instanceof Error;
  io.fail(
    isShown
      ? String(error.stack)
      : 'this should not have happened; FARGAZE_DEBUG=1 shows where it did',
  );
}
