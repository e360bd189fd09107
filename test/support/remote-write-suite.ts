// What every real Prometheus must do with what we write to it: one suite for each of its versions and of the protocol's.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '../../layers/core/src/clock.ts';
import { startDeadline } from '../../layers/core/src/deadline.ts';
import { RemoteWriteClient } from '../../layers/core/src/remote-write/client.ts';
import type { Point, Series } from '../../layers/core/src/sample.ts';
import type { Program } from '../../local/programs/find.ts';
import { type PrometheusServer, startPrometheus } from '../../local/programs/servers.ts';
import { minute, now, series, write as writeVersion } from './remote-writing.ts';

/** A Prometheus to write to. */
export type Receiver = {
  readonly name: string;
  readonly find: () => Promise<Program>;
  /** Of the protocol. */
  readonly version: 1 | 2;
  /** How late a point may be, such as `30m`; absent: not at all. */
  readonly window?: string;
  /** Flags beside those that every one takes. */
  readonly args?: readonly string[];
};

/** Describes what `receivers` store. */
export function describeReceivers(receivers: readonly Receiver[]): void {
  describe.each(receivers)('a real Prometheus, $name', ({ args = [], find, version, window }) => {
    let prometheus: PrometheusServer;
    let url: string;
    const directory = mkdtempSync(join(tmpdir(), 'fargaze-remote-write-'));

    beforeAll(async () => {
      const file = join(directory, 'prometheus.yml');
      const tsdb =
        window === undefined ? '' : `storage: { tsdb: { out_of_order_time_window: ${window} } }`;
      writeFileSync(file, `global: {}\n${tsdb}\n`);
      prometheus = await startPrometheus({
        configFile: file,
        args: ['--web.enable-remote-write-receiver', ...args],
        program: await find(),
      });
      url = `${prometheus.url}/api/v1/write`;
    });
    afterAll(async () => {
      await prometheus.stop();
      rmSync(directory, { recursive: true });
    });

    const write = (to: string, all: readonly Series[], options: { seconds?: number } = {}) =>
      writeVersion(to, all, { version, ...options });

    /** Points of the last half hour as `[minutes from now, value]`. */
    async function stored(name: string): Promise<[number, number][]> {
      const query = `${prometheus.url}/api/v1/query?query=${name}[30m]&time=${(now + minute) / 1000}`;
      const answer = (await (await fetch(query)).json()) as {
        readonly data: {
          readonly result: readonly { readonly values: readonly [number, string][] }[];
        };
      };
      return (answer.data.result[0]?.values ?? []).map(([at, value]) => [
        (at * 1000 - now) / minute,
        Number(value),
      ]);
    }

    const points = (...all: readonly [number, number][]): Point[] =>
      all.map(([minutes, value]) => ({ at: now + minutes * minute, value }));

    it('stores every point at its own time, with labels as they are', async () => {
      const labels = { dimension_ServiceName: 'web', unicode: 'ü☃', quote: '"\\', empty: '' };
      const result = await write(url, [
        series('five', points([-5, 1], [-4, 2], [-3, 3], [-2, 4], [-1, 5]), labels),
      ]);
      expect(result).toEqual({ sent: 5, rejected: {}, requests: 1 });
      expect(await stored('five')).toEqual([
        [-5, 1],
        [-4, 2],
        [-3, 3],
        [-2, 4],
        [-1, 5],
      ]);
      const [one] = await prometheus.query('five');
      expect(one?.labels).toEqual({
        __name__: 'five',
        dimension_ServiceName: 'web',
        unicode: 'ü☃',
        quote: '"\\',
      });
    });

    it('version 2 is taken where it is accepted, else falls back to version 1, once and for all', async () => {
      const client = new RemoteWriteClient({ url: new URL(url), version: 2, clock: systemClock });
      const deadline = startDeadline(60, systemClock);
      const first = await client.write([series('fallback', points([-3, 1]))], deadline);
      const second = await client.write([series('fallback', points([-2, 2]))], deadline);
      deadline.close();
      expect([first.sent, first.requests]).toEqual([1, version === 2 ? 1 : 2]);
      expect([second.sent, second.requests]).toEqual([1, 1]);
      expect(await stored('fallback')).toEqual([
        [-3, 1],
        [-2, 2],
      ]);
    });

    it('a resend of the same points changes nothing', async () => {
      const all = [series('again', points([-2, 1], [-1, 2]))];
      await write(url, all);
      const { rejected } = await write(url, [series('again', points([-1, 2]))]);
      expect(rejected).toEqual({});
      expect(await stored('again')).toEqual([
        [-2, 1],
        [-1, 2],
      ]);
    });

    it('one series that is refused costs no other, and is counted by its reason', async () => {
      await write(url, [series('clash', points([-1, 1]))]);
      const good = Array.from({ length: 100 }, (_, i) => series(`good_${i}`, points([-1, i])));
      const all = [...good.slice(0, 60), series('clash', points([-1, 99])), ...good.slice(60)];
      const result = await write(url, all);
      expect(result.sent).toBe(100);
      expect(result.rejected).toEqual({ duplicate: 1 });
      // Version 2 answers what was written; for version 1 halving finds one among 101 in 2 × ⌈log2 101⌉ + 1 requests.
      expect(result.requests).toBeLessThanOrEqual(version === 2 ? 1 : 15);
      expect(await prometheus.query('count({__name__=~"good_.*"})')).toMatchObject([
        { value: 100 },
      ]);
      expect(await stored('clash')).toEqual([[-1, 1]]);
    });

    it('late points are stored where the window allows it, and counted where not', async () => {
      await write(url, [series('late', points([-2, 1], [-1, 2]))]);
      const result = await write(url, [series('late', points([-4, 0]))]);
      if (window === undefined) {
        expect(result).toMatchObject({ sent: 0, rejected: { out_of_order: 1 } });
        expect(await stored('late')).toEqual([
          [-2, 1],
          [-1, 2],
        ]);
      } else {
        expect(result).toMatchObject({ sent: 1, rejected: {} });
        expect(await stored('late')).toEqual([
          [-4, 0],
          [-2, 1],
          [-1, 2],
        ]);
      }
    });

    it('what is too old is final, whatever status it comes with, and costs no time', async () => {
      await write(url, [series('old', points([-1, 1]))]);
      const ancient = series('old', [{ at: now - 5 * 3_600_000, value: 0 }]);
      const result = await write(url, [ancient, series('young', points([-1, 1]))], { seconds: 20 });
      expect(result.sent).toBe(1);
      expect(result.rejected).toEqual({ too_old: 1 });
      expect(result.requests).toBeLessThanOrEqual(3);
    });

    it('a long overlap of many series costs few requests and no new point', async () => {
      const last = -5;
      const overlap = (from: number, until: number) =>
        Array.from({ length: 300 }, (_, i) => {
          const all = Array.from({ length: until - from }, (_, at): [number, number] => [
            from + at,
            i,
          ]);
          return series('overlap', points(...all), { i: String(i) });
        });
      await write(url, overlap(-20, last), { seconds: 60 });
      // One that had gone silent before the others, and one that is new.
      await write(url, [series('overlap', points([-12, 1]), { i: 'silent' })]);
      const both = ['silent', 'new'].map((i) => series('overlap', points([-3, 1], [-2, 1]), { i }));
      const result = await write(url, [...overlap(-20, 0), ...both], { seconds: 120 });
      expect(result.requests).toBeLessThan(600);
      const fresh = await prometheus.query(
        `sum(count_over_time(overlap[${-last}m] @ ${(now - 30_000) / 1000}))`,
      );
      expect(fresh).toMatchObject([{ value: 300 * -last + 4 }]);
    });

    it('a stale marker ends a series at once', async () => {
      await write(url, [series('ended', points([-2, 1]))]);
      expect(await prometheus.query(`ended @ ${(now - minute) / 1000}`)).toHaveLength(1);
      await write(url, [series('ended', [{ at: now - minute, value: 'stale' }])]);
      expect(await prometheus.query(`ended @ ${(now - minute) / 1000}`)).toHaveLength(0);
    });

    it('40,000 samples arrive, once', async () => {
      const many = Array.from({ length: 8000 }, (_, i) =>
        series('many', points([-6, i], [-5, i], [-4, i], [-3, i], [-2, i]), { i: String(i) }),
      );
      const result = await write(url, many, { seconds: 20 });
      expect(result).toMatchObject({ sent: 40_000, rejected: {}, requests: 4 });
      const counted = await prometheus.query(`sum(count_over_time(many[10m] @ ${now / 1000}))`);
      expect(counted).toMatchObject([{ value: 40_000 }]);
    });
  });
}
