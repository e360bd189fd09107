// Jest transform: TypeScript to CommonJS with inline source maps, by the bundler that ships the functions.
const { transformSync } = require('esbuild');

module.exports = {
  process: (source, sourcefile) =>
    transformSync(source, {
      loader: 'ts',
      format: 'cjs',
      target: 'node20',
      // Jest loads no modules by import(); what is loaded late is required late.
      supported: { 'dynamic-import': false },
      sourcemap: 'inline',
      sourcefile,
    }),
};
