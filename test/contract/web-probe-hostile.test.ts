// Whatever a server does, the probe ends with a verdict in its time, holds little memory, and leaves its neighbours alone.
// `npm run bench -- probe` runs more of it in processes of its own and measures.

import { behaviourCount, hostileOptions, startHostileServer } from '../../bench/hostile-server.ts';
import { probeWeb } from '../../functions/web-probe/probe.ts';
import { httpModule, runProbe, verdict } from '../support/probing.ts';

const rounds = 12;

it('every seed ends with a verdict, and its neighbours are fine', async () => {
  const server = await startHostileServer();
  const url = (path: string | number) => `http://127.0.0.1:${server.port}/${path}`;
  try {
    for (let first = 0; first < rounds * behaviourCount; first += behaviourCount) {
      const seeds = Array.from({ length: behaviourCount }, (_, n) => first + n + 1);
      const hostile = seeds.map((seed) =>
        runProbe(probeWeb, httpModule(hostileOptions(seed), '250ms'), url(seed)),
      );
      const healthy = seeds
        .slice(0, 5)
        .map(() => runProbe(probeWeb, httpModule({}), url('healthy')));
      const ended = await Promise.all(hostile);
      expect((await Promise.all(healthy)).map(verdict)).toEqual(Array(5).fill('ok'));
      for (const { samples } of ended) {
        const values = Object.values(samples);
        expect(values.filter((value) => !Number.isFinite(value))).toEqual([]);
      }
      expect(ended.filter(({ outcome }) => !outcome.ok).length).toBeGreaterThan(5);
    }
  } finally {
    await server.close();
  }
});
