// `fargaze export`: the program behind `npm run export`, from any folder.
import { join, resolve } from 'node:path';
import { findFolderFault } from '../../build/folder.ts';
import { type Call, UsageError } from '../command/command.ts';
import { readConfiguration } from '../command/configuration.ts';
import { argumentsOf, runInRoot } from './child.ts';

/** Writes the files. */
export async function run(call: Call): Promise<number> {
  const { bundle, io, values } = call;
  if (typeof values.to !== 'string')
    throw new UsageError('--to is missing', 'e.g. fargaze export --to monitoring');
  // A mistake is reported here, with the name by which the user knows the file.
  readConfiguration(values);
  const fault = findFolderFault(values.to);
  if (fault !== undefined) throw new UsageError(`--to: got ${values.to}, but ${fault}`);
  const program = join(bundle, 'export.mjs');
  const names = ['to', 'runbooks', 'grafana', 'pushgateway-job', 'prometheus-job'];
  const status = await runInRoot(call, [program, ...argumentsOf(values, names, ['to'])]);
  if (status === 0) io.note(`where each file goes: docs/own-monitoring.md (${resolve(values.to)})`);
  return status;
}
