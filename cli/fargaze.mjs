#!/usr/bin/env node
// Starts the command `fargaze`. An installed package has it bundled in dist/; a clone bundles it on first use and after a
// change, in less than a second. What cannot work is said first, in one line.
import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));

function refuse(message) {
  process.stderr.write(`fargaze: ${message}\n`);
  process.exit(2);
}

function checkNode() {
  const [major, minor] = manifest.engines.node.replace('>=', '').split('.').map(Number);
  const [ownMajor, ownMinor] = process.versions.node.split('.').map(Number);
  if (ownMajor > major || (ownMajor === major && ownMinor >= minor)) return;
  refuse(`Node ${process.versions.node}, want ${major}.${minor} or newer (nodejs.org/en/download)`);
}

/** Differs when one of the files has changed since; undefined when one has gone. */
function stampOf(files) {
  const hash = createHash('sha256');
  for (const file of files) {
    const stat = statSync(join(root, file), { throwIfNoEntry: false });
    if (stat === undefined) return undefined;
    hash.update(`${file} ${stat.size} ${stat.mtimeMs}\n`);
  }
  return hash.digest('hex');
}

/** The folder of a bundle of the clone as it is. */
async function bundled() {
  const home = join(root, '.build/cli');
  const note = join(home, 'current.json');
  try {
    const { files, folder, stamp } = JSON.parse(readFileSync(note, 'utf8'));
    if (stampOf(files) === stamp && existsSync(join(home, folder, 'main.mjs')))
      return join(home, folder);
  } catch {
    // There is none yet.
  }
  try {
    return await bundle(home, note);
  } catch (error) {
    if (error.code === 'ERR_MODULE_NOT_FOUND')
      return refuse('esbuild is not installed; run: npm ci');
    if (error.code === 'EACCES' || error.code === 'EROFS')
      return refuse(
        `${home} cannot be written (${error.code}); in a clone fargaze builds itself there`,
      );
    throw error;
  }
}

async function bundle(home, note) {
  mkdirSync(home, { recursive: true });
  const { bundleCommand } = await import('../build/bundle-cli.mjs');
  const folder = `${process.pid}-${process.hrtime.bigint()}`;
  const made = await bundleCommand({ root, outdir: join(home, folder) });
  const files = [...made.files, 'build/bundle-cli.mjs', 'package-lock.json'];
  const draft = `${note}.${process.pid}`;
  writeFileSync(draft, JSON.stringify({ files, folder, stamp: stampOf(files) }));
  renameSync(draft, note);
  // Another process may still load parts of the last ones.
  for (const name of readdirSync(home)) {
    const old = join(home, name);
    if (name !== folder && /^\d+-\d+$/.test(name) && ageOf(old) > 600)
      rmSync(old, { recursive: true, force: true });
  }
  return join(home, folder);
}

function ageOf(path) {
  const { mtimeMs } = statSync(path, { throwIfNoEntry: false }) ?? {
    mtimeMs: Number.POSITIVE_INFINITY,
  };
  return (performance.timeOrigin + performance.now() - mtimeMs) / 1000;
}

checkNode();
// What the SDK of AWS says of its own next versions is no concern of who calls this.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';
// The lock file is in a clone and never in a package.
const inClone = existsSync(join(root, 'package-lock.json'));
const folder = inClone ? await bundled() : join(root, 'dist/cli');
const { main } = await import(pathToFileURL(join(folder, 'main.mjs')).href);
await main(process.argv.slice(2), { root, inClone });
