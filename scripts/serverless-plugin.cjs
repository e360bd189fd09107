// Serverless plugin of this project: compiles fargaze.yml and builds the layer before anything needs them,
// completes the template, and points `invoke local` at a running local system. A bad fargaze.yml stops the command with its issues.
const { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } = require('node:fs');
const { basename, dirname, join, resolve } = require('node:path');
const { buildSync } = require('esbuild');
const { keepConfig, useOwnTemporary } = require('./own-build.cjs');
const { shareSchedules, toInput, toInputWithTime } = require('./share-schedules.cjs');

class FargazePlugin {
  constructor(serverless, options, { log }) {
    this.serverless = serverless;
    this.options = options;
    this.log = log;
    this.commands = {
      deploy: {
        options: {
          'allow-replacement': {
            usage: 'Deploy also where parts of the deployed stack are removed or replaced',
            type: 'boolean',
          },
        },
      },
    };
    // What the framework makes of its schema is the same each time; else it goes into the user's home.
    process.env.SLS_SCHEMA_CACHE_BASE_DIR ||= join(serverless.serviceDir, '.build');
    const prepare = () => this.prepare();
    const prepareOffline = async () => {
      leaveOutVpc(serverless.service);
      await prepare();
      shareSchedules(serverless.service, this.config, toInput);
    };
    this.hooks = {
      initialize: () => this.checkParamsFile(),
      'before:package:createDeploymentArtifacts': async () => {
        await prepare();
        shareSchedules(serverless.service, this.config, toInputWithTime);
        this.restoreTemporary = useOwnTemporary(serverless.serviceDir);
      },
      'after:package:createDeploymentArtifacts': () => this.restoreTemporary(),
      'before:invoke:local:invoke': async () => {
        useLocalSystem(serverless.serviceDir, log);
        await prepare();
      },
      'before:offline:start': prepareOffline,
      'before:offline:start:init': prepareOffline,
      'before:deploy:function:packageFunction': async () => {
        await prepare();
        this.restoreTemporary = useOwnTemporary(serverless.serviceDir);
      },
      'after:deploy:function:packageFunction': () => this.restoreTemporary(),
      'after:aws:package:finalize:mergeCustomProviderResources': () => {
        this.completeTemplate();
        this.grant();
        this.checkParameters();
      },
      'before:aws:deploy:deploy:createStack': () => this.guardDeployed(),
    };
  }

  /** Before any command: all of them may come to use the parameters. */
  checkParamsFile() {
    const { classes, configurationInput, serviceDir } = this.serverless;
    const { checkParamsFile } = loadCode(serviceDir, 'scripts/params-file.ts');
    try {
      checkParamsFile(serviceDir, configurationInput.params);
    } catch (error) {
      if (error.name === 'ConfigError') throw new classes.Error(error.message, 'FARGAZE_PARAMS');
      throw error;
    }
  }

  async prepare() {
    const root = this.serverless.serviceDir;
    const { buildLayer, findBridgeOverload, findLiteralSecrets, findOverload, readOwnConfig } =
      loadCode(root, 'build/bundles.ts');
    try {
      this.config = this.leaveOut(readOwnConfig(root));
      keepConfig(this.config);
    } catch (error) {
      if (error.name === 'ConfigError')
        throw new this.serverless.classes.Error(error.message, 'FARGAZE_CONFIG');
      throw error;
    }
    const { services } = this.config.bridge;
    for (const warning of [
      ...findOverload(this.config),
      ...(services === undefined ? [] : findBridgeOverload(this.config, services)),
      ...findLiteralSecrets(this.config),
    ]) {
      this.log.warning(warning);
    }
    const { findDirectLoad, findLoad } = loadCode(root, 'infra/load.ts');
    for (const note of findLoad(this.config).notes) this.log.warning(note);
    const direct = findDirectLoad(this.config, (name) => process.env[name]);
    if (direct !== undefined) this.log.warning(direct);
    await buildLayer(root);
  }

  /** What is switched off is not watched. */
  leaveOut(whole) {
    const { provider, resources } = this.serverless.service;
    const { leaveOutSwitchedOff } = loadCode(this.serverless.serviceDir, 'infra/switched-off.ts');
    const parameters = Object.fromEntries(
      Object.entries(resources.Parameters).map(([name, { Default }]) => [name, String(Default)]),
    );
    const { environment } = provider;
    const { config, leftOut } = leaveOutSwitchedOff(whole, { parameters, environment });
    if (leftOut.length > 0) {
      this.log.notice(`Not watched, because the stack does not run it: ${leftOut.join(', ')}`);
    }
    return config;
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

  /** Functions may do what the configuration asks them to, and the bridge has one for each shard. */
  grant() {
    const { service, serviceDir } = this.serverless;
    const { provider } = service;
    const { bridgeStatements, grant } = loadCode(serviceDir, 'infra/bridge-permissions.ts');
    const { redisStatements } = loadCode(serviceDir, 'infra/redis-permissions.ts');
    const granted = [
      {
        functionId: 'EcsDashbridgeLambdaFunction',
        name: 'bridge',
        statements: bridgeStatements(this.config.bridge),
      },
      {
        functionId: 'RedisDashprobeLambdaFunction',
        name: 'connect',
        statements: redisStatements(this.config),
      },
    ];
    provider.compiledCloudFormationTemplate = granted.reduce(
      grant,
      provider.compiledCloudFormationTemplate,
    );
    const { splitBridge } = loadCode(serviceDir, 'infra/bridge-shards.ts');
    provider.compiledCloudFormationTemplate = splitBridge(
      provider.compiledCloudFormationTemplate,
      this.config.bridge.shards,
    );
  }

  /** What CloudFormation would refuse after everything is uploaded, and names that it would never see. */
  checkParameters() {
    const { configurationInput, service, serviceDir } = this.serverless;
    const { parameterFaults, regionFaults } = loadCode(serviceDir, 'infra/template/parameters.ts');
    const stages = configurationInput?.params ?? {};
    const stage = this.serverless.getProvider('aws').getStage();
    const given = [
      ...(this.options.param ?? []).map((text) => text.split('=')[0]),
      ...Object.keys(stages.default ?? {}),
      ...Object.keys(stages[stage] ?? {}),
    ];
    const { stageFault } = loadCode(serviceDir, 'infra/template/quotas.ts');
    const template = service.provider.compiledCloudFormationTemplate;
    const faults = [
      ...parameterFaults(template, {}, given),
      ...regionFaults(template, {}, this.serverless.getProvider('aws').getRegion()),
      ...[stageFault(template, stage)].filter((fault) => fault !== undefined),
    ];
    if (faults.length === 0) return;
    const text = ['Parameters of the deployment:', ...faults].join('\n  ');
    throw new this.serverless.classes.Error(text, 'FARGAZE_PARAMETERS');
  }

  /** A forgotten parameter must not rebuild the network, also where nobody can tell whether it would. */
  async guardDeployed() {
    const { service, serviceDir } = this.serverless;
    const provider = this.serverless.getProvider('aws');
    const stackName = provider.naming.getStackName();
    const { describeLosses, refusalOf, unreadOf } = loadCode(serviceDir, 'infra/template/guard.ts');
    const isAllowed = this.options['allow-replacement'] === true;
    let losses;
    try {
      const now = await readDeployed(provider, stackName);
      if (now === undefined) return;
      const template = service.provider.compiledCloudFormationTemplate;
      losses = describeLosses(now, { template, values: {} });
    } catch (error) {
      const text = unreadOf(stackName, error);
      if (!isAllowed) throw new this.serverless.classes.Error(text, 'FARGAZE_UNREAD_STACK');
      this.log.warning(text);
      return;
    }
    if (losses === undefined) return;
    if (!isAllowed) {
      const text = refusalOf(stackName, losses);
      throw new this.serverless.classes.Error(text, 'FARGAZE_REPLACEMENT');
    }
    this.log.notice(`Removed or replaced, as asked:\n${losses}`);
  }
}

/** The stack as it is deployed; undefined where there is none. @throws where it cannot be read. */
async function readDeployed(provider, StackName) {
  const { CloudFormationClient, DescribeStacksCommand, GetTemplateCommand } = require(
    require.resolve('@aws-sdk/client-cloudformation', {
      paths: [require.resolve('serverless/package.json')],
    }),
  );
  const client = new CloudFormationClient(await provider.getAwsSdkV3Config());
  try {
    const { Stacks } = await client.send(new DescribeStacksCommand({ StackName }));
    const [{ Parameters = [], StackStatus }] = Stacks;
    // A change set that nobody executed.
    if (StackStatus === 'REVIEW_IN_PROGRESS') return undefined;
    const { TemplateBody } = await client.send(
      new GetTemplateCommand({ StackName, TemplateStage: 'Original' }),
    );
    const values = Parameters.map((one) => [one.ParameterKey, one.ParameterValue]);
    return { template: JSON.parse(TemplateBody), values: Object.fromEntries(values) };
  } catch (error) {
    if (error.name === 'ValidationError' && /does not exist/.test(error.message)) return undefined;
    throw error;
  } finally {
    client.destroy();
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
function useLocalSystem(root, log) {
  const { FARGAZE_STACK_DIR: given } = process.env;
  const file = resolve(root, given || '.stack', 'endpoints.json');
  if (existsSync(file)) {
    const { environment } = JSON.parse(readFileSync(file, 'utf8'));
    for (const [name, value] of Object.entries(environment)) process.env[name] ||= value;
  } else if (given) {
    log.warning(`FARGAZE_STACK_DIR: got ${given}, where no local system runs (${file})`);
  }
  // The answer says it all; series are printed for who asks by FARGAZE_SINK=stdout.
  if (!process.env.FARGAZE_PUSHGATEWAY_URL) process.env.FARGAZE_SINK ||= 'none';
}

module.exports = FargazePlugin;
