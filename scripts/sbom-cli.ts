// The command behind `npm run sbom`: writes .build/sbom.cdx.json.
import { mkdirSync, writeFileSync } from 'node:fs';
import { writeLine } from '../layers/core/src/log.ts';
import { readOptions, runScript } from './command-line.ts';
import { billOfMaterials } from './sbom.ts';

const file = '.build/sbom.cdx.json';

void runScript({ text: 'npm run sbom' }, (given) => {
  readOptions(given, []);
  const bill = billOfMaterials(process.cwd());
  mkdirSync('.build', { recursive: true });
  writeFileSync(file, `${JSON.stringify(bill, null, 2)}\n`);
  writeLine(`${file}: ${bill.components.length} components`);
  return 0;
});
