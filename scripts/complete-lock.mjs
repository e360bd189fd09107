// Completes package-lock.json after dependencies have changed: `node scripts/complete-lock.mjs`.
// Where npm leaves the packages of other platforms out of the lock file, `npm ci` refuses the file on every machine. They are
// entered by name, version, platform and the hash that the registry gives; addresses are dropped. Refuses to leave a package
// without a hash: `npm ci` would take whatever it is given.
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';

const file = 'package-lock.json';
const lock = JSON.parse(readFileSync(file, 'utf8'));
const systems = [
  'android',
  'darwin',
  'freebsd',
  'linux',
  'openharmony',
  'win32',
  'netbsd',
  'openbsd',
  'sunos',
  'aix',
];
const processors = [
  'arm64',
  'x64',
  'ia32',
  'arm',
  'ppc64',
  'riscv64',
  's390x',
  'loong64',
  'wasm32',
  'mips64el',
];

/** Platform fields that a package's name shows, e.g. `-linux-arm64-musl`. */
function platformOf(name) {
  const parts = name.split(/[-/]/);
  const os = systems.filter((system) => parts.includes(system));
  const cpu = processors.filter((processor) => parts.includes(processor));
  const libc = parts.includes('musl') || parts.includes('musleabihf') ? ['musl'] : [];
  if (os.length === 0 && cpu.length === 0) return undefined;
  return {
    ...(os.length > 0 && { os }),
    ...(cpu.length > 0 && { cpu }),
    ...(libc.length > 0 && { libc }),
  };
}

/** The hash of a released package, asked of the registry that npm is set up for. */
function integrityOf(name, version) {
  const asked = ['view', `${name}@${version}`, 'dist.integrity'];
  const integrity = execFileSync('npm', asked, { encoding: 'utf8' }).trim();
  if (!/^sha512-\S+$/.test(integrity)) {
    throw new Error(`${name}@${version}: integrity ${JSON.stringify(integrity)}, want sha512-…`);
  }
  return integrity;
}

for (const [path, entry] of Object.entries(lock.packages)) {
  if (/^https?:/.test(entry.resolved ?? '')) delete entry.resolved;
  for (const [name, version] of Object.entries(entry.optionalDependencies ?? {})) {
    const known = [`node_modules/${name}`, `${path}/node_modules/${name}`];
    const platform = platformOf(name);
    if (platform === undefined || known.some((place) => place in lock.packages)) continue;
    if (!/^\d/.test(version)) throw new Error(`${name}: version ${version}, want an exact one`);
    lock.packages[`node_modules/${name}`] = {
      version,
      ...(entry.dev && { dev: true }),
      optional: true,
      ...platform,
    };
  }
}
for (const [path, entry] of Object.entries(lock.packages)) {
  // What lies in this repository has no hash; what is inside another package is held by that one's.
  if (!path.includes('node_modules/') || entry.link || entry.inBundle || entry.integrity) continue;
  const name = entry.name ?? path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length);
  entry.integrity = integrityOf(name, entry.version);
}
const sorted = Object.entries(lock.packages).sort(([a], [b]) => (a < b ? -1 : 1));
writeFileSync(
  file,
  `${JSON.stringify({ ...lock, packages: Object.fromEntries(sorted) }, null, 2)}\n`,
);
