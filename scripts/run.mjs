// Runs a TypeScript program of this repository: `node scripts/run.mjs path/to/program.ts [arguments]`.
// Bundled by esbuild in memory and on disk below .build/, because Node 20 cannot strip types itself.
import { spawn } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const [program, ...args] = process.argv.slice(2);
if (program === undefined) {
  process.stderr.write('usage: node scripts/run.mjs <program.ts> [arguments]\n');
  process.exit(2);
}
const outfile = join(root, '.build/run', program.replace(/[\\/]/g, '-').replace(/\.ts$/, '.cjs'));
mkdirSync(dirname(outfile), { recursive: true });
await build({
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
});
const child = spawn(process.execPath, ['--enable-source-maps', outfile, ...args], {
  cwd: root,
  stdio: 'inherit',
});
// The terminal sends Ctrl-C to the whole group; the child decides when to end, this process only waits.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
  process.on(signal, () => {
    if (signal !== 'SIGINT' || !process.stdin.isTTY) child.kill(signal);
  });
}
child.on('exit', (code, signal) => process.exit(signal === null ? code : 1));
