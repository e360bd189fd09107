// What `fargaze status` is.
import { type CommandSpec, sharedOptions } from '../command/command.ts';

/** `fargaze status`. */
export const statusSpec: CommandSpec = {
  name: 'status',
  summary: 'what a Prometheus says of the targets',
  usage: '[--url URL] [options]',
  about: [
    'Asks a Prometheus, Mimir or Amazon Managed Prometheus behind a proxy what it holds of fargaze, and lists each target: up, down with its cause, silent (its results are older than 2.5 intervals), unknown (it is configured, and there is no result) and removed (there is a result, and it is no longer configured). Below them stand the functions that write a heartbeat, ecs-bridge and deliver, and the alerts of fargaze that are firing or pending.',
    'The URL is what stands before /api/v1/query. It may hold a user name and a password, which are not shown. A certificate of an authority of your own is trusted where NODE_EXTRA_CA_CERTS names its file.',
  ],
  options: {
    url: {
      type: 'string',
      short: 'u',
      value: 'URL',
      about: 'the Prometheus; unset: FARGAZE_QUERY_URL, else http://localhost:9090',
    },
    bearer: {
      type: 'string',
      value: 'REF',
      about: 'where a bearer token is: env:NAME or file:/path',
    },
    json: sharedOptions.json,
  },
  statuses: {
    0: 'every target is up, every function is running, and no alert is firing; some may be pending',
    1: 'a target is down, silent or unknown, a function is silent, or an alert is firing',
    2: 'Prometheus does not answer, or knows nothing of fargaze',
  },
  examples: [
    ['fargaze status --url http://prometheus.example.com:9090', 'all targets'],
    ['fargaze status --json', 'for a program'],
  ],
  positionals: 0,
  meant: 'url',
  load: async () => (await import('./run.ts')).run,
};
