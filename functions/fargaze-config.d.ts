// The compiled fargaze.yml, put into each function's bundle at build time (scripts/esbuild-config.cjs).
declare module 'fargaze:config' {
  const config: import('@fargaze/core/internal').Config;

  export { config };
}
