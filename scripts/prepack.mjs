// `npm pack` runs it first: bundles the command into dist/, with the licences of what is in the bundle, and a copy of the lock file,
// which npm leaves out of every package and `fargaze project` lays out again.
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundleCommand } from '../build/bundle-cli.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const dist = join(root, 'dist');

/** The folder of each package that a file of the bundle is from. */
function packagesOf(inputs) {
  const found = inputs.flatMap(
    (input) => /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(input)?.[1] ?? [],
  );
  return [...new Set(found)].sort();
}

function licenceOf(folder) {
  const { license, name, version } = JSON.parse(
    readFileSync(join(root, folder, 'package.json'), 'utf8'),
  );
  const file = readdirSync(join(root, folder)).find((one) => /^licen[cs]e(?:\.|$)/i.test(one));
  const text =
    file === undefined ? `Licence: ${license}\n` : readFileSync(join(root, folder, file), 'utf8');
  return `${name} ${version} (${license})\n\n${text.trim()}\n`;
}

rmSync(dist, { recursive: true, force: true });
mkdirSync(dist, { recursive: true });
const { packaged } = await bundleCommand({ root, outdir: join(dist, 'cli'), minify: true });
const line = `\n${'-'.repeat(78)}\n\n`;
writeFileSync(join(dist, 'licences.txt'), packagesOf(packaged).map(licenceOf).join(line));
if (existsSync(join(root, 'package-lock.json'))) {
  copyFileSync(join(root, 'package-lock.json'), join(dist, 'package-lock.json'));
}
