// `fargaze completion`: the script of a shell.
import { didYouMean } from '../../layers/core/src/config/suggest.ts';
import { type Call, UsageError } from '../command/command.ts';
import { renderCompletion, shells } from './scripts.ts';

/** Prints it. */
export async function run({ commands, io, positionals }: Call): Promise<number> {
  const [name] = positionals;
  const shell = shells.find((one) => one === name);
  if (shell === undefined) {
    const given = name === undefined ? 'want a shell' : `got ${JSON.stringify(name)}`;
    throw new UsageError(
      `${given}${didYouMean(name ?? '', shells)}`,
      `one of ${shells.join(', ')}`,
    );
  }
  io.out(renderCompletion(shell, commands));
  return 0;
}
