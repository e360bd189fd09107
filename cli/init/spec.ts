// What `fargaze init` is.
import type { CommandSpec } from '../command/command.ts';
import { writeOptions } from '../import/spec.ts';

/** `fargaze init`. */
export const initSpec: CommandSpec = {
  name: 'init',
  summary: 'write a first fargaze.yml',
  usage: '[options]',
  about: [
    'Writes a commented fargaze.yml: from options, from answers where it is called on a terminal without options, and from files of other tools. What is written has been compiled before; a file that is there is never replaced without --force.',
    'A password in an address of Redis is not written: a module that takes it from a variable of the functions is.',
  ],
  options: {
    target: {
      type: 'string',
      value: '[NAME=]ADDRESS',
      about: 'something to probe: https://…, http://…, redis://… or rediss://…',
      multiple: true,
    },
    blackbox: { type: 'string', value: 'FILE', about: 'a blackbox.yml whose modules to take' },
    prometheus: {
      type: 'string',
      value: 'FILE',
      about: 'a prometheus.yml whose jobs for blackbox_exporter to take',
    },
    yace: { type: 'string', value: 'FILE', about: 'a file of YACE whose jobs to take' },
    cloudwatch: {
      type: 'boolean',
      about: 'read CPU and memory of ECS services from CloudWatch every 5 minutes',
    },
    cluster: {
      type: 'string',
      value: 'NAME',
      about: 'an ECS cluster to read; unset: all',
      multiple: true,
    },
    budget: {
      type: 'string',
      value: 'USD',
      about: 'most that reading CloudWatch may cost a month; implies --cloudwatch',
    },
    yes: { type: 'boolean', short: 'y', about: 'ask nothing' },
    ...writeOptions,
  },
  statuses: { 0: 'the file is written' },
  examples: [
    ['fargaze init', 'asks on a terminal; elsewhere writes an example'],
    [
      'fargaze init --target https://shop.example.com/healthz --target rediss://sessions.example.com:6379',
      'two targets',
    ],
    [
      'fargaze init --blackbox blackbox.yml --yace yace.yml --budget 20',
      'from files that are there',
    ],
  ],
  positionals: 0,
  load: async () => (await import('./run.ts')).run,
};
