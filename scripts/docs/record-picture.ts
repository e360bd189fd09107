// `npm run picture`: starts the local system, has users at work on it, makes its Redis refuse writes, waits until its alert
// fires, and records what the terminal and the boards show of it. Takes four to eight minutes; `npm run generate` draws the records.
import { writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { readOwnConfig } from '../../build/config-file.ts';
import { renderJson } from '../../infra/grafana/boards.ts';
import { systemClock } from '../../layers/core/src/clock.ts';
import { writeLine } from '../../layers/core/src/log.ts';
import { askBoard } from '../../local/boards/ask.ts';
import { readBoardFiles } from '../../local/boards/board-file.ts';
import { scrapeSeconds } from '../../local/system/prometheus-files.ts';
import { openRunFolder, stackDir } from '../../local/system/run-folder.ts';
import { type Stack, startStack } from '../../local/system/stack.ts';
import { shownOf } from '../../local/terminal/greeting.ts';
import { createWatch } from '../../local/terminal/show.ts';
import { type BoardsCapture, boardsCaptureFile } from './boards.ts';
import { type Capture, captureFile } from './picture.ts';

const root = process.cwd();
const patienceMs = 420_000;
/** Milliseconds of what is well before Redis refuses writes. */
const calmMs = 75_000;
/** The most points in time of a picture. */
const mostPoints = 120;

async function main(): Promise<void> {
  const config = readOwnConfig(root);
  const run = await openRunFolder(stackDir(root), writeLine);
  const { signal } = new AbortController();
  const stack = await startStack({ root, config, run, report: writeLine, signal });
  const began = systemClock.now();
  const traffic = setInterval(() => void makeTraffic(stack), 1000);
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
    const calm = systemClock.now() + calmMs;
    await until('lines on the boards', () => systemClock.now() > calm);
    await say(stack.redis.port, 'CONFIG SET min-replicas-to-write 1');
    await until('FargazeProbeFailed', () =>
      watch.view().snapshot.alerts.some(({ name }) => name === 'FargazeProbeFailed'),
    );
    const capture: Capture = { view: { ...watch.view(), timeZone: 'UTC' }, now: systemClock.now() };
    writeFileSync(captureFile, `${JSON.stringify(capture, null, 2)}\n`);
    writeFileSync(boardsCaptureFile, renderJson(await recordBoards(stack, began)));
    writeLine(`${captureFile}, ${boardsCaptureFile}; npm run generate draws them`);
  } finally {
    clearInterval(traffic);
    await stack.stop();
    await run.close();
  }
}

/** What the boards show of the time since `began`. */
async function recordBoards(stack: Stack, began: number): Promise<BoardsCapture> {
  const now = Math.floor(systemClock.now() / 1000);
  const seconds = now - Math.ceil(began / 1000);
  const step = scrapeSeconds * Math.ceil(seconds / mostPoints / scrapeSeconds);
  const count = Math.floor(seconds / step);
  const range = { from: now - (count - 1) * step, step, count };
  const { url } = stack.prometheus;
  const { signal } = new AbortController();
  const boards: [string, BoardsCapture['boards'][string]][] = [];
  for (const board of readBoardFiles(root)) {
    const question = { url, range, now, scrapeInterval: scrapeSeconds, signal };
    boards.push([board.uid, await askBoard(board, question)]);
  }
  return { range, boards: Object.fromEntries(boards) };
}

/** What users do: some requests are slow, some fail, some orders come in. */
async function makeTraffic({ webApp }: Stack): Promise<void> {
  const seconds = Math.floor(systemClock.now() / 1000);
  const paths = ['/counter', '/', ...(seconds % 3 === 0 ? ['/slow?seconds=0.2'] : [])];
  const failing = seconds % 15 === 0 ? ['/flaky?probability=0.5'] : [];
  const order = { method: 'POST' };
  const requests = [
    ...[...paths, ...failing].map((path) => fetch(`${webApp.url}${path}`)),
    ...(seconds % 2 === 0
      ? [fetch(`${webApp.url}/orders?euros=${10 + (seconds % 30)}`, order)]
      : []),
  ];
  // Requests that fail are part of the picture.
  await Promise.allSettled(requests.map(async (one) => (await one).arrayBuffer()));
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
