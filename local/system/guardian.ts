// Waits until whoever started it has ended, however that was, and then ends what that one left: `guardian.ts <stack folder>`.
import { join } from 'node:path';
import { removeRun } from './run-folder.ts';
import { endRecorded, readRecord } from './run-record.ts';

const [directory = ''] = process.argv.slice(2);

/** Nobody writes to standard input; it ends when its other end does. */
async function waitForTheEnd(): Promise<void> {
  for await (const _ of process.stdin);
}

async function main(): Promise<void> {
  await waitForTheEnd();
  const [, ...started] = readRecord(join(directory, 'run'));
  await endRecorded(started.filter(({ pid }) => pid !== process.pid));
  await removeRun(directory);
}

main().catch(() => {
  // Nobody listens any more; the next start finds what is left.
  process.exitCode = 1;
});
