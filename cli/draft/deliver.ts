// Proves a draft and writes it, to a file or to standard output. Nothing is written that does not compile.
import { existsSync, rmSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { configFileName } from '../../build/config-file.ts';
import { called } from '../command/called.ts';
import { type Call, UsageError } from '../command/command.ts';
import { shellWord } from '../command/shell-word.ts';
import type { Draft } from './draft.ts';
import { proveDraft, renderDraft } from './render.ts';
import { refuseToWrite, writeWhole } from './write.ts';

/** Where a draft goes. */
export type Delivery = {
  readonly draft: Draft;
  /** A path; `-`: standard output. */
  readonly output: string;
  /** Files that it names, by path. */
  readonly beside?: Readonly<Record<string, string>>;
};

/** Writes; answers with the exit status. @throws UsageError, ConfigError */
export function deliverDraft(
  { io, values }: Call,
  { beside = {}, draft, output }: Delivery,
): number {
  const text = renderDraft(draft);
  const over = values.force === true ? 'replace' : 'keep';
  const others = Object.keys(beside);
  if (output === '-') {
    // Their content may hold secrets, so it is not for a terminal.
    if (others.length > 0) {
      throw new UsageError(`${others.join(', ')} would be written too`, 'want --output FILE');
    }
    proveDraft(text, 'fargaze.yml', '.');
    io.out(text.trimEnd());
    return 0;
  }
  const files = [...others, output];
  for (const file of files) refuseToWrite(file, over);
  const folder = dirname(output);
  const made = existsSync(folder) ? '' : `made the folder ${folder}\n`;
  for (const [file, own] of Object.entries(beside)) writeWhole(file, own, over);
  try {
    for (const warning of proveDraft(text, output, dirname(resolve(output)))) io.note(warning);
    writeWhole(output, text, over);
  } catch (error) {
    if (over === 'keep') for (const file of others) rmSync(file, { force: true });
    throw error;
  }
  // Those commands read another file unless they are given this one.
  const option = resolve(output) === resolve(configFileName()) ? '' : ` -c ${shellWord(output)}`;
  io.note(
    `${made}wrote ${files.join(', ')}\nnext: ${called()} check${option}, then ${called()} probe --all${option}`,
  );
  return 0;
}
