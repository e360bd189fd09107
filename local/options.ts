// The options of `npm start`, and the text that explains them.

import { didYouMean } from '../layers/core/src/config/suggest.ts';
import { ConfigError } from '../layers/core/src/errors.ts';

/** What is asked for. */
export type Task = 'show' | 'smoke' | 'help';

const tasks: Readonly<Record<string, Task>> = {
  '--smoke': 'smoke',
  '--help': 'help',
  '-h': 'help',
};

/** The task that the arguments name; `show` without any. @throws ConfigError naming each that is not known. */
export function parseOptions(args: readonly string[]): Task {
  const unknown = args.filter((arg) => !Object.hasOwn(tasks, arg));
  if (unknown.length > 0) {
    const issues = unknown.map((arg) => {
      const hint =
        didYouMean(arg, Object.keys(tasks)) || ', want one that npm start -- --help lists';
      return { path: arg, message: `unknown option${hint}` };
    });
    throw new ConfigError('npm start', issues);
  }
  const asked = args.map((arg) => tasks[arg]);
  return asked.includes('help') ? 'help' : (asked[0] ?? 'show');
}

/** What `--help` prints. */
export const helpText = `Usage: npm start [-- OPTION]

Runs fargaze on this machine, without AWS: a web app, Redis, a Pushgateway, Prometheus, a simulated AWS account and the
functions on their schedules. Shows what the probes of fargaze.yml find. Ctrl-C stops everything.

Options:
  --smoke  start, wait until every probe and scrape is in Prometheus, print that, stop; exit code 1 if one is missing
  --help   this text

Environment:
  FARGAZE_CONFIG     another file to read than fargaze.yml
  FARGAZE_STACK_DIR  another folder for the files of a run than .stack, so that two can run in one clone
  NO_COLOR           no colours on the terminal
  FORCE_COLOR        colours where there is no terminal

What is shown, what is down first:
  UP, DOWN            the newest result, and its age
  WAS UP, WAS DOWN    the newest result is too old to say what is now; the lines above the table say why
  WAITING, UNKNOWN    there is no result yet: it is not due, or it is overdue
  Alerts              how many fire, and the page of Prometheus that lists them
  Budget left         of each objective in fargaze.yml, the share of its error budget that is left
  ECS tasks           running/desired, of each service in the simulated account
Where there is no terminal, a line is printed whenever one of these changes.

While it runs:
  .stack/endpoints.json   the addresses of everything, and the environment of the functions
  npx serverless invoke local -f redis-probe   probes once more, now, and delivers to this system
  .stack/run/processes    the process ids of everything
To see a failure, halt a program with kill -STOP; kill -CONT lets it go on. One that ends is started again, three times.
`;
