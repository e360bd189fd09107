// The command behind `npm run cost`.
import { ConfigError } from '../layers/core/src/errors.ts';
import { writeLine } from '../layers/core/src/log.ts';
import { configFileName, readConfigFile } from './config-file.ts';
import { renderCost } from './cost.ts';

try {
  const file = configFileName();
  const given = process.argv.slice(2).map(Number);
  if (given.some((count) => !Number.isInteger(count) || count < 0)) {
    throw new ConfigError('npm run cost', [{ path: '', message: 'want numbers of services' }]);
  }
  const counts = given.length === 0 ? [10, 100, 1000] : given;
  writeLine(renderCost(readConfigFile(file, file).bridge, counts));
} catch (error) {
  if (!(error instanceof ConfigError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}
