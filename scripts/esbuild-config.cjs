// How serverless-esbuild bundles the functions: CommonJS, core left to the layer, configuration compiled in.
const { join } = require('node:path');
const { outside } = require('../build/outside.cjs');
const { unusedRooms } = require('../build/unused-rooms.cjs');
const { bundleFolder, readConfig } = require('./own-build.cjs');

/** `import { config } from 'fargaze:config'` is the compiled fargaze.yml. */
const compiledConfig = {
  name: 'fargaze-config',
  setup(build) {
    build.onResolve({ filter: /^fargaze:config$/ }, ({ path }) => ({ path, namespace: 'fargaze' }));
    build.onLoad({ filter: /.*/, namespace: 'fargaze' }, () => ({
      contents: `exports.config = ${JSON.stringify(readConfig())}`,
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
  outputWorkFolder: bundleFolder(join(__dirname, '..')),
  external: outside,
  exclude: outside,
  legalComments: 'none',
  plugins: [compiledConfig, unusedRooms(readConfig)],
});
