// Entry of `npm run golden`.
import { writeFileSync } from 'node:fs';
import { readTextFile } from '../build/text-file.ts';
import { ConfigError } from '../layers/core/src/errors.ts';
import { writeLine } from '../layers/core/src/log.ts';
import { readOptions, runScript } from './command-line.ts';
import { goldenFile, packagedFile, renderGolden } from './golden.ts';

void runScript({ text: 'npm run golden' }, (given) => {
  readOptions(given, []);
  const packaged = readTextFile(packagedFile);
  if ('fault' in packaged) {
    const message = `${packaged.fault}, want what npm run package makes`;
    throw new ConfigError(packagedFile, [{ path: '', message }]);
  }
  writeFileSync(goldenFile, renderGolden(packaged.text));
  writeLine(goldenFile);
  return 0;
});
