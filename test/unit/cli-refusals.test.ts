// Command lines that would compute nonsense, or be followed in part: each is refused, with the limits or the conflict in words.
import { parseCommandLine } from '../../cli/command/parse.ts';
import { commands } from '../../cli/commands.ts';

/** Runs the command of `line`; whatever it would print is a failure. */
async function run(line: string): Promise<number> {
  const [name = '', ...rest] = line.split(' ');
  const spec = commands.find((one) => one.name === name);
  if (spec === undefined) throw new Error(`no command ${name}`);
  const command = await spec.load();
  const place = { inClone: false, root: '.', io: {} as never, commands };
  return command({ ...parseCommandLine(rest, spec), ...place });
}

it.each([
  ['cost --targets 999999999', '--targets: got "999999999", want a whole number from 0 to 100000'],
  ['cost --targets 1.5', '--targets: got "1.5", want a whole number from 0 to 100000'],
  ['cost --services 100001', '--services: got "100001", want a whole number from 0 to 100000'],
  ['check --services 1e3', '--services: got "1e3", want a whole number from 0 to 100000'],
  ['cost --latency 1h', '--latency: got "1h", want a duration from 1ms to 50s'],
  ['cost --latency 0', '--latency: got "0", want a duration from 1ms to 50s'],
  ['cost --interval 1y', '--interval: got "1y", want a duration from 1m to 1h in whole minutes'],
  ['cost --interval 90s', '--interval: got "90s", want a duration from 1m to 1h'],
  ['probe http://x/ --timeout 51s', '--timeout: got "51s", want a duration from 1ms to 50s'],
  ['init -o - --budget 1e400', '--budget: got "1e400", want US dollars a month from 0.01 to'],
  ['init -o - --budget 0x10', '--budget: got "0x10", want US dollars a month'],
  ['init -o - --budget 0.001', '--budget: got "0.001", want US dollars a month'],
  ['init -o - --budget 1000001', 'from 0.01 to 1000000, such as 20'],
])('fargaze %s is refused with the limits', async (line, words) => {
  await expect(run(line)).rejects.toThrow(words);
});

it.each([
  ['probe --all --module redis', '--all is given beside --module, but each probe names its own'],
  ['probe tcp://127.0.0.1:1/a', 'tcp://127.0.0.1:1/a: something stands behind the port'],
  ['probe tls://127.0.0.1:1?a', 'tls://127.0.0.1:1?redacted: something stands behind the port'],
  ['probe grpc://127.0.0.1:1/a?b=c', 'want grpc://host:port/service'],
  ['probe dns://127.0.0.1/a?typ=MX', 'unknown "typ", want type, as in ?type=AAAA'],
  ['bridge --dry-run --json --metrics', '--json is given beside --metrics, want one of them'],
  ['init -o - --region eu-west-1', '--region is given without --account'],
])('fargaze %s is refused, for a part of it would be left out', async (line, words) => {
  await expect(run(line)).rejects.toThrow(words);
});

it.each([
  ['env:NOPE17', '--bearer: env:NOPE17 is unset or empty'],
  ['file:/nowhere/17', '--bearer: file:/nowhere/17 cannot be read (ENOENT)'],
  ['env:TOKEN17', '--bearer: env:TOKEN17 ends with a line feed, want what a header can carry'],
  ['planted78', '--bearer: want env:NAME or file:/path, not the token itself'],
  ['env:planted-78', '--bearer: want env:NAME or file:/path, not the token itself'],
])('--bearer %s is refused by the name of the option', async (bearer, words) => {
  process.env.TOKEN17 = 'planted78\n';
  try {
    await expect(run(`status --url http://127.0.0.1:1 --bearer ${bearer}`)).rejects.toThrow(words);
  } finally {
    delete process.env.TOKEN17;
  }
});
