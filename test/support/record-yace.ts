// Records what YACE makes of the peer scenario: `node scripts/run.mjs test/support/record-yace.ts`. YACE knows no clock but
// the machine's, so the scenario stands at the present; the recording holds when that was.
import { writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { writeLine } from '../../layers/core/src/log.ts';
import { type FakeAws, startFakeAws } from '../../local/fake-aws/fake-aws.ts';
import { deployedPrograms } from '../../local/programs/go.ts';
import { goPrograms } from '../../local/programs/go-catalogue.ts';
import { waitFor } from '../../local/programs/process.ts';
import { launch } from '../../local/programs/servers.ts';
import { addPeerScenario } from './peer-scenario.ts';

const config = resolve('test/fixtures/yace/peer.yml');
const recording = 'test/fixtures/yace/peer.golden.json';

/** Series as Prometheus text has them, those of CloudWatch alone, in order. */
async function scrapeYace(fake: FakeAws, flags: readonly string[]): Promise<string[]> {
  const { yace: program } = await deployedPrograms(['yace'], { report: writeLine });
  const server = await launch({
    program,
    args: (port) => [
      `--config.file=${config}`,
      `--listen-address=127.0.0.1:${port}`,
      '--scraping-interval=3600',
      ...flags,
    ],
    env: () => ({
      AWS_ENDPOINT_URL: fake.url,
      AWS_REGION: 'eu-west-1',
      AWS_ACCESS_KEY_ID: 'AKIAFAKE111122223333',
      AWS_SECRET_ACCESS_KEY: 'not-a-secret',
      AWS_EC2_METADATA_DISABLED: 'true',
    }),
  });
  try {
    let lines: string[] = [];
    await waitFor({
      what: "YACE's first reading",
      seconds: 60,
      processes: [server.process],
      check: async () => {
        const text = await (await fetch(`${server.url}/metrics`)).text();
        lines = text.split('\n').filter((line) => line.startsWith('aws_'));
        return lines.length > 0;
      },
    });
    return lines.sort();
  } finally {
    await server.stop();
  }
}

async function main(): Promise<void> {
  const fake = await startFakeAws();
  try {
    addPeerScenario(fake);
    const keep = await scrapeYace(fake, []);
    const snake = await scrapeYace(fake, ['-labels-snake-case']);
    const until = Math.ceil(fake.clock.now());
    const yace = goPrograms.yace.release;
    writeFileSync(recording, `${JSON.stringify({ yace, until, keep, snake }, null, 1)}\n`);
    writeLine(`${recording}: ${keep.length} and ${snake.length} samples`);
  } finally {
    await fake.close();
  }
}

main().catch((error: unknown) => {
  process.stderr.write(`${String(error)}\n`);
  process.exitCode = 1;
});
