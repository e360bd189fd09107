// Shows the running system until it is stopped: a picture that is redrawn on a terminal, lines elsewhere.
import { setTimeout as sleep } from 'node:timers/promises';
import { type Clock, systemClock } from '../../layers/core/src/clock.ts';
import { readEnv } from '../../layers/core/src/env.ts';
import type { PartHealth } from '../system/parts.ts';
import { createJournal } from './journal.ts';
import { look } from './read.ts';
import { renderView } from './render.ts';
import { createScreen } from './screen.ts';
import { type ExpectedProbe, emptySnapshot, type Snapshot } from './snapshot.ts';
import { canRedraw, choosePainter, type Output, sizeOf, type Variables } from './terminal.ts';
import type { View } from './view.ts';

/** What is shown of the system. */
export type Shown = Omit<View, 'snapshot' | 'parts' | 'timeZone'> & {
  readonly probes: readonly ExpectedProbe[];
  /** Names of the objectives. */
  readonly objectives: readonly string[];
  /** The health of the system's parts now. */
  readonly parts: () => readonly PartHealth[];
};

/** Where and by which clock; by default those of this process. */
export type Surroundings = {
  readonly output: Output;
  readonly variables: Variables;
  readonly clock: Clock;
};

/** Milliseconds between two looks. */
const everyMs = 1000;

/** Reads and draws every second until `stop`; ends with the first screen as it was. */
export async function show(
  system: Shown,
  stop: AbortSignal,
  { clock, output, variables }: Surroundings = thisProcess(),
): Promise<void> {
  const watch = createWatch(system, clock);
  const present = createPresenter(output, variables);
  const draw = () => present.show(watch.view(), clock.now());
  output.on('resize', draw);
  // However this process ends, the terminal is as it was.
  process.once('exit', present.end);
  // Reading may hang as long as Prometheus does; the ages on the screen go on.
  const reading = readUntil(stop, watch.look);
  try {
    while (!stop.aborted) {
      draw();
      await pause(stop);
    }
    await reading;
  } finally {
    output.off('resize', draw);
    process.off('exit', present.end);
    present.end();
  }
}

/** Prints everything once, as wide as the terminal or as a log may be. */
export async function showOnce(
  system: Shown,
  { clock, output, variables }: Surroundings = thisProcess(),
): Promise<void> {
  const watch = createWatch(system, clock);
  const paint = choosePainter(output, variables);
  await watch.look();
  const size = { columns: output.columns || logColumns, rows: Number.MAX_SAFE_INTEGER };
  for (const line of renderView(watch.view(), size, clock.now())) {
    output.write(`${line.map(paint).join('')}\n`);
  }
}

/** Columns of a log, which no terminal cuts. */
const logColumns = 160;

function thisProcess(): Surroundings {
  const names = ['TERM', 'NO_COLOR', 'FORCE_COLOR', 'NODE_DISABLE_COLORS'];
  const variables = Object.fromEntries(names.map((name) => [name, readEnv(name)]));
  return { output: process.stdout, variables, clock: systemClock };
}

/** What is known of the system: `look` asks Prometheus, `view` is all there is to show now. */
export function createWatch(system: Shown, clock: Clock) {
  let snapshot: Snapshot = emptySnapshot(system.probes, system.objectives, clock.now());
  const { timeZone } = Intl.DateTimeFormat().resolvedOptions();
  const { links, prometheusUrl, scheduled } = system;
  return {
    look: async () => {
      snapshot = await look(prometheusUrl, snapshot, clock);
    },
    view: (): View => ({
      ...{ snapshot, links, prometheusUrl, scheduled, timeZone },
      parts: system.parts(),
    }),
  };
}

function createPresenter(output: Output, variables: Variables) {
  const paint = choosePainter(output, variables);
  if (canRedraw(output, variables)) {
    const screen = createScreen(output, paint);
    return {
      show: (view: View, now: number) => screen.draw(renderView(view, sizeOf(output), now)),
      end: () => screen.leave(),
    };
  }
  const journal = createJournal();
  return {
    show: (view: View, now: number) => {
      for (const line of journal(view, now)) output.write(`${line.map(paint).join('')}\n`);
    },
    end: () => undefined,
  };
}

async function readUntil(stop: AbortSignal, look: () => Promise<void>): Promise<void> {
  while (!stop.aborted) {
    await look();
    await pause(stop);
  }
}

/** Waits, or less where it is to stop. */
async function pause(signal: AbortSignal): Promise<void> {
  await sleep(everyMs, undefined, { signal }).catch(() => undefined);
}
