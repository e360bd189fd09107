// Entry of `npm run golden`.
import { readFileSync, writeFileSync } from 'node:fs';
import { writeLine } from '../layers/core/src/log.ts';
import { goldenFile, packagedFile, renderGolden } from './golden.ts';

writeFileSync(goldenFile, renderGolden(readFileSync(packagedFile, 'utf8')));
writeLine(goldenFile);
