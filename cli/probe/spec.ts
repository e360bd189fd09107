// What `fargaze probe` is.
import { type CommandSpec, sharedOptions } from '../command/command.ts';

/** `fargaze probe`. */
export const probeSpec: CommandSpec = {
  name: 'probe',
  summary: 'probe targets once, now, from this machine',
  usage: '[<target or probe>…] [options]',
  about: [
    'Probes each target once with the code of the functions, and prints the verdict, how long each phase took, the certificate and the rule that decided. Nothing is delivered.',
    'A target is an address, or the name of a probe of fargaze.yml. Addresses: https://… and http://… (module http_2xx), redis://… and rediss://… (module redis), tcp://host:port and tls://host:port (connects, with TLS), dns://server[:port]/name[?type=AAAA], grpc://host:port[/service] and grpcs://…. With --module an address is what that module takes, such as host:port.',
    'A module that holds credentials probes only the servers of its own probes and its hosts, as in the functions. Credentials in an address are never shown.',
  ],
  options: {
    module: {
      type: 'string',
      short: 'm',
      value: 'NAME',
      about: 'the module of fargaze.yml to probe with',
    },
    all: { type: 'boolean', about: 'every probe of fargaze.yml' },
    timeout: {
      type: 'string',
      short: 't',
      value: 'DURATION',
      about: 'instead of the timeout of the module, e.g. 2s',
    },
    metrics: { type: 'boolean', about: 'print the series as Prometheus text' },
    verbose: { type: 'boolean', short: 'v', about: 'print the log of each probe too' },
    ...sharedOptions,
  },
  statuses: {
    0: 'every target is up',
    1: 'a target is down',
    2: 'nothing is known of a target: wrong usage, or trouble of our own',
  },
  examples: [
    ['fargaze probe https://example.com', 'one address'],
    ['fargaze probe shop', 'a probe of fargaze.yml'],
    ['fargaze probe --all --quiet || echo down', 'all of them, for a script'],
    ['fargaze probe redis://127.0.0.1:6379 --metrics', 'the series that would be delivered'],
    ['fargaze probe "dns://1.1.1.1/example.com?type=AAAA" --json', 'a DNS server, as JSON'],
  ],
  positionals: 1000,
  load: async () => (await import('./run.ts')).run,
};
