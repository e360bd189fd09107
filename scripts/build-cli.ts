// `npm run build`: configuration and layer; prints what is wrong with fargaze.yml and exits 1.
import { ConfigError } from '../layers/core/src/errors.ts';
import { writeLine } from '../layers/core/src/log.ts';
import { buildConfig, buildLayer, findOverload } from './build.ts';
import { configFileName } from './config-file.ts';

async function main(): Promise<void> {
  const config = await buildConfig();
  for (const warning of findOverload(config)) {
    process.stderr.write(`${configFileName()}: ${warning}\n`);
  }
  const layer = await buildLayer();
  writeLine(
    `${configFileName()}: ${config.probes.length} probes, ${Object.keys(config.modules).length} modules`,
  );
  writeLine(`layer: ${layer}`);
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof ConfigError ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
