// `fargaze preflight`: the program behind `npm run preflight`, which packages.

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { called } from '../command/called.ts';
import { type Call, UsageError } from '../command/command.ts';
import { configFile, readConfiguration } from '../command/configuration.ts';
import { argumentsOf, runInRoot } from './child.ts';

/** Runs it. */
export async function run(call: Call): Promise<number> {
  const { inClone, io, root, values } = call;
  if (!inClone || !existsSync(join(root, 'node_modules/.bin/serverless'))) {
    throw new UsageError(
      'packaging needs the project and what it is built with',
      inClone
        ? 'run: npm ci'
        : `${called()} project deployment && cd deployment && npm ci && npx --no-install fargaze preflight`,
    );
  }
  configFile(values);
  readConfiguration(values);
  io.note('packaging, which takes half a minute …');
  const given = argumentsOf(values, ['param', 'stage', 'region', 'deployed'], ['deployed']);
  return runInRoot(call, ['scripts/run.mjs', 'scripts/preflight-cli.ts', ...given]);
}
