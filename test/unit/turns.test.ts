// Many targets: who begins when, who comes first, and which of several schedules holds whom.

import { isInShard, parseShard, splitByShard } from '../../layers/core/src/config/shard.ts';
import { orderOf } from '../../layers/core/src/probe/order.ts';
import { runPaced } from '../../layers/core/src/probe/pace.ts';
import { createFakeClock } from '../support/fake-clock.ts';

const names = Array.from({ length: 300 }, (_, index) => `probe-${index}`);
const minute = 60_000;

describe('the order', () => {
  it('holds everybody once, whatever the minute', () => {
    for (let time = 0; time < 50 * minute; time += minute) {
      const order = orderOf(names, { time, first: new Set(['probe-7', 'gone']) });
      expect(order[0]).toBe(7);
      expect([...order].sort((a, b) => a - b)).toEqual(names.map((_, index) => index));
    }
  });

  it('lets nobody be among the last tenth in more than a few of ten minutes', () => {
    const late = new Map<number, number>();
    for (let tick = 0; tick < 10; tick += 1) {
      const order = orderOf(names, { time: tick * minute, first: new Set() });
      for (const index of order.slice(-30)) late.set(index, (late.get(index) ?? 0) + 1);
    }
    expect(Math.max(...late.values())).toBeLessThanOrEqual(3);
    expect(late.size).toBeGreaterThan(200);
  });

  it('of nobody is empty', () => expect(orderOf([], { time: 0, first: new Set() })).toEqual([]));
});

describe('the pace', () => {
  it('lets those that wait hold up nobody, up to as many as may be open', async () => {
    let open = 0;
    let most = 0;
    const begun: number[] = [];
    const waiting: (() => void)[] = [];
    const work = async (index: number) => {
      begun.push(index);
      most = Math.max(most, ++open);
      await new Promise<void>((resolve) => waiting.push(resolve));
      open -= 1;
    };
    const order = names.map((_, index) => 299 - index);
    const done = runPaced(order, work, createFakeClock());
    while (begun.length < names.length) {
      const before = begun.length;
      for (let turn = 0; turn < 200; turn += 1) await new Promise(setImmediate);
      // Nobody can begin any more until others end.
      if (begun.length === before) for (const end of waiting.splice(0, 60)) end();
    }
    for (const end of waiting) end();
    await done;
    expect([begun, most]).toEqual([order, 250]);
  });

  it('throws what the work throws', async () => {
    const work = async () => Promise.reject(new Error('broken'));
    await expect(runPaced([0], work, createFakeClock())).rejects.toThrow('broken');
  });
});

describe('shards', () => {
  it.each([
    ['1/1', { index: 1, of: 1 }],
    ['3/12', { index: 3, of: 12 }],
    ['0/2', undefined],
    ['3/2', undefined],
    ['1', undefined],
    ['1/0', undefined],
    ['a/b', undefined],
    ['50/50', { index: 50, of: 50 }],
    ['1/51', undefined],
  ])('%s is %p', (text, want) => expect(parseShard(text)).toEqual(want));

  it.each([2, 3, 4, 7])('%p of them hold everybody once, about as many each', (of) => {
    const sizes = Array.from({ length: of }, (_, n) => {
      return names.filter((name) => isInShard(name, { index: n + 1, of })).length;
    });
    expect(sizes.reduce((a, b) => a + b)).toBe(names.length);
    expect(Math.max(...sizes)).toBeLessThan((names.length / of) * 1.5);
  });

  it.each([1, 2, 5, 20])('one more than %p takes its share, and nothing else moves', (of) => {
    const shardOf = (name: string, count: number) =>
      Array.from({ length: count }, (_, n) => n + 1).find((index) =>
        isInShard(name, { index, of: count }),
      );
    const moved = names.filter((name) => shardOf(name, of) !== shardOf(name, of + 1));
    expect(new Set(moved.map((name) => shardOf(name, of + 1)))).toEqual(new Set([of + 1]));
    expect(moved.length).toBeLessThan((names.length / (of + 1)) * 1.5);
  });

  it('are at build time what they are in functions', () => {
    const items = names.map((name) => ({ name }));
    for (const [at, share] of splitByShard(items, 7).entries()) {
      expect(share).toEqual(items.filter(({ name }) => isInShard(name, { index: at + 1, of: 7 })));
    }
  });

  it('hold the same probe for ever', () => {
    const held = names.slice(0, 12).map((name) => isInShard(name, { index: 1, of: 2 }));
    expect(held.map(Number).join('')).toBe('010100100000');
  });
});
