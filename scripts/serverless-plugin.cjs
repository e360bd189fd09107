// Serverless plugin of this project: compiles fargaze.yml and builds the layer before anything needs them,
// completes the template, and points `invoke local` at a running local system. A bad fargaze.yml stops the command with its issues.
const { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } = require('node:fs');
const { basename, dirname, join, resolve } = require('node:path');
const { buildSync } = require('esbuild');

class FargazePlugin {
  constructor(serverless, _options, { log }) {
    this.serverless = serverless;
    this.log = log;
    const prepare = () => this.prepare();
    const prepareOffline = async () => {
      leaveOutVpc(serverless.service);
      await prepare();
    };
    this.hooks = {
      'before:package:createDeploymentArtifacts': prepare,
      'before:invoke:local:invoke': async () => {
        useLocalSystem(serverless.serviceDir);
        await prepare();
      },
      'before:offline:start': prepareOffline,
      'before:offline:start:init': prepareOffline,
      'before:deploy:function:packageFunction': prepare,
      'after:aws:package:finalize:mergeCustomProviderResources': () => {
        this.completeTemplate();
        this.grantBridge();
        this.sayWhatIsNeeded();
      },
    };
  }

  async prepare() {
    const root = this.serverless.serviceDir;
    const { buildConfig, buildLayer } = loadCode(root, 'scripts/build.ts');
    try {
      this.config = await buildConfig(root);
    } catch (error) {
      if (error.name === 'ConfigError')
        throw new this.serverless.classes.Error(error.message, 'FARGAZE_CONFIG');
      throw error;
    }
    await buildLayer(root);
  }

  /** Images, configuration bundles and the functions' environment, which are made from code. */
  completeTemplate() {
    const { service, serviceDir: root } = this.serverless;
    const { custom, provider } = service;
    const { completeTemplate } = loadCode(root, 'infra/compile.ts');
    const { functionEnvironments, rules } = custom.fargaze;
    const { environment } = provider;
    try {
      provider.compiledCloudFormationTemplate = completeTemplate(
        provider.compiledCloudFormationTemplate,
        { root, config: this.config, environment, functionEnvironments, rules },
      );
    } catch (error) {
      if (error.name !== 'RangeError') throw error;
      throw new this.serverless.classes.Error(error.message, 'FARGAZE_TEMPLATE');
    }
  }

  /** What many probes need is said before anything is deployed. */
  sayWhatIsNeeded() {
    const { findLoad } = loadCode(this.serverless.serviceDir, 'infra/load.ts');
    for (const note of findLoad(this.config).notes) this.log.warning(note);
  }

  /** ecs-bridge may do what the configuration asks it to. */
  grantBridge() {
    const { service, serviceDir } = this.serverless;
    const { provider } = service;
    const { bridgeStatements, grant } = loadCode(serviceDir, 'infra/bridge-permissions.ts');
    const statements = bridgeStatements(this.config.bridge);
    provider.compiledCloudFormationTemplate = grant(
      provider.compiledCloudFormationTemplate,
      'EcsDashbridgeLambdaFunction',
      statements,
    );
  }
}

/** `file` is TypeScript, which this version of Node may not load by itself. */
function loadCode(root, file) {
  const outfile = join(root, '.build/run', `serverless-plugin-${basename(file, '.ts')}.cjs`);
  const { outputFiles } = buildSync({
    absWorkingDir: root,
    entryPoints: [join(root, file)],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node20',
    conditions: ['source'],
    external: ['esbuild'],
    logLevel: 'warning',
    write: false,
  });
  // Another command may be reading the last one.
  const draft = `${outfile}.${process.pid}`;
  mkdirSync(dirname(outfile), { recursive: true });
  writeFileSync(draft, outputFiles[0].contents);
  renameSync(draft, outfile);
  return require(outfile);
}

/**
 * As in a deployment without a VPC, one function runs the probes of every vantage: a second one on the same schedule would
 * probe every target again and write over the first one's results.
 */
function leaveOutVpc({ functions }) {
  for (const [name, { condition }] of Object.entries(functions)) {
    if (condition === 'InVpc') delete functions[name];
  }
}

/**
 * With `npm start` running, `serverless invoke local` probes and delivers there, unless told otherwise. The framework
 * has put the function's variables into its own environment by now; those that were not set are empty.
 */
function useLocalSystem(root) {
  const file = resolve(root, process.env.FARGAZE_STACK_DIR || '.stack', 'endpoints.json');
  if (!existsSync(file)) return;
  const { environment } = JSON.parse(readFileSync(file, 'utf8'));
  for (const [name, value] of Object.entries(environment)) process.env[name] ||= value;
}

module.exports = FargazePlugin;
