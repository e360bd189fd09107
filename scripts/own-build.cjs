// What one command builds with: the configuration that it has compiled, and a folder for bundles that no other command uses.
// Two commands in one clone, each with a fargaze.yml of its own, must not meet.
const { existsSync, mkdirSync, readdirSync, rmSync } = require('node:fs');
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
 * also by Ctrl-C, with those of processes that were killed.
 */
exports.bundleFolder = (root) => {
  if (process.env.FARGAZE_BUNDLE_DIR) return ownFolder();
  const all = join(root, folders);
  const own = join(root, ownFolder());
  const others = existsSync(all) ? readdirSync(all) : [];
  for (const name of others.filter(isOfEnded)) remove(join(all, name));
  process.once('exit', () => remove(own));
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    process.once(signal, () => {
      // Who else listens, such as the local system, ends this process in its own way.
      if (process.listenerCount(signal) > 0) return;
      remove(own);
      process.kill(process.pid, signal);
    });
  }
  return ownFolder();
};

function ownFolder() {
  return process.env.FARGAZE_BUNDLE_DIR || join(folders, String(process.pid));
}

/**
 * Has temporary files made beside the bundles until the function that it returns is called: serverless-esbuild leaves behind
 * the copies that it zips.
 */
exports.useOwnTemporary = (root) => {
  const { TMPDIR } = process.env;
  const own = join(root, ownFolder(), 'temporary');
  mkdirSync(own, { recursive: true });
  process.env.TMPDIR = own;
  return () => {
    if (TMPDIR === undefined) delete process.env.TMPDIR;
    else process.env.TMPDIR = TMPDIR;
  };
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
