// The YACE file that fargaze.yml names goes into the compiled configuration: the functions have no such file. Its issues
// name it and its own lines.
import { resolve } from 'node:path';
import { asMapping, type Finding } from '../layers/core/src/config/compile/raw.ts';
import { tidyYace } from '../layers/core/src/config/compile/yace-tidy.ts';
import { formatPath } from '../layers/core/src/config/explain.ts';
import { isMapping } from '../layers/core/src/config/mapping.ts';
import type { Issue } from '../layers/core/src/errors.ts';
import { readTextFile } from './text-file.ts';
import { readYaml, type YamlText } from './yaml-text.ts';

type Mapping = Record<string, unknown>;

/** A YACE file that took its place in the document. */
export type YaceText = YamlText & { readonly file: string };

/** Where its content goes. */
const at = 'bridge.cloudwatch.yace';

/** Where the file is named. */
export const yaceFileAt = `${at}_file`;

/** A document with `yace_file` replaced by `yace`, that file, and what is wrong with it as a file. */
export type InlinedYace = {
  readonly value: unknown;
  readonly issues: readonly Issue[];
  readonly yace?: YaceText;
  /** What of the YACE document was left out or rewritten; places name their file and line. */
  readonly warnings: readonly Issue[];
};

/** The document that fargaze.yml is, and where it stands. */
export type Host = {
  readonly name: string;
  readonly directory: string;
  readonly lineOf: YamlText['lineOf'];
};

/** Reads the YACE file that `document` names, and leaves out what YACE ignores, of `yace` too. */
export function inlineYace(document: unknown, host: Host): InlinedYace {
  const value = structuredClone(document);
  const cloudwatch = (value as { bridge?: { cloudwatch?: Mapping } } | null)?.bridge?.cloudwatch;
  const file = cloudwatch?.yace_file;
  if (cloudwatch?.yace !== undefined) {
    const tidied = tidyYace(cloudwatch.yace);
    cloudwatch.yace = tidied.value;
    const place = { file: host.name, prefix: `${at}.`, lineOf: host.lineOf };
    return { value, issues: [], warnings: toWarnings(tidied.warnings, place) };
  }
  if (cloudwatch === undefined || typeof file !== 'string' || file === '') {
    return { value, issues: [], warnings: [] };
  }
  const read = readTextFile(resolve(host.directory, file));
  const refuse = (why: string): InlinedYace => {
    const message = `got ${JSON.stringify(file)}, which ${why}`;
    return { value, issues: [{ path: yaceFileAt, message }], warnings: [] };
  };
  if ('fault' in read) return refuse(read.fault);
  const alloy = findAlloy(read.text);
  if (alloy !== undefined) return refuse(alloy);
  const yaml = withPlaces(readYaml(read.text, { version: '1.1', yaceAt: [] }));
  // YACE takes the last of two keys and the first of two documents.
  const faults = yaml.errors.filter((issue) => readAs(issue) === undefined);
  if (faults.length > 0) {
    const issues = faults.map(({ message, path }) => ({
      path: path === '' ? file : `${file}: ${path}`,
      message,
    }));
    return { value, issues, warnings: [] };
  }
  const other = findOther(yaml.value);
  if (other !== undefined) return refuse(other);
  const tidied = tidyYace(yaml.value);
  const { yace_file: _, ...rest } = cloudwatch;
  Object.assign((value as { bridge: object }).bridge, {
    cloudwatch: { ...rest, yace: tidied.value },
  });
  const place = { file, prefix: '', lineOf: yaml.lineOf };
  const twice = yaml.errors.map(({ message, path }) => ({
    path: `${file}: ${path}`,
    message: `${message}: ${readAs({ path, message })}`,
  }));
  const warnings = [
    ...twice,
    ...toWarnings([...tidied.warnings, ...unversioned(yaml.value)], place),
  ];
  return { value, issues: [], yace: { ...yaml, file }, warnings };
}

/** How YACE reads what is wrong as YAML; undefined: it does not. */
function readAs({ message }: Issue): string | undefined {
  if (message.startsWith('duplicate key ')) return 'read as the last';
  if (message.startsWith('a second document begins')) return 'the first is read, as in YACE';
  return undefined;
}

/** Places of a file in the oldest form, whose `discovery` is the list of jobs. */
function withPlaces(yaml: YamlText): YamlText {
  if (!Array.isArray(asMapping(yaml.value).discovery)) return yaml;
  return { ...yaml, lineOf: (path) => yaml.lineOf(path.replace(/^discovery\.jobs/, 'discovery')) };
}

/** What the file is instead, in words, where it is one that people take for a YACE file. */
function findOther(document: unknown): string | undefined {
  const { metrics } = asMapping(document);
  const first = asMapping(Array.isArray(metrics) ? metrics[0] : undefined);
  if ('aws_namespace' in first)
    return 'is a file of cloudwatch_exporter: `npx --no-install fargaze import` writes its rules as jobs';
  return findInner(document);
}

const agentKeys = ['sts_region', 'exported_tags', 'search_tags', 'nil_to_zero', 'custom_tags'];

/** What is wrong where the keys are those of Grafana Agent, which contains YACE and spells its keys differently. */
function findAgent(document: unknown): string | undefined {
  const { discovery, integrations } = asMapping(document);
  const inner = asMapping(asMapping(integrations).cloudwatch_exporter);
  const theirs = Object.keys(inner).length > 0 ? inner : asMapping(document);
  const jobs = asMapping(theirs.discovery ?? discovery).jobs;
  const places = [theirs, theirs.discovery, ...(Array.isArray(jobs) ? jobs : [])];
  const key = places
    .flatMap((place) => Object.keys(asMapping(place)))
    .find((one) => agentKeys.includes(one));
  return (
    key &&
    `is written for Grafana Agent (${key}), want a file of YACE: sts-region, exportedTagsOnMetrics, searchTags, customTags, nilToZero, and periods in seconds`
  );
}

/** What is wrong where the text is a file of Grafana Alloy, which contains YACE. */
export function findAlloy(text: string): string | undefined {
  return /^\s*prometheus\.exporter\.cloudwatch\b/m.test(text)
    ? 'is written for Grafana Alloy (prometheus.exporter.cloudwatch), want the same jobs in a file of YACE'
    : undefined;
}

/**
 * In words, what a document is instead of a YACE file: one that has such a file as a text, as a ConfigMap of Kubernetes or the
 * values of YACE's chart do, or one of Grafana Agent.
 */
export function findInner(document: unknown): string | undefined {
  const { config, data } = asMapping(document);
  const inner = [['config', config] as const, ...Object.entries(asMapping(data))].find(
    ([, text]) => typeof text === 'string' && /^(?:discovery|static|customNamespace):/m.test(text),
  );
  return (
    findAgent(document) ??
    (inner && `holds a YACE file as the text of ${inner[0]}, want that text in a file of its own`)
  );
}

/** YACE warns of a file that does not say its version. */
function unversioned(document: unknown): Finding[] {
  if (!isMapping(document) || (document.apiVersion ?? '') !== '') return [];
  return [{ path: ['apiVersion'], message: 'missing, want v1alpha1' }];
}

type Place = { readonly file: string; readonly prefix: string; readonly lineOf: Host['lineOf'] };

function toWarnings(found: readonly Finding[], { file, lineOf, prefix }: Place): Issue[] {
  return found
    .map(({ message, path: steps }) => {
      const path = `${prefix}${formatPath(steps)}`;
      return { path, message, line: lineOf(path) };
    })
    .sort((a, b) => (a.line ?? 0) - (b.line ?? 0))
    .map(({ line, message, path }) => {
      const lines = line === undefined ? '' : ` (line ${line})`;
      return { path: `${file}: ${path}${lines}`, message };
    });
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
