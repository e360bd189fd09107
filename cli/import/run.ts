// `fargaze import`: files of other tools in, one fargaze.yml out.

import { dirname, join, resolve } from 'node:path';
import { called } from '../command/called.ts';
import { type Call, textsOf, UsageError } from '../command/command.ts';
import { deliverDraft } from '../draft/deliver.ts';
import { splitPasswords } from '../draft/passwords.ts';
import { groupTargets } from '../draft/targets.ts';
import { combine } from './combine.ts';
import { recognize, toolNames } from './recognize.ts';

/** Imports and writes. */
export async function run(call: Call): Promise<number> {
  const { io, positionals, values } = call;
  if (positionals.length === 0) {
    throw new UsageError(
      'want files of other tools',
      `e.g. ${called()} import blackbox.yml prometheus.yml yace.yml`,
    );
  }
  const files = positionals.map(recognize);
  const output = typeof values.output === 'string' ? values.output : 'fargaze.yml';
  const directory = output === '-' ? resolve('.') : dirname(resolve(output));
  const taken = new Set<string>();
  const { draft, files: beside, notes } = combine(files, directory, taken);
  const asked = splitPasswords({ groups: groupTargets(textsOf(values, 'target'), taken) });
  const whole = {
    ...draft,
    ...asked.draft,
    groups: [...draft.groups, ...asked.draft.groups],
  };
  for (const { file, tool } of files) io.note(`${file}: a file of ${toolNames[tool]}`);
  for (const note of [...notes, ...asked.notes]) io.note(note);
  const { blackbox, cloudwatch, groups, modules } = whole;
  if (groups.length === 0 && (blackbox ?? modules ?? cloudwatch) === undefined) {
    throw new UsageError(
      `nothing of ${positionals.join(', ')} can run: what stands above says why`,
    );
  }
  const besideFiles = Object.fromEntries(
    Object.entries(beside).map(([name, text]) => [join(dirname(output), name), text]),
  );
  return deliverDraft(call, { draft: whole, output, beside: besideFiles });
}
