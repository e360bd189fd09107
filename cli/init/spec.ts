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
    'With --account the ECS API and Elastic Load Balancing are read with the credentials of the AWS environment (AWS_PROFILE and the like), for nothing and without changing anything. The health path of a target group, or of a container, is what is probed; a service whose address nothing shows is listed.',
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
    account: {
      type: 'boolean',
      about:
        'services of the AWS account: load balancers, health paths, Service Connect, servers of Redis',
    },
    region: {
      type: 'string',
      value: 'NAME',
      about: 'its region; unset: that of the AWS environment',
    },
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
    ['fargaze init --account --region eu-west-1 --cluster prod', 'what runs in a cluster'],
    [
      'fargaze init --blackbox blackbox.yml --yace yace.yml --budget 20',
      'from files that are there',
    ],
  ],
  positionals: 0,
  meant: 'target',
  load: async () => (await import('./run.ts')).run,
};
