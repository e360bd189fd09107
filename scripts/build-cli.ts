// `npm run build`: configuration and layer; prints what is wrong with fargaze.yml and exits 1.
import { writeLine } from '../layers/core/src/log.ts';
import { buildConfig, buildLayer, findOverload } from './build.ts';
import { readOptions, runCommand } from './command-line.ts';
import { configFileName } from './config-file.ts';

void runCommand({ text: 'npm run build' }, async (given) => {
  readOptions(given, []);
  const config = await buildConfig();
  for (const warning of findOverload(config)) {
    process.stderr.write(`${configFileName()}: ${warning}\n`);
  }
  const layer = await buildLayer();
  writeLine(
    `${configFileName()}: ${config.probes.length} probes, ${Object.keys(config.modules).length} modules`,
  );
  writeLine(`layer: ${layer}`);
  return 0;
});
