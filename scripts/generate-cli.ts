// Entry of `npm run generate`.
import { readOptions, runScript } from './command-line.ts';
import { generate } from './generate.ts';

void runScript({ text: 'npm run generate' }, (given) => {
  readOptions(given, []);
  generate();
  return 0;
});
