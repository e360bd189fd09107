// Right in the end at this machine's Prometheus, with and without a window for late points.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PointOrder } from '../../functions/ecs-bridge/cloudwatch/write/point-order.ts';
import { systemClock } from '../../layers/core/src/clock.ts';
import { startDeadline } from '../../layers/core/src/deadline.ts';
import { createSink } from '../../layers/core/src/delivery/choose.ts';
import { createSeriesWriter } from '../../layers/core/src/delivery/series-writer.ts';
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

it('one check after the other finds that changed points are taken', async () => {
  const { stop, url } = await start('4h')();
  const own = { FARGAZE_REMOTE_WRITE_URL: `${url}/api/v1/write`, FARGAZE_OWNER: 'o' };
  const learn = async () => {
    Object.assign(process.env, own);
    const writeDeadline = startDeadline(60, systemClock);
    const writer = createSeriesWriter(createSink());
    const order = await new PointOrder().learn({ clock: systemClock, writeDeadline, writer });
    writeDeadline.close();
    // What Prometheus shows depends on the samples that others have at the time.
    await systemClock.sleep(0.13);
    return order;
  };
  try {
    const orders: string[] = [];
    for (let n = 0; n < 20; n += 1) orders.push(await learn());
    expect(orders).toEqual(Array(20).fill('any'));
  } finally {
    for (const name of Object.keys(own)) delete process.env[name];
    await stop();
  }
});
