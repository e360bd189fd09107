// Reads fargaze.yml: YAML to compiled configuration. Issues name path and line, all in one message.
import { readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { compileConfig } from '../layers/core/src/config/compile/compile.ts';
import type { Config } from '../layers/core/src/config/types.ts';
import { ConfigError, codeOf, type Issue } from '../layers/core/src/errors.ts';
import { inlineFiles } from './inline-files.ts';
import { inlineYace, partIssues, type YaceText } from './yace-file.ts';
import { readYaml } from './yaml-text.ts';

/**
 * The compiled configuration of the file at `path`.
 * @throws ConfigError when the file is missing, is not YAML or does not match the schema.
 */
export function readConfigFile(path: string, name = 'fargaze.yml'): Config {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    throw new ConfigError(name, [{ path: '', message: `cannot be read (${codeOf(error)})` }]);
  }
  return parseConfigText(text, name, dirname(path));
}

/**
 * The compiled configuration of a YAML text; files that it names are relative to `directory`.
 * @throws ConfigError as {@link readConfigFile}.
 */
export function parseConfigText(text: string, name = 'fargaze.yml', directory = '.'): Config {
  const yaml = readYaml(text, { version: '1.2', yaceAt: ['bridge', 'cloudwatch', 'yace'] });
  if (yaml.errors.length > 0) throw new ConfigError(name, yaml.errors);
  const { issues: unread, value: whole, yace } = inlineYace(yaml.value, directory);
  const { issues, value } = inlineFiles(whole, directory);
  const all = [...unread, ...issues];
  try {
    const config = compileConfig(value, name);
    if (all.length === 0) return config;
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    // What could not be read has been told with the reason.
    all.push(...error.issues.filter(({ path }) => !unread.some((known) => known.path === path)));
  }
  const { own, theirs } = partIssues(all, yace);
  throw new ConfigError(name, [...inOrder(own, yaml.lineOf), ...named(theirs, yace)]);
}

/** The issues of a YACE file, which they name. */
function named(issues: readonly Issue[], yace: YaceText | undefined): Issue[] {
  if (yace === undefined) return [];
  return inOrder(issues, yace.lineOf).map(({ message, path }) => ({
    path: path === '' ? yace.file : `${yace.file}: ${path}`,
    message,
  }));
}

/** The issues with their lines, first line first. */
function inOrder(issues: readonly Issue[], find: (path: string) => number | undefined): Issue[] {
  return issues
    .map((issue) => ({ issue, line: find(issue.path) }))
    .sort((a, b) => (a.line ?? 0) - (b.line ?? 0))
    .map(({ issue, line }) =>
      line === undefined ? issue : { ...issue, path: `${issue.path} (line ${line})` },
    );
}
