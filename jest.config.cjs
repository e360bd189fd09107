// Tests run as CommonJS through esbuild: the compiler and module format that ship.
// Module mocks cannot work here (nothing hoists them), which is intended: inject instead.
module.exports = {
  testEnvironment: 'node',
  testMatch: ['<rootDir>/test/{unit,contract,system,deployed}/**/*.test.ts'],
  extensionsToTreatAsEsm: [],
  // Packages that are ES modules only are made CommonJS too.
  transform: {
    '\\.ts$|/node_modules/(?:cborg|get-east-asian-width|d3-[\\w-]+|internmap)/.*\\.m?js$':
      '<rootDir>/scripts/jest-esbuild.cjs',
  },
  transformIgnorePatterns: [
    '/node_modules/(?!(?:cborg|get-east-asian-width|d3-[\\w-]+|internmap)/)',
  ],
  moduleNameMapper: { '^cborg$': '<rootDir>/node_modules/cborg/cborg.js' },
  testEnvironmentOptions: { customExportConditions: ['source', 'node', 'node-addons'] },
  // In the sandbox of a test each look-up of a global is slow; these are handed to every module as its own.
  sandboxInjectedGlobals: [
    'Array',
    'Buffer',
    'Map',
    'Math',
    'Number',
    'Object',
    'Set',
    'Uint8Array',
  ],
  moduleFileExtensions: ['ts', 'js', 'cjs', 'mjs', 'json', 'node'],
  // A bound for what hangs, not for what is slow: machines that test are shared.
  testTimeout: 180_000,
  // With the clone, not in the temporary directory of whoever tests.
  cacheDirectory: '<rootDir>/.build/jest',
  watchman: false,
};
