// Reads fargaze.yml: YAML to compiled configuration. Issues name path and line, all in one message.
import { dirname, resolve } from 'node:path';
import { compileConfig } from '../layers/core/src/config/compile/compile.ts';
import type { Config } from '../layers/core/src/config/config.ts';
import { readEnv } from '../layers/core/src/env.ts';
import { ConfigError, type Issue } from '../layers/core/src/errors.ts';
import { inlineBlackbox, partBlackboxIssues } from './blackbox-file.ts';
import { expandProbes } from './expand-probes.ts';
import { inlineFiles } from './inline-files.ts';
import { applyOptions } from './probe-options.ts';
import { readTextFile } from './text-file.ts';
import { inlineYace, partIssues, type YaceText, yaceFileAt } from './yace-file.ts';
import { readYaml } from './yaml-text.ts';

const variable = 'FARGAZE_CONFIG';

/** The file to read, relative to the project: `FARGAZE_CONFIG`, else fargaze.yml. Messages call it so. */
export function configFileName(): string {
  return readEnv(variable) ?? 'fargaze.yml';
}

/** The compiled fargaze.yml of the repository at `root`, or what `FARGAZE_CONFIG` names. @throws as {@link readConfigFile} */
export function readOwnConfig(root: string): Config {
  const name = configFileName();
  return readConfigFile(resolve(root, name), name);
}

/**
 * The compiled configuration of the file at `path`.
 * @throws ConfigError when the file is missing, is not YAML or does not match the schema.
 */
export function readConfigFile(path: string, name = 'fargaze.yml'): Config {
  const file = readTextFile(path);
  if ('fault' in file) {
    const named = readEnv(variable) === name ? `; ${variable} names it (${resolve(path)})` : '';
    throw new ConfigError(name, [{ path: '', message: `${file.fault}${named}` }]);
  }
  return parseConfigText(file.text, name, dirname(path));
}

/**
 * The compiled configuration of a YAML text; files that it names are relative to `directory`. Warnings go to standard error.
 * @throws ConfigError as {@link readConfigFile}.
 */
export function parseConfigText(text: string, name = 'fargaze.yml', directory = '.'): Config {
  const { config, warnings } = parseWithWarnings(text, { name, directory });
  for (const warning of warnings) process.stderr.write(`${warning}\n`);
  return config;
}

/** What a file is called in messages, and where it stands. */
type Place = { readonly name: string; readonly directory: string };

/** A configuration, and what of its files was left out. */
export type WarnedConfig = {
  readonly config: Config;
  readonly warnings: readonly string[];
  /** The files that it names, as it names them. */
  readonly files: readonly string[];
};

/**
 * As {@link parseConfigText}, with the warnings.
 * @throws ConfigError as {@link readConfigFile}.
 */
export function parseWithWarnings(text: string, { directory, name }: Place): WarnedConfig {
  const yaml = readYaml(text, { version: '1.2', yaceAt: ['bridge', 'cloudwatch', 'yace'] });
  if (yaml.value === undefined) throw new ConfigError(name, yaml.errors);
  if (yaml.value === null) throw new ConfigError(name, [...yaml.errors, empty]);
  const expanded = expandProbes(yaml.value);
  const blackbox = inlineBlackbox(expanded.value, directory);
  const options = applyOptions(blackbox.value);
  const host = { name, directory, lineOf: yaml.lineOf };
  const { issues: unread, value: whole, warnings, yace } = inlineYace(options.value, host);
  const { files, issues, value } = inlineFiles(whole, directory);
  const all = [...expanded.issues, ...options.issues, ...unread, ...issues];
  try {
    const config = compileConfig(value, name);
    if (all.length + blackbox.issues.length + yaml.errors.length === 0) {
      const left = warnings.map(({ message, path }) => `${path}: ${message}`);
      const sources = [blackbox.source, yace].flatMap((one) => one?.file ?? []);
      return { config, warnings: [...blackbox.warnings, ...left], files: [...sources, ...files] };
    }
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    // What could not be read has been named with the reason.
    const isEcho = ({ message, path }: Issue) =>
      (unread.length > 0 && path === yaceFileAt) ||
      (blackbox.isUnread === true && message.startsWith('unknown module'));
    all.push(...error.issues.filter((issue) => !isEcho(issue)));
  }
  const { own: mine, theirs: yaces } = partIssues(options.place(all), yace);
  const { own: written, theirs: blackboxes } = partBlackboxIssues(mine, blackbox.source);
  const own = written.map((issue) => ({ ...issue, path: expanded.placeOf(issue.path) }));
  const isUnread = ({ path }: Issue) => path === 'blackbox' || path === 'blackbox.file';
  throw new ConfigError(name, [
    ...yaml.errors,
    ...inOrder([...own, ...blackbox.issues.filter(isUnread)], yaml.lineOf),
    ...blackbox.issues.filter((issue) => !isUnread(issue)),
    ...blackboxes,
    ...named(yaces, yace),
    ...(yaces.length === 0 ? [] : warnings.filter(mayExplain)),
  ]);
}

/** A key that YACE ignores and that is nearly another one may be why that other one is missing. */
function mayExplain({ message }: Issue): boolean {
  return message.includes('did you mean');
}

/** Nothing at all is more likely the wrong file, or one that lost its content, than a wish to watch nothing. */
const empty: Issue = {
  path: '',
  message: 'is empty, want a mapping with probes, modules, shards, vantage, bridge, slos or links',
};

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
