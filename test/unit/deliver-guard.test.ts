// The guard against a store that replaces without looking: who wins, in which order whatever happens.

import {
  putNewest,
  type Settling,
  type Store,
  type TimedGroup,
} from '../../functions/deliver/pushgateway/guard.ts';
import type { Clock } from '../../layers/core/src/clock.ts';
import { startDeadline } from '../../layers/core/src/deadline.ts';
import { ConfigError, DeliveryError } from '../../layers/core/src/errors.ts';
import { groupKey } from '../../layers/core/src/pushgateway/grouping.ts';
import { createFakeClock } from '../support/fake-clock.ts';

const grouping = { job: 'j', instance: 'i' };
const timed = (taken: number): TimedGroup => ({ group: { grouping, samples: [] }, taken });
const key = groupKey(grouping);

/** A store of one group; `before` is waited for before each put lands. */
function createStore(first?: number) {
  const state: { held: number | undefined; puts: number[]; readings: number; ahead: number } = {
    held: first,
    puts: [],
    readings: 0,
    ahead: 0,
  };
  // By a clock of its own, which is that of the world.
  let put = now();
  const open = (before: (taken: number) => Promise<void> = async () => undefined): Store => ({
    read: async () => {
      state.readings += 1;
      return new Map(
        state.held === undefined ? [] : [[key, { taken: state.held, put: put + state.ahead }]],
      );
    },
    put: async ({ taken }) => {
      await before(taken);
      state.held = taken;
      put = now();
      state.puts.push(taken);
    },
  });
  return { state, open };
}

const quick: Settling = { window: 0.3, margin: 0.1 };
let clock: Clock = createFakeClock();
beforeEach(() => {
  clock = createFakeClock();
});
const now = () => Math.floor(clock.now() / 1000);

async function run(
  store: Store,
  taken: number,
  settling = quick,
  { ahead = 0, seconds = 20 }: { readonly seconds?: number; readonly ahead?: number } = {},
) {
  const deadline = startDeadline(seconds, clock);
  const own: Clock = {
    now: () => clock.now() + ahead * 1000,
    monotonic: () => clock.monotonic(),
    sleep: (length, signal) => clock.sleep(length, signal),
  };
  try {
    const [result] = await putNewest([timed(taken)], { store, clock: own, deadline, settling });
    return result;
  } finally {
    deadline.close();
  }
}

it.each([
  { name: 'nothing is held', held: undefined, outcome: 'pushed', puts: 1 },
  { name: 'an older one is held', held: -60, outcome: 'pushed', puts: 1 },
  { name: 'the same one is held', held: 0, outcome: 'pushed', puts: 0 },
  { name: 'a newer one is held', held: 30, outcome: 'superseded', puts: 0 },
  { name: 'one from an impossible future is held', held: 7200, outcome: 'pushed', puts: 1 },
])('where $name, a group is $outcome', async ({ held, outcome, puts }) => {
  const at = now();
  const { open, state } = createStore(held === undefined ? undefined : at + held);
  expect(await run(open(), at)).toMatchObject({ outcome, repaired: 0 });
  expect(state.puts).toHaveLength(puts);
});

describe.each([
  { who: 'deliver', reader: -120, store: 0 },
  { who: 'deliver', reader: 120, store: 0 },
  { who: 'deliver', reader: -90_000, store: 0 },
  { who: 'deliver', reader: 90_000, store: 0 },
  { who: 'the Pushgateway', reader: 0, store: -7200 },
  { who: 'the Pushgateway', reader: 0, store: 7200 },
])('where the clock of $who is wrong ($reader s, $store s)', ({ reader, store }) => {
  it.each([-60, -1])(
    'a result that is older by %d s does not replace the newer one',
    async (age) => {
      const { open, state } = createStore(now());
      state.ahead = store;
      const newer = now();
      const result = await run(open(), newer + age, quick, { ahead: reader });
      expect(result).toMatchObject({ outcome: 'superseded', repaired: 0 });
      expect(state).toMatchObject({ held: newer, puts: [] });
    },
  );

  it('a newer result replaces the older one', async () => {
    const newer = now();
    const { open, state } = createStore(newer - 60);
    state.ahead = store;
    const result = await run(open(), newer, quick, { ahead: reader });
    expect(result).toMatchObject({ outcome: 'pushed', repaired: 0 });
    expect(state).toMatchObject({ held: newer, puts: [newer] });
  });
});

describe('an older put that was allowed before the newer one and lands after it', () => {
  /** The older deliverer has read when the newer one begins; its put lands when `land` is called. */
  async function race(settling: Settling, when: 'soon' | 'after the newer one is done') {
    const at = now();
    const { open, state } = createStore();
    let land = () => {};
    let allowed = () => {};
    const landed = new Promise<void>((resolve) => {
      land = resolve;
    });
    const begun = new Promise<void>((resolve) => {
      allowed = resolve;
    });
    const older = run(
      open(() => {
        allowed();
        return state.puts.length === 0 ? landed : Promise.resolve();
      }),
      at - 60,
      settling,
    );
    await begun;
    let first = true;
    const newer = run(
      open(async () => {
        // The next turn of the event loop comes after this put has landed.
        if (first && when === 'soon') setImmediate(land);
        first = false;
      }),
      at,
      settling,
    );
    void newer.then(land);
    return { results: await Promise.all([older, newer]), held: state.held, at };
  }

  it('is repaired by the newer one, which waits for it', async () => {
    const { at, held, results } = await race(quick, 'soon');
    expect(held).toBe(at);
    expect(results).toMatchObject([{ outcome: 'superseded' }, { outcome: 'pushed', repaired: 1 }]);
  });

  it('would stay if the newer one did not wait', async () => {
    const { at, held } = await race({ window: 0.3, margin: -0.3 }, 'after the newer one is done');
    expect(held).toBe(at - 60);
  });
});

it('a group from an impossible future does not fight for its place', async () => {
  const at = now();
  const { open, state } = createStore();
  const future = run(open(), at + 7200);
  const sane = run(open(), at);
  expect(await Promise.all([future, sane])).toMatchObject([
    { outcome: 'superseded' },
    { outcome: 'pushed' },
  ]);
  expect(state.held).toBe(at);
});

it('a put that outlasts the window of its reading is not begun or is given up', async () => {
  const { open, state } = createStore();
  const store: Store = {
    ...open(),
    read: async () => {
      await clock.sleep(0.15);
      return new Map();
    },
  };
  const result = await run(store, now(), { window: 0.1, margin: 0.05 }, { seconds: 1 });
  expect(result).toMatchObject({ outcome: 'failed' });
  expect(state.puts).toEqual([]);
});

it('a store that fails for a while is tried again; one that fails to the end fails the group', async () => {
  const { open, state } = createStore();
  const good = open();
  const fault = new DeliveryError('down', { retryable: true });
  let readings = 0;
  const flaky: Store = {
    ...good,
    read: async (deadline) => {
      readings += 1;
      if (readings % 2 === 1) throw fault;
      return good.read(deadline);
    },
  };
  expect(await run(flaky, now())).toMatchObject({ outcome: 'pushed' });
  expect(state.puts).toHaveLength(1);
  const down: Store = {
    read: async () => {
      throw fault;
    },
    put: good.put,
  };
  const failed = await run(down, now(), quick, { seconds: 0.5 });
  expect(failed).toMatchObject({ outcome: 'failed', error: fault });
});

it.each([
  { status: 400, outcome: 'refused' },
  { status: 413, outcome: 'refused' },
  { status: 401, outcome: 'failed' },
  { status: 404, outcome: 'failed' },
  { status: 503, outcome: 'failed' },
])('a put that is answered with $status is $outcome', async ({ outcome, status }) => {
  const { open } = createStore();
  const store: Store = {
    ...open(),
    put: async () => {
      throw new DeliveryError('no', { status, retryable: status >= 500 });
    },
  };
  expect(await run(store, now(), quick, { seconds: 0.5 })).toMatchObject({ outcome });
});

describe('a reading that took longer than the margin', () => {
  it('is not believed at once: requests may wait in the store, so the next one decides', async () => {
    const { open, state } = createStore();
    const good = open();
    let slow = 0;
    const store: Store = {
      ...good,
      read: async (deadline) => {
        // The first reading that could confirm the put is slow, and an older put lands after it.
        if (state.puts.length > 0 && clock.monotonic() >= 0.35 && slow === 0) {
          slow += 1;
          const shown = await good.read(deadline);
          await clock.sleep(0.2);
          state.held = now() - 60;
          return shown;
        }
        return good.read(deadline);
      },
    };
    const at = now();
    expect(await run(store, at)).toMatchObject({ outcome: 'pushed', repaired: 1 });
    expect([slow, state.held, state.puts]).toEqual([1, at, [at, at]]);
  });
});

it('a last round that the end cuts short does not hide what the one before was told', async () => {
  const { open } = createStore();
  const store = open();
  let puts = 0;
  const put: Store['put'] = async (_, window) => {
    puts += 1;
    if (puts === 1) throw new DeliveryError('status 503: overloaded', { retryable: true });
    await new Promise((_resolve, reject) => {
      window.signal.addEventListener('abort', () => reject(window.signal.reason));
    });
  };
  const result = await run({ ...store, put }, now(), quick, { seconds: 0.35 });
  expect(puts).toBeGreaterThan(1);
  expect(result).toMatchObject({
    outcome: 'failed',
    error: { message: 'status 503: overloaded' },
  });
});

describe('a store that wants to be left alone for a while', () => {
  const groups = Array.from(
    { length: 40 },
    (_, i): TimedGroup => ({
      group: { grouping: { job: 'j', instance: String(i) }, samples: [] },
      taken: 1,
    }),
  );
  const busy = (afterSeconds: number) =>
    new DeliveryError('busy', { status: 503, retryable: true, afterSeconds });

  /** Refuses the first put; `asked` are the times of everything after it. */
  async function runBusy(afterSeconds: number) {
    const held = new Map<string, { taken: number; put: number }>();
    const asked: number[] = [];
    let puts = 0;
    const store: Store = {
      read: async () => {
        asked.push(clock.monotonic());
        return held;
      },
      put: async ({ group, taken }) => {
        puts += 1;
        if (puts === 1) throw busy(afterSeconds);
        held.set(groupKey(group.grouping), { taken, put: 1 });
      },
    };
    const deadline = startDeadline(20, clock);
    const results = await putNewest(groups, { store, clock, deadline, settling: quick });
    deadline.close();
    return { asked, puts, outcomes: new Set(results.map(({ outcome }) => outcome)) };
  }

  it('is asked no more until then, and then delivered to', async () => {
    const { asked, outcomes, puts } = await runBusy(7);
    expect([...outcomes]).toEqual(['pushed']);
    // Those that were under way beside the first one end; the others wait.
    expect(puts).toBeLessThanOrEqual(41);
    expect(asked[1]).toBeGreaterThanOrEqual(7);
  });

  it('is not waited for beyond the deadline: the messages come again', async () => {
    const { asked, outcomes, puts } = await runBusy(60);
    expect(outcomes).toContain('failed');
    expect([asked.length, clock.monotonic()]).toEqual([1, 0]);
    expect(puts).toBeLessThanOrEqual(8);
  });
});

describe('a secret that cannot be read', () => {
  const failing = (error: Error) => {
    const asked = { readings: 0, puts: 0 };
    const store = (part: 'read' | 'put'): Store => ({
      read: async () => {
        asked.readings += 1;
        if (part === 'read') throw error;
        return new Map();
      },
      put: async () => {
        asked.puts += 1;
        throw error;
      },
    });
    return { asked, store };
  };
  const missing = new ConfigError('the environment', [
    { path: 'FARGAZE_PUSHGATEWAY_PASSWORD', message: 'unset' },
  ]);

  it.each([
    { part: 'read', readings: 1, puts: 0 },
    { part: 'put', readings: 1, puts: 1 },
  ] as const)(
    'ends the run at once where it is missed by $part: the messages come again',
    async ({ part, ...wanted }) => {
      const { asked, store } = failing(missing);
      const result = await run(store(part), now());
      expect({ outcome: result?.outcome, error: result?.error }).toEqual({
        outcome: 'failed',
        error: missing,
      });
      expect(asked).toEqual(wanted);
    },
  );

  it('is no fault of the store, which is asked again until the end', async () => {
    const { asked, store } = failing(new DeliveryError('status 503', { retryable: true }));
    expect((await run(store('read'), now(), quick, { seconds: 2 }))?.outcome).toBe('failed');
    expect(asked.readings).toBeGreaterThan(3);
  });
});
