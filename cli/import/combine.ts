// One draft of several recognized files. A file that runs as it is, is named; of one that does not, what runs is written out.

import { basename, dirname, relative, resolve } from 'node:path';
import { stringify } from 'yaml';
import { parseWithWarnings } from '../../build/config-file.ts';
import type { Mapping } from '../../layers/core/src/config/compile/raw.ts';
import { formatPath } from '../../layers/core/src/config/explain.ts';
import { isMapping } from '../../layers/core/src/config/mapping.ts';
import { ConfigError } from '../../layers/core/src/errors.ts';
import { UsageError } from '../command/command.ts';
import type { CloudWatchDraft, Draft, ProbeGroup } from '../draft/draft.ts';
import { fromCloudWatchExporter } from './cloudwatch-exporter.ts';
import { moveFiles } from './move-files.ts';
import { fromPrometheus } from './prometheus.ts';
import type { Recognized, Tool } from './recognize.ts';
import { referSecrets } from './secrets.ts';
import { withTemporary } from './temporary.ts';
import { pruneYace } from './yace.ts';

/** A draft, other files to write beside it by their names, and what was left out. */
export type Combined = {
  readonly draft: Draft;
  readonly files: Readonly<Record<string, string>>;
  readonly notes: readonly string[];
};

/** Combines `files` for a fargaze.yml in `directory`; `taken` has the names of probes that are there already. */
export function combine(
  files: readonly Recognized[],
  directory: string,
  taken: Set<string>,
): Combined {
  refuseTwice(files);
  const notes: string[] = [];
  const of = (tool: Tool) => files.find((one) => one.tool === tool);
  const blackbox = of('blackbox_exporter');
  const groups = groupsOf(of('prometheus'), taken, notes);
  const note = (file: string, lines: readonly string[]) =>
    notes.push(...lines.map((line) => `${file}: ${line}`));
  const place = (file: string) => relative(directory, resolve(file)).split('\\').join('/') || file;
  const { named, source, written } =
    blackbox === undefined
      ? { named: undefined, source: undefined, written: {} }
      : blackboxOf(blackbox, groups, { directory, note, place });
  const kept =
    source === undefined
      ? keepRunning(groups, { blackbox: named, directory, notes })
      : withTemporary(source, (path) =>
          keepRunning(groups, { blackbox: relative(directory, path), directory, notes }),
        );
  const cloudwatch = cloudWatchOf(of('yace'), of('cloudwatch_exporter'), {
    directory,
    note,
    place,
  });
  return {
    draft: {
      ...(named !== undefined && { blackbox: named }),
      groups: kept,
      ...(cloudwatch !== undefined && { cloudwatch }),
    },
    files: written,
    notes,
  };
}

type Modules = {
  /** The file that has them, as fargaze.yml names it. */
  readonly named: string;
  /** What is written besides. */
  readonly written: Readonly<Record<string, string>>;
  /** The text of that, with absolute paths of files, to be tried from another folder. */
  readonly source: string | undefined;
};

/** The file itself where it runs as it is; else one with those of its modules that do. */
function blackboxOf(
  blackbox: Recognized,
  groups: readonly ProbeGroup[],
  { directory, note, place }: Ways,
): Modules {
  const own = place(blackbox.file);
  const referred = referSecrets(modulesOf(blackbox));
  const needed = groups.some(({ module }) => referred.holders.has(module));
  if (!needed && runs({ blackbox: own }, directory))
    return { named: own, written: {}, source: undefined };
  const find = (path: string) => resolve(dirname(blackbox.file), path);
  const pruned = pruneModules(moveFiles(referred.modules, find), blackbox, directory);
  note(blackbox.file, [...referred.notes, ...pruned.notes]);
  const named = `fargaze.${basename(blackbox.file)}`;
  const kept = Object.entries(referred.modules).filter(([name]) => name in pruned.modules);
  const modules = moveFiles(Object.fromEntries(kept), (path) => place(find(path)));
  return {
    named,
    written: { [named]: stringifyModules(modules) },
    source: stringifyModules(pruned.modules),
  };
}

function stringifyModules(modules: Mapping): string {
  const options = { lineWidth: 0, aliasDuplicateObjects: false, version: '1.1' } as const;
  return stringify({ modules }, options);
}

function refuseTwice(files: readonly Recognized[]): void {
  const first = new Map<string, string>();
  for (const { file, tool } of files) {
    const kind = tool === 'yace' || tool === 'cloudwatch_exporter' ? 'CloudWatch' : tool;
    const other = first.get(kind);
    if (other !== undefined)
      throw new UsageError(`${file} and ${other} are both files for ${kind}, want one of them`);
    first.set(kind, file);
  }
}

function groupsOf(
  prometheus: Recognized | undefined,
  taken: Set<string>,
  notes: string[],
): readonly ProbeGroup[] {
  if (prometheus === undefined) return [];
  const read = fromPrometheus(prometheus.content, taken);
  notes.push(...read.notes.map((line) => `${prometheus.file}: ${line}`));
  return read.groups;
}

type Proof = {
  readonly blackbox: string | undefined;
  readonly directory: string;
  readonly notes: string[];
};

/** The groups whose module runs here, with those of their targets that can be probed. */
function keepRunning(groups: readonly ProbeGroup[], proof: Proof): readonly ProbeGroup[] {
  return groups.flatMap((group) => {
    const kept = keepTargets(group, proof);
    return kept === undefined ? [] : [kept];
  });
}

/** The group without the targets that are refused; nothing where its module is, or no target is left. */
function keepTargets(group: ProbeGroup, proof: Proof): ProbeGroup | undefined {
  const issues = issuesOf(group, proof);
  if (issues.length === 0) return group;
  const names = Object.keys(group.targets);
  const places = new Set(issues.map(({ path }) => path.replace(/ \(line \d+\)$/, '')));
  const blamed = names.filter((name) => places.has(formatPath(['probes', 0, 'targets', name])));
  const isWhole = blamed.length < places.size;
  const refused = isWhole ? names : blamed;
  const reasons = [...new Set(issues.map(({ message }) => message))].join('; ');
  proof.notes.push(
    `probes of module ${group.module} (${refused.join(', ')}): left out: ${reasons}`,
  );
  if (refused.length === names.length) return undefined;
  const gone = new Set(blamed);
  const targets = Object.entries(group.targets).filter(([name]) => !gone.has(name));
  // Only now may be seen what else is wrong.
  return keepTargets({ ...group, targets: Object.fromEntries(targets) }, proof);
}

function issuesOf({ comments: _, ...group }: ProbeGroup, { blackbox, directory }: Proof) {
  const document = { ...(blackbox !== undefined && { blackbox }), probes: [group] };
  try {
    parseWithWarnings(stringify(document), { name: 'fargaze.yml', directory });
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.issues;
    throw error;
  }
}

/** Whether a document compiles as it is. */
function runs(document: Mapping, directory: string): boolean {
  try {
    parseWithWarnings(stringify(document), { name: 'fargaze.yml', directory });
    return true;
  } catch (error) {
    if (error instanceof ConfigError) return false;
    throw error;
  }
}

function modulesOf({ content: { modules } }: Recognized): Mapping {
  return isMapping(modules) ? modules : {};
}

/** The modules that run. Each is tried by itself, since mistakes of the file name its own lines. */
function pruneModules(modules: Mapping, { file, lineOf }: Recognized, directory: string) {
  const notes: string[] = [];
  const kept: Record<string, unknown> = {};
  for (const [name, module] of Object.entries(modules)) {
    const fault = faultOf({ name, module, lineOf }, directory);
    if (fault === undefined) kept[name] = module;
    else notes.push(`modules.${name}: left out: ${fault}`);
  }
  if (Object.keys(kept).length === 0)
    throw new UsageError(`${file}: none of its modules runs here`, notes.join('\n'));
  return { modules: kept, notes };
}

type ImportedModule = {
  readonly name: string;
  readonly module: unknown;
  readonly lineOf: Recognized['lineOf'] | undefined;
};

function faultOf({ lineOf, module, name }: ImportedModule, directory: string): string | undefined {
  try {
    // As blackbox.yml writes it: its own options and defaults are translated on the way.
    const file = `data-${process.pid}.yml`;
    parseBlackbox(stringify({ modules: { [name]: module } }, { version: '1.1' }), directory, file);
    return undefined;
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return error.issues
      .map(({ message, path }) => {
        const own = path.replace(/^.*?: /, '').replace(/ \(line \d+\)$/, '');
        const line = lineOf?.(own);
        return `${own}${line === undefined ? '' : ` (line ${line})`}: ${message}`;
      })
      .join('; ');
  }
}

function parseBlackbox(text: string, directory: string, file: string): void {
  withTemporary(text, (path) =>
    parseWithWarnings(`blackbox: ${JSON.stringify(relative(directory, path))}`, {
      name: file,
      directory,
    }),
  );
}

type Ways = {
  readonly directory: string;
  readonly note: (file: string, lines: readonly string[]) => void;
  readonly place: (file: string) => string;
};

function cloudWatchOf(
  yace: Recognized | undefined,
  exporter: Recognized | undefined,
  { directory, note, place }: Ways,
): CloudWatchDraft | undefined {
  if (yace !== undefined) {
    const file = place(yace.file);
    if (runs({ bridge: { cloudwatch: { yace_file: file } } }, directory)) return { jobs: { file } };
    const pruned = pruneYace(yace.content);
    note(yace.file, pruned.notes);
    return isIdle(pruned.value) ? undefined : { jobs: { content: pruned.value } };
  }
  if (exporter === undefined) return undefined;
  const { content, notes } = fromCloudWatchExporter(exporter.content);
  const pruned = pruneYace(content);
  note(exporter.file, [...notes, ...pruned.notes]);
  if (isIdle(pruned.value)) return undefined;
  return { naming: 'cloudwatch_exporter', jobs: { content: pruned.value } };
}

/** Whether no job is left. */
function isIdle(content: Mapping): boolean {
  const lists = ['discovery', 'static', 'customNamespace'].map((key) => content[key]);
  return lists.every((list) => list === undefined || (Array.isArray(list) && list.length === 0));
}
