// What `fargaze project`, `fargaze preflight` and `fargaze export` are: what needs the files of the repository.
import { type CommandSpec, configFileOption, sharedOptions } from '../command/command.ts';

/** `fargaze project`. */
export const projectSpec: CommandSpec = {
  name: 'project',
  summary: 'lay out the folder that is deployed from',
  usage: '<DIR> [options]',
  about: [
    'Copies what a deployment is made of (functions, layer, infrastructure, serverless.yml) from the installed package to a folder, with your fargaze.yml and the files that it names. There npm ci, npm run package and npx serverless deploy work as in a clone. Files that are there are not replaced without --force.',
  ],
  options: {
    force: {
      type: 'boolean',
      about: 'replace files that are there; your fargaze.yml and its files stay',
    },
    config: configFileOption,
    json: { type: 'boolean', about: 'print the paths of the files as JSON' },
  },
  statuses: { 0: 'the folder is laid out' },
  examples: [
    ['fargaze project deployment', 'then: cd deployment && npm ci && npx serverless deploy'],
  ],
  positionals: 1,
  load: async () => (await import('./project.ts')).run,
};

/** `fargaze preflight`. */
export const preflightSpec: CommandSpec = {
  name: 'preflight',
  summary: 'what a deployment would create, cost and replace, offline',
  usage: '[options]',
  about: [
    'Packages the deployment without an account, which takes half a minute, and reports what it would create, what that costs a month, what stands against it, and what it would take away from a stack that is deployed. It runs in a clone and in a folder of fargaze project.',
  ],
  options: {
    param: {
      type: 'string',
      value: 'NAME=VALUE',
      about: 'a parameter of the template',
      multiple: true,
    },
    stage: { type: 'string', value: 'NAME', about: 'the stage' },
    region: { type: 'string', value: 'NAME', about: 'the region' },
    deployed: {
      type: 'string',
      value: 'FILE',
      about: 'the template of the stack that would be updated',
    },
    config: configFileOption,
  },
  statuses: { 0: 'nothing stands against deploying', 1: 'something does' },
  examples: [['fargaze preflight --param=EnableGrafana=false', 'without Grafana']],
  positionals: 0,
  load: async () => (await import('./preflight.ts')).run,
};

/** `fargaze export`. */
export const exportSpec: CommandSpec = {
  name: 'export',
  summary: 'write rules, boards and routes for a Prometheus and Grafana of your own',
  usage: '--to DIR [options]',
  about: [
    'Writes recording rules, alerts, Grafana’s boards and routes of Alertmanager as files, for the probes and objectives of fargaze.yml. docs/own-monitoring.md says where each goes.',
  ],
  options: {
    to: { type: 'string', value: 'DIR', about: 'the folder to write to' },
    runbooks: { type: 'string', value: 'URL', about: 'where runbooks are' },
    grafana: { type: 'string', value: 'URL', about: 'where Grafana is' },
    'pushgateway-job': {
      type: 'string',
      value: 'JOB',
      about: 'job by which Prometheus scrapes the Pushgateway, or none',
    },
    'prometheus-job': {
      type: 'string',
      value: 'JOB',
      about: 'job by which Prometheus scrapes itself, or none',
    },
    'datasource-uid': {
      type: 'string',
      value: 'UID',
      about: 'uid of the data source that Grafana’s copies of the alerts ask; unset: prometheus',
    },
    config: sharedOptions.config,
  },
  statuses: { 0: 'the files are written' },
  examples: [['fargaze export --to monitoring', 'all files below monitoring/']],
  positionals: 0,
  meant: 'to',
  load: async () => (await import('./export.ts')).run,
};
