// Runs a TypeScript program of this repository: `node scripts/run.mjs path/to/program.ts [arguments]`.
// Bundled by esbuild in memory and on disk below .build/, because Node 20 cannot strip types itself. The program runs in
// this very process, so that its signals, its parent and its id are its own. What cannot work is said first, in one line.
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const [program, ...args] = process.argv.slice(2);

function refuse(message) {
  process.stderr.write(`${message}\n`);
  process.exit(2);
}

function checkNode() {
  const { engines } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const [major, minor] = engines.node.replace('>=', '').split('.').map(Number);
  const [ownMajor, ownMinor] = process.versions.node.split('.').map(Number);
  if (ownMajor > major || (ownMajor === major && ownMinor >= minor)) return;
  refuse(`Node ${process.versions.node}, want ${major}.${minor} or newer (nodejs.org/en/download)`);
}

async function bundle() {
  const name = program.replace(/[\\/]/g, '-').replace(/\.ts$/, '.cjs');
  const outfile = join(root, '.build/run', name);
  const { build, stop } = await import('esbuild').catch(({ message }) =>
    refuse(`esbuild cannot be loaded (${message.split('\n')[0]}); run: npm ci`),
  );
  const { outputFiles } = await build({
    absWorkingDir: root,
    entryPoints: [resolve(root, program)],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node20',
    sourcemap: 'inline',
    conditions: ['source'],
    external: ['esbuild', 'serverless', 'prom-client'],
    logLevel: 'warning',
    write: false,
  });
  await stop();
  // Another process may be reading the last bundle: it keeps what it has.
  const draft = `${outfile}.${process.pid}`;
  try {
    mkdirSync(dirname(outfile), { recursive: true });
    writeFileSync(draft, outputFiles[0].contents);
    renameSync(draft, outfile);
  } catch ({ code }) {
    refuse(`${dirname(outfile)} cannot be written (${code}); fargaze builds in its own repository`);
  }
  return outfile;
}

if (program === undefined) refuse('usage: node scripts/run.mjs <program.ts> [arguments]');
checkNode();
const outfile = await bundle();
process.chdir(root);
process.argv = [process.argv[0], outfile, ...args];
process.setSourceMapsEnabled(true);
await import(pathToFileURL(outfile).href);
