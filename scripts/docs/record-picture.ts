// `npm run picture`: starts the local system, makes its Redis refuse writes, waits until an alert fires, and records what the
// terminal shows of it. Takes about five minutes; `npm run generate` draws the record.
import { writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { systemClock } from '../../layers/core/src/clock.ts';
import { writeLine } from '../../layers/core/src/log.ts';
import { openRunFolder, stackDir } from '../../local/system/run-folder.ts';
import { startStack } from '../../local/system/stack.ts';
import { shownOf } from '../../local/terminal/greeting.ts';
import { createWatch } from '../../local/terminal/show.ts';
import { buildConfig } from '../build.ts';
import { type Capture, captureFile } from './picture.ts';

const root = process.cwd();
const patienceMs = 420_000;

async function main(): Promise<void> {
  const config = await buildConfig(root);
  const run = await openRunFolder(stackDir(root), writeLine);
  const { signal } = new AbortController();
  const stack = await startStack({ root, config, run, report: writeLine, signal });
  try {
    const watch = createWatch(shownOf(stack, config), systemClock);
    const until = async (what: string, done: () => boolean) => {
      writeLine(`waiting: ${what}`);
      for (const end = systemClock.now() + patienceMs; !done(); await sleep(1000)) {
        if (systemClock.now() > end) throw new Error(`${what}: not within ${patienceMs / 1000} s`);
        await watch.look();
      }
    };
    await until('first results', () =>
      watch.view().snapshot.probes.every(({ state }) => state === 'up'),
    );
    await say(stack.redis.port, 'CONFIG SET min-replicas-to-write 1');
    await until('an alert', () => watch.view().snapshot.alerts.length > 0);
    const capture: Capture = { view: { ...watch.view(), timeZone: 'UTC' }, now: systemClock.now() };
    writeFileSync(captureFile, `${JSON.stringify(capture, null, 2)}\n`);
    writeLine(`${captureFile}; npm run generate draws it`);
  } finally {
    await stack.stop();
    await run.close();
  }
}

/** One command to Redis, in its inline form. */
async function say(port: number, command: string): Promise<void> {
  const socket = connect({ port, host: '127.0.0.1' });
  socket.setEncoding('utf8').write(`${command}\r\n`);
  const answer = await new Promise((resolve, reject) => {
    socket.once('data', resolve).once('error', reject);
  });
  socket.destroy();
  if (answer !== '+OK\r\n') throw new Error(`${command}: got ${answer}, want OK`);
}

void main();
