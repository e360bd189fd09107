// `npm run build`: configuration and layer; prints what is wrong with fargaze.yml and exits 1.

import { buildLayer, findLiteralSecrets, findOverload } from '../build/bundles.ts';
import { configFileName, readOwnConfig } from '../build/config-file.ts';
import { writeLine } from '../layers/core/src/log.ts';
import { readOptions, runScript } from './command-line.ts';

void runScript({ text: 'npm run build' }, async (given) => {
  readOptions(given, []);
  const config = readOwnConfig(process.cwd());
  for (const warning of [...findOverload(config), ...findLiteralSecrets(config)]) {
    process.stderr.write(`${configFileName()}: ${warning}\n`);
  }
  const layer = await buildLayer();
  writeLine(
    `${configFileName()}: ${config.probes.length} probes, ${Object.keys(config.modules).length} modules`,
  );
  writeLine(`layer: ${layer}`);
  return 0;
});
