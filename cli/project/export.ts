// `fargaze export`: what `npm run export` writes, from any folder.

import { join, relative, resolve } from 'node:path';
import { findFolderFault } from '../../build/folder.ts';
import { writeExport } from '../../infra/export/export.ts';
import {
  ExportOptionError,
  type ExportOptions,
  exportOptions,
  filesFor,
} from '../../infra/export/files.ts';
import { called } from '../command/called.ts';
import { type Call, textOf, UsageError } from '../command/command.ts';
import { readConfiguration } from '../command/configuration.ts';

/** Writes the files. */
export async function run({ io, root, values }: Call): Promise<number> {
  const given = textOf(values, 'to');
  if (given === undefined)
    throw new UsageError('--to is missing', `e.g. ${called()} export --to monitoring`);
  const { config } = readConfiguration(values);
  const fault = findFolderFault(given);
  if (fault !== undefined) throw new UsageError(`--to: got ${given}, but ${fault}`);
  const to = resolve(given);
  const page = relative('.', join(root, 'docs/own-monitoring.md'));
  // What is shipped is read from there.
  process.chdir(root);
  const files = render(() => filesFor(config, optionsOf(values)));
  const kept = render(() => writeExport(to, files));
  io.out(`${Object.keys(files).length - kept.length} files in ${to}`);
  for (const path of kept) io.note(`${path} is yours and differs: kept as it is`);
  io.note(`where each file goes: ${page}`);
  return 0;
}

function optionsOf(values: Call['values']): ExportOptions {
  return Object.fromEntries(
    exportOptions.flatMap((name) => {
      const text = textOf(values, name);
      return text === undefined ? [] : [[name, text]];
    }),
  );
}

/** What the configuration or an option makes impossible is the user's to mend. */
function render<Made>(make: () => Made): Made {
  try {
    return make();
  } catch (error) {
    const { message, name } = error as Error;
    const isExpected =
      error instanceof ExportOptionError || name === 'Error' || name === 'RangeError';
    throw isExpected ? new UsageError(message) : error;
  }
}
