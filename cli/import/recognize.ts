// Reads a file of another tool and finds out by its content which one's it is.

import { readTextFile } from '../../build/text-file.ts';
import { findInner } from '../../build/yace-file.ts';
import { readYaml } from '../../build/yaml-text.ts';
import { ConfigError, type Issue } from '../../layers/core/src/errors.ts';
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

/** Any mapping. */
export type Mapping = Readonly<Record<string, unknown>>;

/** A file that is known. */
export type Recognized = { readonly file: string; readonly tool: Tool; readonly content: Mapping };

/** Reads `file`. @throws ConfigError where it is not YAML, UsageError where it is nobody's. */
export function recognize(file: string): Recognized {
  const read = readTextFile(file);
  if ('fault' in read) throw new UsageError(`${file} ${read.fault}`);
  // Of YACE's files texts may look like numbers; which file it is shows only in its content.
  const plain = readYaml(read.text, { version: '1.1' });
  const yace = isMapping(plain.value) && toolOf(plain.value) === 'yace';
  const { errors, value } = yace ? readYaml(read.text, { version: '1.1', yaceAt: [] }) : plain;
  if (errors.length > 0) throw new ConfigError(file, errors as readonly Issue[]);
  const tool = isMapping(value) ? toolOf(value) : undefined;
  if (read.text.trim() === '')
    throw new UsageError(`${file} is empty, want a file of another tool`);
  if (isMapping(value) && ('probes' in value || 'bridge' in value)) {
    throw new UsageError(
      `${file} is a configuration of fargaze already`,
      `to check it: fargaze check -c ${shellWord(file)}`,
    );
  }
  const inner = tool === undefined ? findInner(value) : undefined;
  if (inner !== undefined) throw new UsageError(`${file} ${inner}`);
  if (tool === undefined || !isMapping(value)) {
    throw new UsageError(
      `${file} is of no tool that is known`,
      'known by their keys: blackbox_exporter (modules), YACE (discovery, static or customNamespace), cloudwatch_exporter (metrics), Prometheus (scrape_configs)',
    );
  }
  return { file, tool, content: value };
}

function toolOf(content: Mapping): Tool | undefined {
  if (Array.isArray(content.scrape_configs)) return 'prometheus';
  if (['discovery', 'static', 'customNamespace'].some((key) => key in content)) return 'yace';
  if (Array.isArray(content.metrics)) return 'cloudwatch_exporter';
  if (isMapping(content.modules) && !('probes' in content)) return 'blackbox_exporter';
  return undefined;
}

/** Whether `value` is a mapping. */
export function isMapping(value: unknown): value is Mapping {
  return Object.prototype.toString.call(value) === '[object Object]';
}
