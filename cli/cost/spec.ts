// What `fargaze cost` is.
import { type CommandSpec, sharedOptions } from '../command/command.ts';

/** `fargaze cost`. */
export const costSpec: CommandSpec = {
  name: 'cost',
  summary: 'what it costs a month, beside other ways of watching the same',
  usage: '[options]',
  about: [
    'Computes from dated list prices what the functions and the reading of CloudWatch cost in 30 days, and what the same targets and metrics cost with CloudWatch Synthetics, Checkly, Route 53 health checks, YACE at the same resolution, Metric Streams and the PromQL endpoint of CloudWatch. No account is asked.',
    'Prometheus, Pushgateway and Grafana on Fargate come besides, unless you have your own: fargaze preflight prices them.',
  ],
  options: {
    services: {
      type: 'string',
      value: 'N',
      about: 'ECS services that run; unset: bridge.services of the file, else 10',
    },
    targets: {
      type: 'string',
      value: 'N',
      about: 'probes each minute, instead of those of the configuration',
    },
    interval: {
      type: 'string',
      value: 'DURATION',
      about: 'time between two readings of CloudWatch, instead of that of the configuration',
    },
    latency: {
      type: 'string',
      value: 'DURATION',
      about: 'how long the slowest target usually takes; unset: 300ms',
    },
    ...sharedOptions,
  },
  statuses: { 0: 'the prices are printed' },
  examples: [
    ['fargaze cost', 'the configuration, with ten services'],
    ['fargaze cost --services 30 --targets 60', 'a fleet that is planned'],
  ],
  positionals: 0,
  load: async () => (await import('./run.ts')).run,
};
