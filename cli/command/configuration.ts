// The configuration that a command reads: the named file, FARGAZE_CONFIG or fargaze.yml in the working directory.
import { existsSync, lstatSync } from 'node:fs';
import { basename, dirname, resolve } from 'node:path';
import { configFileName, parseWithWarnings, type WarnedConfig } from '../../build/config-file.ts';
import { readTextFile } from '../../build/text-file.ts';
import { compileConfig } from '../../layers/core/src/config/compile/compile.ts';
import type { Config } from '../../layers/core/src/config/config.ts';
import { ConfigError } from '../../layers/core/src/errors.ts';
import { called } from './called.ts';
import { textOf, UsageError, type Values } from './command.ts';

/** The path of the configuration, relative to the working directory, and whether somebody named it. */
export function configPath(values: Values): { readonly file: string; readonly named: boolean } {
  const given = textOf(values, 'config');
  const file = given ?? configFileName();
  return { file, named: given !== undefined || file !== 'fargaze.yml' };
}

/** The configuration, and what of it was left out. @throws ConfigError, or UsageError where there is no file. */
export function readConfiguration(values: Values): WarnedConfig {
  const { file } = configPath(values);
  const read = readTextFile(file === '-' ? 0 : file);
  if ('fault' in read) {
    const isThere = file === '-' || lstatSync(file, { throwIfNoEntry: false }) !== undefined;
    if (isThere && read.fault !== 'does not exist')
      throw new ConfigError(file, [{ path: '', message: read.fault }]);
    throw new UsageError(
      `${file} does not exist`,
      `to write one: ${called()} init; to name another: --config FILE`,
    );
  }
  return parseWithWarnings(read.text, { name: file, directory: dirname(resolve(file)) });
}

/** The path of a configuration that is more than its text. @throws UsageError for standard input, and for what is no file. */
export function configFile(values: Values): string {
  const { file } = configPath(values);
  if (file === '-') {
    throw new UsageError(
      '--config: got -, want a file',
      'what is copied or packaged keeps its place, and standard input has none',
    );
  }
  const read = readTextFile(file);
  if ('fault' in read && read.fault !== 'does not exist')
    throw new ConfigError(file, [{ path: '', message: read.fault }]);
  return file;
}

/** Whether there is a configuration to read. */
export function hasConfiguration(values: Values): boolean {
  const { file, named } = configPath(values);
  return named || existsSync(file);
}

/** What is there without any file: the built-in modules. */
export const builtIn = (): Config => compileConfig({}, basename('fargaze.yml'));
