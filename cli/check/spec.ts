// What `fargaze check` is.
import { type CommandSpec, sharedOptions } from '../command/command.ts';

/** `fargaze check`. */
export const checkSpec: CommandSpec = {
  name: 'check',
  summary: 'validate the configuration and show what it would do',
  usage: '[FILE] [options]',
  about: [
    'Reads fargaze.yml with all that it names (blackbox.yml, the file of YACE) by the code that builds the functions, and lists every mistake with its line, what was seen and what was wanted.',
    'Findings besides mistakes: a file that watches nothing, a variable of a target that is neither set nor has a default, probes that cannot run in the time of their function, more ECS services than the bridge can read, a plan that goes beyond its budget.',
    'Without findings it prints the plan: targets, schedules, calls of APIs, series, and what all of it costs a month.',
  ],
  options: {
    services: {
      type: 'string',
      value: 'N',
      about: 'ECS services to plan for; unset: bridge.services of the file, else 10',
    },
    ...sharedOptions,
  },
  statuses: { 0: 'nothing stands against it', 1: 'there are findings, listed on standard error' },
  examples: [
    ['fargaze check', 'fargaze.yml of this folder'],
    ['fargaze check staging.yml --services 30', 'another file, for thirty services'],
    [
      'WEB_URL=https://example.com fargaze check --json',
      'with a variable that targets need, as JSON',
    ],
  ],
  positionals: 1,
  load: async () => (await import('./run.ts')).run,
};
