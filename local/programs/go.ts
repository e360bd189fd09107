// Builds programs at exactly the versions that are deployed, from Go modules, into the cache: once per version, all or
// nothing, by one process at a time. Downloads modules and nothing else: no toolchain, no repository.
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdtemp, rename, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { cacheDir, withLock } from './cache.ts';
import { lastLines, runCommand } from './command.ts';
import { MissingProgramError, type Program, type Report } from './find.ts';
import { type GoBuild, type GoProgramName, goPrograms } from './go-catalogue.ts';

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

/** Who hears of a build, and which `go` builds. */
export type GoOptions = { readonly report: Report; readonly go?: string };

/**
 * The named programs at their deployed versions, built where the cache lacks them: minutes once, then nothing.
 * @throws MissingProgramError when something must be built and Go is missing or too old; Error when a build fails.
 */
export async function deployedPrograms<N extends GoProgramName>(
  names: readonly N[],
  { report, go = 'go' }: GoOptions,
): Promise<Record<N, Program>> {
  for (const build of new Set<GoBuild>(names.map((name) => goPrograms[name]))) {
    await ensureBuilt(build, { report, go });
  }
  const programs = names.map((name): [N, Program] => {
    const build = goPrograms[name];
    const path = join(cacheDir(), keyOf(build), name);
    return [name, { name, path, env: {}, version: build.release }];
  });
  for (const [name, { version }] of programs) report(`${name} ${version}, built from source`);
  return Object.fromEntries(programs) as Record<N, Program>;
}

/** Names what is built and how, so that a change of either is built anew. */
function keyOf(build: GoBuild): string {
  const recipe = JSON.stringify([build, goEnv, process.platform, process.arch]);
  const hash = createHash('sha256').update(recipe).digest('hex').slice(0, 12);
  return `go-${basename(build.module)}-${build.release}-${hash}`;
}

async function ensureBuilt(build: GoBuild, options: Required<GoOptions>): Promise<void> {
  const key = keyOf(build);
  const directory = join(cacheDir(), key);
  if (existsSync(directory)) return;
  await checkGo(build, options.go);
  await withLock(key, async () => {
    if (existsSync(directory)) return;
    const begun = performance.now();
    const what = `${build.packages.map((path) => basename(path)).join(' and ')} ${build.release}`;
    options.report(`building ${what} from its Go module; this takes minutes, once`);
    const fresh = await mkdtemp(join(cacheDir(), 'build-'));
    try {
      await compile(build, { go: options.go, directory: fresh });
      await rename(fresh, directory);
    } finally {
      await rm(fresh, { recursive: true, force: true });
    }
    options.report(`built ${what} in ${Math.round((performance.now() - begun) / 1000)} s`);
  });
}

/** @throws MissingProgramError naming the Go that was found and the one that is needed. */
async function checkGo(build: GoBuild, go: string): Promise<void> {
  const { output } = await runCommand(go, ['env', 'GOVERSION'], { env: goEnv });
  const found = /^go(\d+)\.(\d+)/m.exec(output);
  const [major = 0, minor = 0] = (found ?? []).slice(1).map(Number);
  const [wantMajor = 0, wantMinor = 0] = build.go.split('.').map(Number);
  if (major > wantMajor || (major === wantMajor && minor >= wantMinor)) return;
  const what = `${basename(build.module)} ${build.release} is built from source with Go`;
  const seen = found === null ? 'no Go found' : `found ${found[0]}`;
  throw new MissingProgramError(
    `${what}: ${seen}, want ${wantMajor}.${wantMinor} or newer\ninstall with: brew install go, or as https://go.dev/doc/install says`,
  );
}

type Module = { readonly Dir?: string; readonly Sum?: string };

/** Builds inside the module itself: its own go.sum holds every dependency to what was released. */
async function compile(
  build: GoBuild,
  { go, directory }: { readonly go: string; readonly directory: string },
): Promise<void> {
  const versioned = `${build.module}@${build.moduleVersion}`;
  const downloaded = await run(go, ['mod', 'download', '-json', versioned], directory);
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
  // Lowest priority: whatever else the machine does comes first.
  const args = ['-n', '19', go, 'build', ...flags, '-o', `${directory}/`, ...build.packages];
  await run('nice', args, module.Dir ?? directory);
}

async function run(command: string, args: readonly string[], cwd: string): Promise<string> {
  const options = { cwd, env: goEnv, timeoutMs: buildTimeoutMs };
  const { code, output } = await runCommand(command, args, options);
  if (code === 0) return output;
  throw new Error(`${command} ${args.join(' ')}: ${lastLines(output, 8)}`);
}
