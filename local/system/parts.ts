// The parts of the local system: a part whose program ends is started again on the same port, three times, and then given up.
import { setTimeout as sleep } from 'node:timers/promises';
import { type EpochMs, systemClock } from '../../layers/core/src/clock.ts';
import { messageOf } from '../../layers/core/src/errors.ts';
import type { RunningProcess } from '../programs/process.ts';
import type { Server } from '../programs/servers.ts';

/** How a part ended that nobody asked to. */
export type PartEnd = {
  /** The program that ended. */
  readonly path: string;
  /** `exit code 1`, `signal SIGKILL`, or why it could not be started again. */
  readonly how: string;
  /** The last lines that it printed; empty when there were none. */
  readonly lines: string;
  readonly at: EpochMs;
};

/** How a part fares. */
export type PartHealth = {
  /** As the start prints it. */
  readonly name: string;
  /** `failed`: it was started again as often as is sensible and ended each time; `stopped`: on purpose. */
  readonly state: 'up' | 'restarting' | 'stopped' | 'failed';
  /** Since when it has been in this state. */
  readonly since: EpochMs;
  /** How often it was started again. */
  readonly restarts: number;
  /** Its last end; undefined when it has not ended. */
  readonly last: PartEnd | undefined;
};

/** A server that is looked after: `process` is another one after each restart, the address stays. */
export type Part<T extends Server = Server> = T & { health(): PartHealth };

/** How it is to be started: at first on any port, then on the same. */
export type Restart = { readonly signal: AbortSignal; readonly port?: number };

/** What is to be started, and again. */
export type PartSpec<T extends Server> = {
  readonly name: string;
  readonly start: (run: Restart) => Promise<T>;
  /** Ends waiting for it to become ready. */
  readonly signal: AbortSignal;
  /** Milliseconds before the first restart, the second and so on; {@link restartDelaysMs} when unset. */
  readonly delaysMs?: readonly number[];
};

/** Before each restart; long enough to be seen. One more end within {@link windowMs}, and the part is given up. */
const restartDelaysMs = [2_000, 4_000, 8_000] as const;
/** An end before that is forgotten. */
const windowMs = 10 * 60_000;

/** Starts a part and looks after it until it is stopped. @throws what its first start throws. */
export async function startPart<T extends Server>(spec: PartSpec<T>): Promise<Part<T>> {
  const first = await spec.start({ signal: spec.signal });
  const keeper = new Keeper(spec, first);
  const over = keeper.run();
  return {
    ...first,
    get process() {
      return keeper.process;
    },
    health: () => keeper.health,
    stop: async () => {
      await keeper.stop();
      await over;
    },
  };
}

class Keeper<T extends Server> {
  health: PartHealth;
  private readonly spec: PartSpec<T>;
  private current: T;
  private readonly stopping = new AbortController();
  /** When it was started again, the latest last. */
  private readonly starts: EpochMs[] = [];

  constructor(spec: PartSpec<T>, first: T) {
    this.spec = spec;
    this.current = first;
    const since = systemClock.now();
    this.health = { name: spec.name, state: 'up', since, restarts: 0, last: undefined };
  }

  get process(): RunningProcess {
    return this.current.process;
  }

  async run(): Promise<void> {
    while (await this.restartAfterEnd());
  }

  async stop(): Promise<void> {
    this.stopping.abort();
    await this.current.stop();
    this.enter('stopped');
  }

  /** False when there is nothing more to look after. */
  private async restartAfterEnd(): Promise<boolean> {
    const { exited, output, path } = this.current.process;
    const how = await exited;
    if (this.stopping.signal.aborted) return false;
    this.enter('restarting', { path, how, lines: '', at: systemClock.now() });
    // Its children, which may hold the port; then its last words have been read too.
    await this.current.stop();
    this.enter('restarting', { path, how, lines: output(), at: this.health.since });
    while (!(await this.restart())) {
      if (this.stopping.signal.aborted || this.health.state === 'failed') return false;
    }
    return true;
  }

  private async restart(): Promise<boolean> {
    const now = systemClock.now();
    const recent = this.starts.filter((at) => now - at < windowMs);
    const delay = (this.spec.delaysMs ?? restartDelaysMs)[recent.length];
    if (delay === undefined) {
      this.enter('failed');
      return false;
    }
    const { signal } = this.stopping;
    await sleep(delay, undefined, { signal }).catch(() => undefined);
    if (signal.aborted) return false;
    this.starts.push(now);
    this.health = { ...this.health, restarts: this.health.restarts + 1 };
    try {
      this.current = await this.spec.start({ port: this.current.port, signal });
    } catch (error) {
      if (!signal.aborted) this.noteFailure(error);
      return false;
    }
    this.enter('up');
    return true;
  }

  private noteFailure(error: unknown): void {
    const [how = '', ...lines] = messageOf(error).split('\n');
    const { path } = this.current.process;
    this.enter('restarting', { path, how, lines: lines.join('\n'), at: systemClock.now() });
  }

  private enter(state: PartHealth['state'], last = this.health.last): void {
    const since = state === this.health.state ? this.health.since : systemClock.now();
    this.health = { ...this.health, state, since, last };
  }
}
