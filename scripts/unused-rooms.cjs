// Leaves out of web-probe what no module of the compiled configuration asks for: each of these parts is imported late, by one
// line. Whoever brings a module brings its part.

/** Parts of web-probe by the path of their import, and whether a module needs them. */
const parts = {
  './tcp/probe.ts': ({ prober }) => prober === 'tcp',
  './dns/probe.ts': ({ prober }) => prober === 'dns',
  './grpc/probe.ts': ({ prober }) => prober === 'grpc',
  './cel/rules.ts': ({ http }) => Boolean(http?.failIfCelMatches ?? http?.failIfCelNotMatches),
  './oauth2.ts': ({ http }) => http?.oauth2 !== undefined,
  './steps.ts': ({ steps }) => steps !== undefined,
  './sigv4.ts': ({ http }) => http?.sigv4 !== undefined,
  './proxy/choose.ts': ({ http }) => (http?.proxy ?? http?.oauth2?.proxy) !== undefined,
  './proxy/dial.ts': ({ http }) => (http?.proxy ?? http?.oauth2?.proxy) !== undefined,
};

/** A module, and one with the options of each of its steps. */
const withSteps = (module) => [
  module,
  ...(module.steps ?? []).map(({ http }) => ({ ...module, http })),
];

/** A plugin of esbuild; `readConfig` answers with the compiled configuration. */
exports.unusedRooms = (readConfig) => ({
  name: 'unused-rooms',
  setup(build) {
    build.onResolve({ filter: /^\.\/[\w-]+(?:\/[\w-]+)?\.ts$/ }, ({ importer, kind, path }) => {
      const isNeeded = parts[path];
      const isLate =
        kind === 'dynamic-import' && /[\\/]functions[\\/]web-probe[\\/]/.test(importer);
      if (!isLate || isNeeded === undefined) return undefined;
      const used = Object.values(readConfig().modules).flatMap(withSteps).some(isNeeded);
      return used ? undefined : { path, namespace: 'unused-rooms' };
    });
    build.onLoad({ filter: /.*/, namespace: 'unused-rooms' }, ({ path }) => ({
      contents: `throw new Error('${path} was left out when the functions were built, want a new build');`,
    }));
  },
});
