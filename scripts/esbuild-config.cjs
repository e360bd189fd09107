// How serverless-esbuild bundles the functions: CommonJS, core left to the layer, configuration compiled in.
const { readFileSync } = require('node:fs');
const { join } = require('node:path');
const { unusedRooms } = require('../build/unused-rooms.cjs');

const root = join(__dirname, '..');

const readConfigText = () => readFileSync(join(root, '.build/config/fargaze.json'), 'utf8');

/** Lambda's own, and needed nowhere but outside it. */
const outside = ['@fargaze/core', '@aws-sdk/credential-provider-node', '@smithy/core'];

/** `import { config } from 'fargaze:config'` is the compiled fargaze.yml. */
const compiledConfig = {
  name: 'fargaze-config',
  setup(build) {
    build.onResolve({ filter: /^fargaze:config$/ }, ({ path }) => ({ path, namespace: 'fargaze' }));
    build.onLoad({ filter: /.*/, namespace: 'fargaze' }, () => ({
      contents: `exports.config = ${readConfigText()}`,
      loader: 'js',
    }));
  },
};

module.exports = () => ({
  bundle: true,
  minify: true,
  platform: 'node',
  format: 'cjs',
  target: 'node20',
  supported: { 'dynamic-import': false },
  outputFileExtension: '.cjs',
  // Two local systems in one clone must not remove each other's bundles.
  outputWorkFolder: process.env.FARGAZE_BUNDLE_DIR || '.esbuild',
  external: outside,
  exclude: outside,
  legalComments: 'none',
  plugins: [compiledConfig, unusedRooms(() => JSON.parse(readConfigText()))],
});
