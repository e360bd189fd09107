// Samples per second and bytes per sample of remote-write bodies, ours against the protobuf libraries of the field.
// Each encoder has a process of its own and the processes take turns, so that none profits from another's warm-up.
import { execFile } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import { encoders } from './encoders.ts';
import { median } from './statistics.ts';

/** One encoder. */
export type EncodeResult = {
  readonly name: string;
  /** Samples per second of the first pass of a process, and of later ones. */
  readonly coldRate: number;
  readonly warmRate: number;
  /** Bytes per sample before and after compression. */
  readonly messageBytes: number;
  readonly bodyBytes: number;
};

type Run = {
  readonly seconds: readonly number[];
  readonly messageBytes: number;
  readonly bodyBytes: number;
  readonly hash: string;
};

const root = process.cwd();
const samples = 40_000;
const passes = 15;

/** Runs every encoder `rounds` times in turn. */
export async function measureEncode(rounds: number): Promise<EncodeResult[]> {
  const directory = join(root, '.build/bench');
  const program = join(directory, 'encode-main.cjs');
  await mkdir(directory, { recursive: true });
  await build({
    absWorkingDir: root,
    entryPoints: ['bench/encode-main.ts'],
    outfile: program,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    conditions: ['source'],
  });
  const names = Object.keys(encoders);
  const runs = new Map<string, Run[]>(names.map((name) => [name, []]));
  for (let round = 0; round < rounds; round++) {
    for (const name of names) runs.get(name)?.push(await runOnce(program, name));
  }
  refuseDifference(runs);
  return [...runs].map(([name, own]) => summarize(name, own));
}

/** All encoders of one version must have made the very same messages. */
function refuseDifference(runs: ReadonlyMap<string, readonly Run[]>): void {
  const hashes = [...runs].flatMap(([name, own]) =>
    name.endsWith('1.0') ? own.map(({ hash }) => hash) : [],
  );
  if (new Set(hashes).size !== 1) throw new Error(`messages differ: ${hashes}`);
}

async function runOnce(program: string, name: string): Promise<Run> {
  const { stdout } = await promisify(execFile)(process.execPath, [program, name, String(passes)]);
  return JSON.parse(stdout) as Run;
}

function summarize(name: string, runs: readonly Run[]): EncodeResult {
  // The first third warms up.
  const warm = runs.flatMap(({ seconds }) => seconds.slice(passes / 3));
  const cold = runs.map(({ seconds }) => seconds[0] ?? Number.NaN);
  const [{ bodyBytes, messageBytes } = { bodyBytes: Number.NaN, messageBytes: Number.NaN }] = runs;
  return {
    name,
    coldRate: samples / median(cold),
    warmRate: samples / median(warm),
    messageBytes: messageBytes / samples,
    bodyBytes: bodyBytes / samples,
  };
}
