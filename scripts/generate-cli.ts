// Entry of `npm run generate`.
import { readOptions, runCommand } from './command-line.ts';
import { generate } from './generate.ts';

void runCommand({ text: 'npm run generate' }, (given) => {
  readOptions(given, []);
  generate();
  return 0;
});
