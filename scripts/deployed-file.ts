// The deployed stack as a file: what `aws cloudformation get-template` writes, or a template. Refuses anything else with its
// path, what it is and what is wanted.

import { readTextFile } from '../build/text-file.ts';
import type { Stack } from '../infra/template/stack.ts';
import { isItem, toTemplate } from '../infra/template/template.ts';
import { ConfigError, messageOf } from '../layers/core/src/errors.ts';

const want =
  'want what aws cloudformation get-template --output json writes, or a template in JSON';

/** The stack in the file at `path`. @throws ConfigError naming the file. */
export function readDeployedFile(path: string): Stack {
  const file = readTextFile(path);
  if ('fault' in file) throw refused(path, file.fault);
  try {
    const read: unknown = JSON.parse(file.text);
    const body = isItem(read) && read.TemplateBody !== undefined ? read.TemplateBody : read;
    const template = toTemplate(typeof body === 'string' ? JSON.parse(body) : body);
    return { template, values: isItem(read) && read !== template ? valuesOf(read.Parameters) : {} };
  } catch (error) {
    const isJson = !(error instanceof SyntaxError);
    throw refused(path, isJson ? 'has no Resources' : `is not JSON: ${messageOf(error)}`);
  }
}

function refused(path: string, fault: string): ConfigError {
  return new ConfigError(`--deployed ${path}`, [{ path: '', message: `${fault}, ${want}` }]);
}

function valuesOf(parameters: unknown): Readonly<Record<string, string>> {
  if (!isItem(parameters)) return {};
  return Object.fromEntries(
    Object.entries(parameters).map(([name, value]) => [name, String(value)]),
  );
}
