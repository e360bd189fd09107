// blackbox_exporter and the build read the same files: what loads there loads here, with the same values, and what it refuses is
// refused, but for what docs/probing.md lists.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { blackboxShape } from '../../build/blackbox-shape.ts';
import { parseWithWarnings } from '../../build/config-file.ts';
import { decodeGoYaml } from '../../build/go-yaml.ts';
import { ConfigError } from '../../layers/core/src/errors.ts';
import { findPrograms } from '../../local/programs/find.ts';
import { launch, type Server } from '../../local/programs/servers.ts';
import {
  changedFiles,
  oddFiles,
  optionFiles,
  type PeerFile,
  someOf,
} from '../support/peer/blackbox-files.ts';

let directory: string;
let file: string;
let blackbox: Server;

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'fargaze-load-'));
  file = join(directory, 'blackbox.yml');
  writeFileSync(file, 'modules: {}\n');
  const { blackbox_exporter: program } = await findPrograms(['blackbox_exporter'], {
    report: () => undefined,
  });
  blackbox = await launch({
    program,
    readyPath: '/-/healthy',
    args: (port) => [
      `--web.listen-address=127.0.0.1:${port}`,
      `--config.file=${file}`,
      '--log.level=error',
    ],
  });
});

afterAll(async () => {
  await blackbox.stop();
  rmSync(directory, { recursive: true });
});

/** Why each refuses a file; undefined where it takes it. */
type Verdicts = { readonly theirs: string | undefined; readonly ours: string | undefined };

async function load(text: string): Promise<Verdicts> {
  writeFileSync(file, text);
  const answer = await fetch(`${blackbox.url}/-/reload`, { method: 'POST' });
  const said = await answer.text();
  return { theirs: answer.ok ? undefined : said.trim(), ours: refusal() };
}

function refusal(): string | undefined {
  try {
    parseWithWarnings('blackbox: blackbox.yml\n', { name: 'fargaze.yml', directory });
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return error.issues.map(({ message, path }) => `${path}: ${message}`).join('\n');
  }
  return undefined;
}

/** Whether docs/probing.md says that the two differ so. */
function isListed({ ours, theirs }: Verdicts, { text }: PeerFile): boolean {
  // Forms of YAML that one of the two parsers does not take.
  if (/: got .*, want a CEL expression/.test(ours ?? '')) return /duration/.test(text);
  if (theirs === undefined) return /^blackbox\.yml: line \d+, column \d+: /.test(ours ?? '');
  if (/yaml: (?:line \d+: )?(?:did not|could not|found a tab)/.test(theirs)) return true;
  // Keys of fargaze, and versions of HTTP that older releases took.
  if (/HTTP\/3 cannot be used as a valid HTTP version/.test(theirs)) return true;
  return /field labels not found/.test(theirs) && /^ {4}labels:/m.test(text);
}

/** What the two differ in and nobody has listed. */
async function compareAll(files: readonly PeerFile[]): Promise<readonly unknown[]> {
  const found: unknown[] = [];
  for (const one of files) {
    const verdicts = await load(one.text);
    const { ours, theirs } = verdicts;
    if ((ours === undefined) !== (theirs === undefined)) {
      if (!isListed(verdicts, one)) found.push({ name: one.name, ours, theirs });
    } else if (theirs === undefined) {
      const lost = await compareValues(one.text);
      if (lost.length > 0) found.push({ name: one.name, lost });
    }
  }
  return found;
}

async function compareValues(text: string): Promise<string[]> {
  const config = await (await fetch(`${blackbox.url}/config`)).text();
  const ours = decodeGoYaml(text, blackboxShape).value;
  return differingPaths(ours, decodeGoYaml(config, blackboxShape).value, '');
}

/** Values that the page of blackbox_exporter shows in another spelling, under another name or not at all. */
const respelled =
  /\.(?:timeout|body_size_limit|proxy_url|no_follow_redirects|bearer_token(?:_file)?|claims\..*|labels\..*)$/;

function differingPaths(ours: unknown, theirs: unknown, path: string): string[] {
  if (ours === undefined || respelled.test(path) || theirs === '<secret>') return [];
  if (ours instanceof Uint8Array) return differingPaths(Buffer.from(ours).toString(), theirs, path);
  if (typeof ours === 'object' && ours !== null) {
    const other = (theirs ?? {}) as Readonly<Record<string, unknown>>;
    return Object.entries(ours).flatMap(([key, one]) =>
      differingPaths(one, other[key], `${path}.${key}`),
    );
  }
  // What is false, 0 or empty is left out there.
  const isZero = theirs === undefined && [false, 0, ''].some((zero) => zero === ours);
  const seen = `${path}: ${JSON.stringify(ours)}, there ${JSON.stringify(theirs)}`;
  return isZero || String(ours) === String(theirs) ? [] : [seen];
}

const withoutControls = ({ name }: PeerFile) => name !== 'a character of C1';

it('odd forms of a whole file', async () => {
  expect(await compareAll(oddFiles.filter(withoutControls))).toEqual([]);
});

it('options with values of every kind', async () => {
  const all = optionFiles();
  expect(all.length).toBeGreaterThan(15_000);
  expect(await compareAll(someOf(all, 1500, 1))).toEqual([]);
});

it('files that were changed by chance', async () => {
  expect(await compareAll(changedFiles(300, 7))).toEqual([]);
});
