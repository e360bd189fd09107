// Tests run as CommonJS through esbuild: the compiler and module format that ship.
// Module mocks cannot work here (nothing hoists them), which is intended: inject instead.
module.exports = {
  testEnvironment: 'node',
  testMatch: ['<rootDir>/test/{unit,contract,system}/**/*.test.ts'],
  extensionsToTreatAsEsm: [],
  // A package that is an ES module only is made CommonJS too.
  transform: {
    '\\.ts$|/node_modules/get-east-asian-width/.*\\.js$': '<rootDir>/scripts/jest-esbuild.cjs',
  },
  transformIgnorePatterns: ['/node_modules/(?!get-east-asian-width/)'],
  testEnvironmentOptions: { customExportConditions: ['source', 'node', 'node-addons'] },
  moduleFileExtensions: ['ts', 'js', 'cjs', 'mjs', 'json', 'node'],
  // A bound for what hangs, not for what is slow: machines that test are shared.
  testTimeout: 180_000,
  watchman: false,
};
