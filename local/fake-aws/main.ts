// Starts the fake as a process and prints `{"url": …, "port": …, "pid": …}` on one line once it listens; SIGTERM or SIGINT ends it.
// Options: --port N (free), --seed N (1), --scenario demo|fleet|empty (demo), --services N (10, fleet only),
// --account ID, --region NAME, --now EPOCH_SECONDS (a clock that stands until it is moved over HTTP).
import { parseArgs } from 'node:util';
import { addDemo, addFleet } from './demo.ts';
import { type FakeAws, startFakeAws } from './fake-aws.ts';

const { values } = parseArgs({
  options: {
    port: { type: 'string', default: '0' },
    seed: { type: 'string', default: '1' },
    scenario: { type: 'string', default: 'demo' },
    services: { type: 'string', default: '10' },
    account: { type: 'string' },
    region: { type: 'string' },
    now: { type: 'string' },
  },
});

function toNumber(name: 'port' | 'seed' | 'services', text: string): number {
  const number = Number(text);
  if (Number.isInteger(number) && number >= 0) return number;
  throw new RangeError(`--${name} ${text}, want a whole number of at least 0`);
}

async function main(): Promise<void> {
  const fake = await startFakeAws({
    port: toNumber('port', values.port),
    seed: toNumber('seed', values.seed),
    ...(values.account === undefined ? {} : { account: values.account }),
    ...(values.region === undefined ? {} : { region: values.region }),
    // Dashboards of the local system should show what a real account shows.
    visibility: { revisions: values.scenario === 'demo' ? 'on' : 'off' },
  });
  if (values.now !== undefined) fake.clock.set(Number(values.now));
  play(fake);
  const stop = () => void fake.close().then(() => process.exit(0));
  process.once('SIGTERM', stop);
  process.once('SIGINT', stop);
  process.stdout.write(`${JSON.stringify({ url: fake.url, port: fake.port, pid: process.pid })}\n`);
}

function play({ model }: FakeAws): void {
  switch (values.scenario) {
    case 'demo':
      addDemo(model);
      break;
    case 'fleet':
      addFleet(model, { cluster: 'fleet', services: toNumber('services', values.services) });
      break;
    case 'empty':
      break;
    default:
      throw new RangeError(`--scenario ${values.scenario}, want demo, fleet or empty`);
  }
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(2);
});
