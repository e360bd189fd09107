// The command behind `npm run export -- --to DIR [--runbooks URL]`.
import { parseArgs } from 'node:util';
import { readEnv } from '../layers/core/src/env.ts';
import { messageOf } from '../layers/core/src/errors.ts';
import { writeLine } from '../layers/core/src/log.ts';
import { configFileName, readConfigFile } from './config-file.ts';
import { expectedOf, renderExport, writeExport } from './export.ts';

const usage = 'npm run export -- --to DIR [--runbooks URL]';

try {
  const { values } = parseArgs({
    options: { to: { type: 'string' }, runbooks: { type: 'string' } },
  });
  if (values.to === undefined || values.to === '') throw new Error(`--to is missing: ${usage}`);
  const file = configFileName();
  const config = readConfigFile(file, file);
  const files = renderExport({
    config,
    expected: expectedOf(config, readEnv),
    runbooks: absolute(values.runbooks ?? 'docs/runbooks'),
  });
  writeExport(values.to, files);
  writeLine(`${Object.keys(files).length} files in ${values.to}`);
} catch (error) {
  process.stderr.write(`${messageOf(error)}\n`);
  process.exitCode = 1;
}

/** Without a slash at the end. @throws Error for what is neither a URL nor the default. */
function absolute(url: string): string {
  if (url !== 'docs/runbooks' && !/^https?:\/\/\S+$/.test(url)) {
    throw new Error(`--runbooks: got ${url}, want a URL such as https://example.org/runbooks`);
  }
  return url.replace(/\/+$/, '');
}
