// The YACE file that fargaze.yml names goes into the compiled configuration: the functions have no such file. Its issues
// name it and its own lines.
import { resolve } from 'node:path';
import type { Issue } from '../layers/core/src/errors.ts';
import { readTextFile } from './text-file.ts';
import { readYaml, type YamlText } from './yaml-text.ts';

type Mapping = Record<string, unknown>;

/** A YACE file that took its place in the document. */
export type YaceText = YamlText & { readonly file: string };

/** Where the file is named, and where its content goes. */
const at = 'bridge.cloudwatch.yace';

/** The document with `yace_file` replaced by `yace`, that file, and what is wrong with it as a file. */
export function inlineYace(
  document: unknown,
  directory: string,
): { readonly value: unknown; readonly issues: readonly Issue[]; readonly yace?: YaceText } {
  const value = structuredClone(document);
  const cloudwatch = (value as { bridge?: { cloudwatch?: Mapping } } | null)?.bridge?.cloudwatch;
  const file = cloudwatch?.yace_file;
  if (typeof file !== 'string' || file === '' || cloudwatch?.yace !== undefined) {
    return { value, issues: [] };
  }
  const read = readTextFile(resolve(directory, file));
  if ('fault' in read) {
    const message = `got ${JSON.stringify(file)}, which ${read.fault}`;
    return { value, issues: [{ path: `${at}_file`, message }] };
  }
  const yaml = readYaml(read.text, { version: '1.1', yaceAt: [] });
  if (yaml.errors.length > 0) {
    const issues = yaml.errors.map(({ message, path }) => ({
      path: path === '' ? file : `${file}: ${path}`,
      message,
    }));
    return {
      value,
      issues: [
        ...issues,
        { path: `${at}_file`, message: `got ${JSON.stringify(file)}, which is not YAML` },
      ],
    };
  }
  delete cloudwatch?.yace_file;
  Object.assign(cloudwatch ?? {}, { yace: yaml.value });
  return { value, issues: [], yace: { ...yaml, file } };
}

/** The issues apart: those of the file's content, with paths of its own, and all others. */
export function partIssues(
  issues: readonly Issue[],
  yace: YaceText | undefined,
): { readonly own: readonly Issue[]; readonly theirs: readonly Issue[] } {
  const isTheirs = ({ path }: Issue) =>
    yace !== undefined && (path === at || path.startsWith(`${at}.`));
  const theirs = issues
    .filter(isTheirs)
    .map(({ message, path }) => ({ message, path: path.slice(at.length + 1) }));
  return { own: issues.filter((issue) => !isTheirs(issue)), theirs };
}
