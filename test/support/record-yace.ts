// Records what YACE makes of the peer scenario: `node scripts/run.mjs test/support/record-yace.ts`. The recording holds when that
// was; test/deployed/yace-peer.test.ts says when YACE has changed its mind.
import { writeFileSync } from 'node:fs';
import { writeLine } from '../../layers/core/src/log.ts';
import { startFakeAws } from '../../local/fake-aws/fake-aws.ts';
import { deployedPrograms } from '../../local/programs/go.ts';
import { goPrograms } from '../../local/programs/go-catalogue.ts';
import { addPeerScenario } from './peer-scenario.ts';
import { scrapeYace } from './yace-peer.ts';

const recording = 'test/fixtures/yace/peer.golden.json';

async function main(): Promise<void> {
  const { yace: program } = await deployedPrograms(['yace'], { report: writeLine });
  const fake = await startFakeAws();
  try {
    addPeerScenario(fake);
    const keep = await scrapeYace(program, { fake, flags: [] });
    const snake = await scrapeYace(program, { fake, flags: ['-labels-snake-case'] });
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
