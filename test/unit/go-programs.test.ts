// Building deployed programs: once, whole or not at all, from what the checksum names, with words on what is missing.
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { deployedPrograms } from '../../local/programs/go.ts';
import { goPrograms, prometheusModuleVersion } from '../../local/programs/go-catalogue.ts';

describe('a Go', () => {
  const directory = mkdtempSync(join(tmpdir(), 'fargaze-go-'));
  const environment = { ...process.env };
  let cache: string;
  const calls = () => readFileSync(join(directory, 'calls'), 'utf8').trim().split('\n');

  beforeEach(() => {
    cache = mkdtempSync(join(directory, 'cache-'));
    process.env.XDG_CACHE_HOME = cache;
    // What is fetched here is made by this file itself.
    delete process.env.FARGAZE_FETCH;
    writeFileSync(join(directory, 'calls'), '');
  });
  afterAll(() => {
    process.env = environment;
    rmSync(directory, { recursive: true });
  });

  /** A program that answers as `go` does and writes down what it was asked. */
  function fakeGo(spec: { version?: string; sum?: string; build?: string }): string {
    const file = join(directory, 'go');
    const sum = spec.sum ?? goPrograms.prometheus.sum;
    const build = spec.build ?? 'sleep 0.2; touch "$output/prometheus" "$output/promtool"';
    writeFileSync(
      file,
      `#!/bin/sh
echo "$1 $GOTOOLCHAIN $GOFLAGS" >>'${directory}/calls'
case "$1" in
  env) echo '${spec.version ?? 'go1.26.8'}' ;;
  mod) echo '{"Dir": "${directory}", "Sum": "${sum}"}' ;;
  build) for arg; do test "$previous" = -o && output=$arg; previous=$arg; done; ${build} ;;
esac
`,
    );
    chmodSync(file, 0o755);
    return file;
  }

  const options = (go: string, lines: string[] = []) => ({
    go,
    report: (line: string) => void lines.push(line),
  });
  const kept = () => readdirSync(join(cache, 'fargaze'));

  it('builds once for two that ask at once, and for who asks later', async () => {
    const go = fakeGo({});
    const [one, two] = await Promise.all([
      deployedPrograms(['prometheus'], options(go)),
      deployedPrograms(['promtool', 'prometheus'], options(go)),
    ]);
    expect(one.prometheus).toEqual(two.prometheus);
    expect(calls().filter((call) => call.startsWith('build'))).toHaveLength(1);
    const later = await deployedPrograms(['promtool'], options('/nowhere/go'));
    expect(readFileSync(later.promtool.path, 'utf8')).toBe('');
    expect(kept()).toHaveLength(1);
  });

  it('is told to fetch no toolchain and to change no module', async () => {
    await deployedPrograms(['promtool'], options(fakeGo({})));
    expect(calls()).toEqual([
      'env local -mod=readonly',
      'mod local -mod=readonly',
      'build local -mod=readonly',
    ]);
  });

  it.each([
    { name: 'is missing', go: () => '/nowhere/go', seen: 'no Go found' },
    { name: 'is too old', go: () => fakeGo({ version: 'go1.19.8' }), seen: 'found go1.19.8' },
  ])('that was named and $name is an error that says what is wanted', async ({ go, seen }) => {
    const asked = deployedPrograms(['prometheus'], options(go()));
    await expect(asked).rejects.toThrow(
      `prometheus and promtool ${goPrograms.prometheus.release} built from source with Go: ${seen}, want 1.26.0 or newer`,
    );
    expect(kept()).toEqual([]);
  });

  it('builds nothing inside a test of `npm test`', async () => {
    process.env.FARGAZE_FETCH = 'no';
    const asked = deployedPrograms(['prometheus'], options(fakeGo({})));
    await expect(asked).rejects.toThrow('would be fetched inside a test');
    expect(kept()).toEqual([]);
  });

  it('that hands out other contents than expected builds nothing', async () => {
    const asked = deployedPrograms(['prometheus'], options(fakeGo({ sum: 'h1:other=' })));
    await expect(asked).rejects.toThrow(
      /prometheus@v0\.\d+\.\d+: checksum h1:other=, want h1:[\w/+]+=/,
    );
    expect(calls().some((call) => call.startsWith('build'))).toBe(false);
  });

  it('that fails leaves nothing behind, and its last words are reported', async () => {
    const go = fakeGo({ build: 'touch "$output/prometheus"; echo "disk full" >&2; exit 1' });
    await expect(deployedPrograms(['prometheus'], options(go))).rejects.toThrow('disk full');
    expect(kept()).toEqual([]);
    await deployedPrograms(['prometheus'], options(fakeGo({})));
    expect(kept()).toHaveLength(1);
  });
});

it.each([
  { release: '3.15.1', want: 'v0.315.1' },
  { release: '3.5.0', want: 'v0.305.0' },
])('Prometheus $release is module version $want', ({ release, want }) => {
  expect(prometheusModuleVersion(release)).toBe(want);
});

it.each(Object.entries(goPrograms))('%s is a package of its build', (name, { packages }) => {
  expect(packages.map((path) => basename(path))).toContain(name);
});
