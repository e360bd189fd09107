// Leaves out of web-probe and ecs-bridge what nothing in the compiled configuration asks for: each of these parts is imported
// late, by one line. Whoever brings a module, or a job, brings its part.

/** Parts of web-probe by the path of their import, and whether a module needs them. */
const probeParts = {
  './tcp/probe.ts': ({ prober }) => prober === 'tcp',
  './dns/probe.ts': ({ prober }) => prober === 'dns',
  './grpc/probe.ts': ({ prober }) => prober === 'grpc',
  './cel/rules.ts': ({ http }) => Boolean(http?.failIfCelMatches ?? http?.failIfCelNotMatches),
  './oauth2.ts': ({ http }) => http?.oauth2 !== undefined,
  './steps.ts': ({ steps }) => steps !== undefined,
  './sigv4.ts': ({ http }) => http?.sigv4 !== undefined,
  './proxy/choose.ts': ({ http }) => (http?.proxy ?? http?.oauth2?.proxy) !== undefined,
  './proxy/login.ts': ({ http }) => (http?.proxy ?? http?.oauth2?.proxy) !== undefined,
  './proxy/dial.ts': ({ http }) => (http?.proxy ?? http?.oauth2?.proxy) !== undefined,
};

/** A module, and one with the options of each of its steps. */
const withSteps = (module) => [
  module,
  ...(module.steps ?? []).map(({ http }) => ({ ...module, http })),
];

/** Parts of ecs-bridge, and whether a job of CloudWatch needs them. */
const bridgeParts = {
  './complete-resources.ts': ({ association }) => association?.call !== undefined,
};

/** Whether something in the configuration needs the part that a function imports; undefined: it is no such part. */
function isUsed(config, importer, path) {
  const [, name] = /[\\/]functions[\\/](web-probe|ecs-bridge)[\\/]/.exec(importer) ?? [];
  if (name === 'web-probe')
    return (
      probeParts[path] && Object.values(config.modules).flatMap(withSteps).some(probeParts[path])
    );
  const jobs = config.bridge?.cloudwatch?.jobs ?? [];
  return name === 'ecs-bridge' ? bridgeParts[path] && jobs.some(bridgeParts[path]) : undefined;
}

/** A plugin of esbuild; `readConfig` answers with the compiled configuration. */
exports.unusedRooms = (readConfig) => ({
  name: 'unused-rooms',
  setup(build) {
    build.onResolve({ filter: /^\.\/[\w-]+(?:\/[\w-]+)?\.ts$/ }, ({ importer, kind, path }) => {
      if (kind !== 'dynamic-import') return undefined;
      return isUsed(readConfig(), importer, path) === false
        ? { path, namespace: 'unused-rooms' }
        : undefined;
    });
    build.onLoad({ filter: /.*/, namespace: 'unused-rooms' }, ({ path }) => ({
      contents: `throw new Error('${path} was left out when the functions were built, want a new build');`,
    }));
  },
});
