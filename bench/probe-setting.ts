// What benches of the web probe run against: the targets' process, and ways to run one program of this repository or the
// packaged function as a process of its own.
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { environmentWith } from '../build/environment.ts';
import { type RunningProcess, startReady } from '../local/programs/process.ts';
import { writeFunctions } from './functions.ts';
import type { TargetPorts } from './probe-targets.ts';

const run = promisify(execFile);

/** Milliseconds of a slow TLS handshake. */
const slowTlsMs = 20;

/** Targets, and a folder for files. */
export type Setting = {
  readonly directory: string;
  readonly ports: TargetPorts;
  readonly targets: RunningProcess;
  close(): Promise<void>;
};

/** Starts the targets. @throws Error where there is no openssl, which makes their certificate. */
export async function openSetting(): Promise<Setting> {
  const directory = await mkdtemp(join(tmpdir(), 'fargaze-bench-'));
  const [cert, key] = [join(directory, 'cert.pem'), join(directory, 'key.pem')];
  const form = ['-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];
  const names = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=IP:127.0.0.1'];
  await run('openssl', ['req', ...form, ...names, '-days', '2', '-keyout', key, '-out', cert]);
  const targets = await startProgram('bench/probe-targets.ts', [cert, key, String(slowTlsMs)]);
  const ports = JSON.parse(targets.output().trim().split('\n').at(-1) ?? '') as TargetPorts;
  const close = async () => {
    await targets.stop();
    await rm(directory, { recursive: true, force: true });
  };
  return { directory, ports, targets, close };
}

/** Starts a program of this repository; ready when it has printed a line. */
export async function startProgram(
  file: string,
  args: readonly string[],
  variables: Readonly<Record<string, string>> = {},
): Promise<RunningProcess> {
  let started: RunningProcess | undefined;
  const spec = {
    name: file,
    command: process.execPath,
    args: [join(process.cwd(), 'scripts/run.mjs'), file, ...args],
    cwd: process.cwd(),
    env: environmentWith(variables),
    place: undefined,
  };
  started = await startReady(spec, {
    seconds: 60,
    signal: undefined,
    check: async () => true,
  });
  while (!started.output().includes('{')) {
    const ended = started.ended();
    if (ended !== undefined) throw new Error(`${file} ended with ${ended}: ${started.output()}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return started;
}

/** What an invocation answers. */
export type Answered = {
  readonly ok: number;
  readonly failed: number;
  readonly skipped: readonly string[];
  readonly delivered: number;
  readonly results?: readonly {
    readonly probe: string;
    readonly samples: Readonly<Record<string, number>>;
  }[];
};

/** What a process of the packaged function answered, one invocation after the other, and used in all. */
export type Invocations = {
  readonly summaries: readonly Answered[];
  readonly seconds: number;
  readonly cpuSeconds: number;
  readonly peakMegabytes: number;
};

const program = `
const { handler } = require('./web-probe.cjs');
const times = Number(process.argv[4]);
const invoke = () => {
  const begun = performance.now();
  const getRemainingTimeInMillis = () => Math.max(0, 55000 - (performance.now() - begun));
  return handler(JSON.parse(process.argv[2]), { getRemainingTimeInMillis });
};
(async () => {
  const summaries = [];
  const begun = performance.now();
  while (summaries.length < times) summaries.push(await invoke());
  const seconds = (performance.now() - begun) / 1000;
  const { user, system } = process.cpuUsage();
  const peak = /VmHWM:\\s+(\\d+)/.exec(require('node:fs').readFileSync('/proc/self/status', 'utf8'))[1] / 1024;
  require('node:fs').writeFileSync(process.argv[3], JSON.stringify({ summaries, seconds, cpuSeconds: (user + system) / 1e6, peakMegabytes: peak }));
})();`;

/** The event, how often, and the environment of a process. */
export type Calls = {
  readonly event: object;
  readonly times: number;
  readonly env: Readonly<Record<string, string>>;
};

/** The packaged function with a configuration; each call is a process, whose first invocation is a cold one. */
export async function packageFunction(setting: Setting, config: string) {
  const directory = await mkdtemp(join(setting.directory, 'function-'));
  await mkdir(directory, { recursive: true });
  await writeFunctions({ directory, functions: ['web-probe'], config });
  await writeFile(join(directory, 'run.cjs'), program);
  return async ({ env, event, times }: Calls): Promise<Invocations> => {
    const answer = join(directory, 'answer.json');
    // The heap that Node has by itself in a function of 512 MB.
    const args = ['--max-old-space-size=256', join(directory, 'run.cjs')];
    await run(process.execPath, [...args, JSON.stringify(event), answer, String(times)], {
      env: environmentWith(env),
      maxBuffer: 2 ** 28,
    });
    const { readFileSync } = process.getBuiltinModule('node:fs');
    return JSON.parse(readFileSync(answer, 'utf8')) as Invocations;
  };
}
