// What one command builds with: the configuration that it has compiled, and a folder for bundles that no other command uses.
// Two commands in one clone, each with a fargaze.yml of its own, must not meet.
const { existsSync, readdirSync, rmSync } = require('node:fs');
const { join } = require('node:path');

/** Folders of bundles, each named by the process that makes it. */
const folders = '.build/bundles';

let compiled;

/** Puts `config`, a compiled fargaze.yml, into the bundles of this process. */
exports.keepConfig = (config) => {
  compiled = config;
};

/** The compiled fargaze.yml of this process. @throws Error before there is one. */
exports.readConfig = () => {
  if (compiled === undefined) throw new Error('bundles before fargaze.yml is compiled');
  return compiled;
};

/**
 * Where bundles of this process go, relative to `root`: `FARGAZE_BUNDLE_DIR`, else a folder that goes when the process ends,
 * with those of processes that were killed.
 */
exports.bundleFolder = (root) => {
  const given = process.env.FARGAZE_BUNDLE_DIR;
  if (given) return given;
  const all = join(root, folders);
  const others = existsSync(all) ? readdirSync(all) : [];
  for (const name of others.filter(isOfEnded)) remove(join(all, name));
  process.once('exit', () => remove(join(all, String(process.pid))));
  return join(folders, String(process.pid));
};

function remove(folder) {
  rmSync(folder, { recursive: true, force: true });
}

function isOfEnded(name) {
  try {
    process.kill(Number(name), 0);
    return false;
  } catch ({ code }) {
    return code === 'ESRCH';
  }
}
