// What `fargaze import` is.
import type { CommandSpec } from '../command/command.ts';

/** Options of what writes a configuration. */
export const writeOptions = {
  output: {
    type: 'string',
    short: 'o',
    value: 'FILE',
    about: 'the file to write; unset: fargaze.yml; -: standard output',
  },
  force: { type: 'boolean', about: 'replace a file that is there' },
} as const satisfies CommandSpec['options'];

/** `fargaze import`. */
export const importSpec: CommandSpec = {
  name: 'import',
  summary: 'make a configuration of the files of other tools',
  usage: '<file>… [options]',
  about: [
    'Reads files of other tools, finds out by their content what they are, and writes one fargaze.yml that runs: a blackbox.yml, a file of YACE, a file of cloudwatch_exporter, and a prometheus.yml, whose jobs for blackbox_exporter say what to probe.',
    'A blackbox.yml and a file of YACE are named in fargaze.yml and stay what they are; of one that cannot run here as it is the rest is written out. Whatever is left out is listed. What is written has been compiled before.',
  ],
  options: {
    target: {
      type: 'string',
      value: 'ADDRESS',
      about: 'something to probe besides, as in fargaze init',
      multiple: true,
    },
    ...writeOptions,
  },
  statuses: { 0: 'the configuration is written' },
  examples: [
    ['fargaze import blackbox.yml prometheus.yml yace.yml', 'all of it'],
    ['fargaze import cloudwatch_exporter.yml --output -', 'only look'],
  ],
  positionals: 20,
  load: async () => (await import('./run.ts')).run,
};
