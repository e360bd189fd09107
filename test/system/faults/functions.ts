// The functions as they are deployed, each invocation in a fresh process that can be killed at any moment.
import { spawn } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { writeFunctions } from '../../../bench/functions.ts';
import { plainEnvironment, type Variables } from '../../../build/environment.ts';

/** A function of this project. */
export type FunctionName = 'web-probe' | 'redis-probe' | 'ecs-bridge' | 'deliver' | 'janitor';

/** What an invocation came to. */
export type Ended = {
  readonly answer?: Readonly<Record<string, unknown>>;
  /** Class of the error, or `killed`. */
  readonly error?: string;
  readonly output: string;
};

/** An invocation under way. */
export type Invocation = {
  readonly ended: Promise<Ended>;
  /** At once and without a word, as Lambda ends a sandbox. */
  kill(): void;
};

/** What to invoke. */
export type InvocationSpec = {
  readonly name: FunctionName;
  readonly event: unknown;
  readonly env: Variables;
  readonly seconds: number;
  /** Options of Node. */
  readonly node?: readonly string[];
  /** Seconds that the calendar of the process is ahead. */
  readonly skew?: number;
};

// A process that starts on a busy machine stands still for half a second at times: where that is a tenth of the timeout, its
// silent target is unknown and not down.
const config = `
modules:
  quick: { prober: http, timeout: 12s }
  cache: { prober: redis, timeout: 12s }
probes:
  - { name: web, module: quick, target: '\${FAULTS_WEB:-http://gone.invalid/}' }
  - { name: cache, module: cache, target: '\${FAULTS_REDIS:-redis://gone.invalid}' }
bridge:
  ecs:
    clusters: ['*']
  cloudwatch:
    backfill: 20m
    yace:
      apiVersion: v1alpha1
      discovery:
        jobs:
          - type: AWS/ECS
            regions: [eu-west-1]
            dimensionNameRequirements: [ClusterName, ServiceName]
            period: 60
            length: 300
            addCloudwatchTimestamp: true
            exportAllDataPoints: true
            statistics: [Average]
            metrics: [{ name: CPUUtilization }]
`;

const invoke = `const skew = Number(process.env.FAULTS_SKEW ?? 0) * 1000;
const now = Date.now;
Date.now = () => now() + skew;
const [, , name, seconds] = process.argv;
const event = require('node:fs').readFileSync(0, 'utf8');
const end = performance.now() + Number(seconds) * 1000;
const context = { awsRequestId: 'r', getRemainingTimeInMillis: () => end - performance.now() };
const say = (what) => console.log('ENDED ' + JSON.stringify(what));
(async () => require('./' + name + '.cjs').handler(JSON.parse(event), context))().then(
  (answer) => say({ answer }),
  (error) => say({ error: error.name, message: error.message }),
);`;

/** Builds all functions below `folder`. */
export async function buildFunctions(folder: string): Promise<string> {
  const directory = join(folder, 'functions');
  mkdirSync(directory, { recursive: true });
  const functions = ['web-probe', 'redis-probe', 'ecs-bridge', 'deliver', 'janitor'];
  await writeFunctions({ directory, functions, config });
  writeFileSync(join(directory, 'invoke.cjs'), invoke);
  return directory;
}

/** Begins an invocation of a function below `directory`. */
export function startInvocation(directory: string, spec: InvocationSpec): Invocation {
  const { env, event, name, node = [], seconds, skew = 0 } = spec;
  const args = [...node, join(directory, 'invoke.cjs'), name, String(seconds)];
  const child = spawn(process.execPath, args, {
    env: plainEnvironment({ ...env, FAULTS_SKEW: String(skew) }),
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  // One that is gone does not read.
  child.stdin.on('error', () => undefined).end(JSON.stringify(event ?? {}));
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk) => {
      output += chunk;
    });
  }
  const ended = new Promise<Ended>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', () => resolve(readEnd(output)));
  });
  return { ended, kill: () => void child.kill('SIGKILL') };
}

function readEnd(output: string): Ended {
  const line = /^ENDED (.*)$/m.exec(output)?.[1];
  if (line === undefined) return { error: 'killed', output };
  return { ...(JSON.parse(line) as Omit<Ended, 'output'>), output };
}
