// The command behind `npm run cost`.

import { configFileName, readConfigFile } from '../build/config-file.ts';
import { renderCost } from '../build/cost.ts';
import { UsageError } from '../cli/command/command.ts';
import { writeLine } from '../layers/core/src/log.ts';
import { runScript } from './command-line.ts';

void runScript({ text: 'npm run cost [-- SERVICES…]' }, (given) => {
  const wrong = given.find((text) => !/^\d{1,9}$/.test(text));
  if (wrong !== undefined) throw new UsageError(`got ${wrong}, want numbers of services`);
  const file = configFileName();
  const counts = given.length === 0 ? [10, 100, 1000] : given.map(Number);
  writeLine(renderCost(readConfigFile(file, file).bridge, counts));
  return 0;
});
