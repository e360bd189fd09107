// Runs probes here as a function runs them: paced, each within its timeout, judged by the same code.
import { probeRedis } from '../../functions/redis-probe/probe.ts';
import { probeByModule } from '../../functions/web-probe/probers.ts';
import { systemClock } from '../../layers/core/src/clock.ts';
import type { Module, RedisModule, WebModule } from '../../layers/core/src/config/modules.ts';
import { servedBy, type Target } from '../../layers/core/src/config/probes.ts';
import { startDeadline } from '../../layers/core/src/deadline.ts';
import { tryProbe } from '../../layers/core/src/probe/attempts.ts';
import { watchLoop } from '../../layers/core/src/probe/loop-delay.ts';
import { type Observation, observeProbe } from '../../layers/core/src/probe/observe.ts';
import { runPaced } from '../../layers/core/src/probe/pace.ts';
import type { Probe } from '../../layers/core/src/probe/probe.ts';
import type { Selected } from '../../layers/core/src/probe/select.ts';

/** A target and what became of it. */
export type ProbeResult = {
  readonly selected: Selected<Module>;
  readonly observation: Observation;
};

const probeAny: Probe<Target<Module>> = (target, env) =>
  target.module.prober === 'redis'
    ? tryProbe(probeRedis, target as Target<RedisModule>, env)
    : probeByModule(target as Target<WebModule>, env);

/** Probes all, in their order; `done` hears of each as it ends. */
export async function observeAll(
  selected: readonly Selected<Module>[],
  done: (count: number) => void,
): Promise<ProbeResult[]> {
  const longest = Math.max(0, ...selected.map(({ target }) => target.module.timeout));
  // Nobody ends this process after a minute, so every target has its time.
  const seconds = longest * (1 + selected.length / 50) + 60;
  const deadline = startDeadline(seconds, systemClock);
  const loop = watchLoop();
  const results = new Map<number, ProbeResult>();
  const observe = async (index: number) => {
    const one = selected[index];
    if (one === undefined) return;
    const observation = await observeProbe(one, {
      probe: probeAny,
      function: servedBy[one.target.module.prober] === 'redis' ? 'redis-probe' : 'web-probe',
      vantage: 'local',
      clock: systemClock,
      cold: true,
      available: seconds,
      deadline,
      loop,
    });
    results.set(index, { selected: one, observation });
    done(results.size);
  };
  try {
    await runPaced(
      selected.map((_, index) => index),
      observe,
      systemClock,
    );
  } finally {
    loop.close();
    deadline.close();
  }
  return [...results].sort(([a], [b]) => a - b).map(([, result]) => result);
}
