// What `fargaze bridge` is.
import { type CommandSpec, sharedOptions } from '../command/command.ts';

/** `fargaze bridge`. */
export const bridgeSpec: CommandSpec = {
  name: 'bridge',
  summary: 'what the bridge would read of the AWS account',
  usage: '--dry-run [options]',
  about: [
    'Reads the ECS API with the credentials of the AWS environment (AWS_PROFILE, AWS_REGION and the like) by the code of ecs-bridge, finds what the jobs of fargaze.yml ask CloudWatch for, and prints what that would cost. No point of CloudWatch is read, and nothing is delivered.',
    'It costs nothing, but for jobs that list metrics: 0.01 USD for 1,000 calls of ListMetrics.',
  ],
  options: {
    'dry-run': {
      type: 'boolean',
      about: 'what is asked for; a real run is the deployed function’s',
    },
    region: {
      type: 'string',
      value: 'NAME',
      about: 'the region to read; unset: that of the AWS environment',
    },
    metrics: { type: 'boolean', about: 'print the series of the ECS API as Prometheus text' },
    ...sharedOptions,
  },
  statuses: { 0: 'everything could be read', 1: 'a call failed; its permission is named' },
  examples: [
    ['fargaze bridge --dry-run --region eu-west-1', 'clusters, services and the price'],
    ['fargaze bridge --dry-run --metrics', 'the series of the ECS API'],
  ],
  positionals: 0,
  load: async () => (await import('./run.ts')).run,
};
