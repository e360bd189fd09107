// Reads fargaze.yml: YAML to compiled configuration. Issues name path and line, all in one message.
import { readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { type Document, isNode, LineCounter, parseDocument } from 'yaml';
import { compileConfig } from '../layers/core/src/compile.ts';
import type { Config } from '../layers/core/src/config.ts';
import { ConfigError, codeOf, type Issue } from '../layers/core/src/errors.ts';
import { inlineFiles } from './inline-files.ts';

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
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  if (document.errors.length > 0) {
    const issues = document.errors.map((error) => {
      const { line, col } = lines.linePos(error.pos[0]);
      return { path: `line ${line}, column ${col}`, message: error.message };
    });
    throw new ConfigError(name, issues);
  }
  const { issues, value } = inlineFiles(document.toJS(), directory);
  const all = [...issues];
  let config: Config | undefined;
  try {
    config = compileConfig(value, name);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    all.push(...error.issues);
  }
  if (config !== undefined && all.length === 0) return config;
  throw new ConfigError(
    name,
    inOrder(all, (path) => lineOf(document, lines, path)),
  );
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

/** The line of the nearest existing node on `path`. */
function lineOf(document: Document, lines: LineCounter, path: string): number | undefined {
  const steps = [...path.matchAll(/"((?:[^"\\]|\\.)*)"|\[(\d+)\]|([^.[\]]+)/g)].map((match) =>
    match[2] === undefined ? (match[1] ?? match[3] ?? '') : Number(match[2]),
  );
  for (let length = steps.length; length > 0; length--) {
    const node = document.getIn(steps.slice(0, length), true);
    if (isNode(node) && node.range) return lines.linePos(node.range[0]).line;
  }
  return undefined;
}
