// Right in the end at this machine's Prometheus, with and without a window for late points.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startPrometheus } from '../../local/programs/servers.ts';
import { describeRight } from '../support/right-suite.ts';

const directory = mkdtempSync(join(tmpdir(), 'fargaze-right-'));
afterAll(() => rmSync(directory, { recursive: true }));

const start = (window: string) => async () => {
  const configFile = join(directory, `${window}.yml`);
  writeFileSync(configFile, `storage: { tsdb: { out_of_order_time_window: ${window} } }\n`);
  return startPrometheus({ configFile, args: ['--web.enable-remote-write-receiver'] });
};

describeRight([
  {
    name: 'a window of 4 h',
    start: start('4h'),
    seeds: [0, 7],
    behaviour: 'revised and late',
    // Which of two values of a point it shows depends on its chunks: docs/bridge.md.
    mayShowOld: true,
  },
  {
    name: 'a window of 4 h, settled for 15 min',
    start: start('4h'),
    seeds: [0, 7],
    behaviour: 'revised and late',
    settle: 900,
  },
  { name: 'no window', start: start('0s'), seeds: [0, 7, 81], behaviour: 'revised and late' },
]);
