// Reads a file of another tool and finds out by its content which one's it is.

import { blackboxShape } from '../../build/blackbox-shape.ts';
import { decodeGoYaml, type GoYaml } from '../../build/go-yaml.ts';
import { readTextFile } from '../../build/text-file.ts';
import { findAlloy, findInner } from '../../build/yace-file.ts';
import { readYaml } from '../../build/yaml-text.ts';
import type { Mapping } from '../../layers/core/src/config/compile/raw.ts';
import { formatPath } from '../../layers/core/src/config/explain.ts';
import { isMapping } from '../../layers/core/src/config/mapping.ts';
import { ConfigError, type Issue } from '../../layers/core/src/errors.ts';
import { called } from '../command/called.ts';
import { UsageError } from '../command/command.ts';
import { shellWord } from '../command/shell-word.ts';

/** The tools. */
export type Tool = 'blackbox_exporter' | 'cloudwatch_exporter' | 'prometheus' | 'yace';

/** Their names as they write them. */
export const toolNames: Readonly<Record<Tool, string>> = {
  blackbox_exporter: 'blackbox_exporter',
  cloudwatch_exporter: 'cloudwatch_exporter',
  prometheus: 'Prometheus',
  yace: 'YACE',
};

/** A file that is known. */
export type Recognized = {
  readonly file: string;
  readonly tool: Tool;
  readonly content: Mapping;
  /** Where a path of the content stands, as far as that is known. */
  readonly lineOf?: (path: string) => number | undefined;
};

/** Reads `file`. @throws ConfigError where it is not YAML, UsageError where it is nobody's. */
export function recognize(file: string): Recognized {
  const read = readTextFile(file);
  if ('fault' in read) throw new UsageError(`${file} ${read.fault}`);
  const alloy = findAlloy(read.text);
  if (alloy !== undefined) throw new UsageError(`${file} ${alloy}`);
  // Texts of a blackbox.yml may look like numbers too, and what stands behind its first document is not read.
  const loose = decodeGoYaml(read.text, { kind: 'any' }).value;
  if (toolOf(loose) === 'blackbox_exporter') {
    return { file, tool: 'blackbox_exporter', ...readBlackbox(file, read.text, loose) };
  }
  // Of YACE's files texts may look like numbers; which file it is shows only in its content.
  const plain = readYaml(read.text, { version: '1.1' });
  const yace = toolOf(plain.value) === 'yace';
  const { errors, value } = yace ? readYaml(read.text, { version: '1.1', yaceAt: [] }) : plain;
  if (errors.length > 0) throw new ConfigError(file, errors as readonly Issue[]);
  const tool = toolOf(value);
  if (read.text.trim() === '')
    throw new UsageError(`${file} is empty, want a file of another tool`);
  if (isMapping(value) && ('probes' in value || 'bridge' in value)) {
    throw new UsageError(
      `${file} is a configuration of fargaze already`,
      `to check it: ${called()} check -c ${shellWord(file)}`,
    );
  }
  const inner = tool === undefined || tool === 'yace' ? findInner(value) : undefined;
  if (inner !== undefined) throw new UsageError(`${file} ${inner}`);
  if (tool === undefined || !isMapping(value)) {
    throw new UsageError(
      `${file} is of no tool that is known`,
      'known by their keys: blackbox_exporter (modules), YACE (discovery, static or customNamespace), cloudwatch_exporter (metrics), Prometheus (scrape_configs)',
    );
  }
  return { file, tool, content: value };
}

/** The modules; one with a mistake is as `loose` has it, for whoever leaves it out with the reason. */
function readBlackbox(file: string, text: string, loose: unknown) {
  const strict = decodeGoYaml(text, blackboxShape);
  const isOfModule = ({ path }: Issue) => /^modules\../.test(path);
  if (!strict.faults.every(isOfModule)) {
    throw new ConfigError(file, placed(strict));
  }
  const modulesOf = (value: unknown): Mapping =>
    isMapping(value) && isMapping(value.modules) ? value.modules : {};
  const isFaulty = (name: string) =>
    strict.faults.some(({ path }) => `${path}.`.startsWith(`${formatPath(['modules', name])}.`));
  const kept = Object.entries(modulesOf(strict.value)).filter(([name]) => !isFaulty(name));
  const faulty = Object.entries(modulesOf(loose)).filter(([name]) => isFaulty(name));
  return {
    content: { modules: Object.fromEntries([...kept, ...faulty]) },
    lineOf: strict.lineOf,
  };
}

/** The faults with their lines. */
function placed(yaml: GoYaml): Issue[] {
  return yaml.faults.map(({ message, path }) => {
    const line = yaml.lineOf(path);
    return { path: line === undefined ? path : `${path} (line ${line})`, message };
  });
}

function toolOf(content: unknown): Tool | undefined {
  if (!isMapping(content)) return undefined;
  if (Array.isArray(content.scrape_configs)) return 'prometheus';
  if (['discovery', 'static', 'customNamespace'].some((key) => key in content)) return 'yace';
  if (Array.isArray(content.metrics)) return 'cloudwatch_exporter';
  if (isMapping(content.modules) && !('probes' in content)) return 'blackbox_exporter';
  return undefined;
}
