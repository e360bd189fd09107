// The file of parameters that FARGAZE_PARAMS names. The framework takes one that is not there for one without parameters: a
// deployment that then has none would rebuild the network.
import { resolve } from 'node:path';
import { readTextFile } from '../build/text-file.ts';
import { readEnv } from '../layers/core/src/env.ts';
import { ConfigError } from '../layers/core/src/errors.ts';

const name = 'FARGAZE_PARAMS';

/**
 * Sees to it that the file is there and holds something.
 * @param root Folder that a relative path starts from.
 * @param params What the framework read.
 * @throws ConfigError naming the variable, the path and what is wanted.
 */
export function checkParamsFile(root: string, params: unknown): void {
  const given = readEnv(name);
  if (given === undefined) return;
  const path = resolve(root, given);
  const fault = faultOf(path, params);
  if (fault === undefined) return;
  const message = `got ${JSON.stringify(given)} (${path}), which ${fault}, want a file of parameters by stage (docs/deploy.md)`;
  throw new ConfigError(name, [{ path: '', message }]);
}

function faultOf(path: string, params: unknown): string | undefined {
  const file = readTextFile(path);
  if ('fault' in file) return file.fault;
  const isThere = typeof params === 'object' && params !== null && Object.keys(params).length > 0;
  return isThere ? undefined : 'names no parameter';
}
