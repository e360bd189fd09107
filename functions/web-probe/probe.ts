// Probes one web target by one request. Emits blackbox_exporter's series, also for what happened before a failure.
import type { HttpModule, Probe, Reading, Target } from '@fargaze/core/internal';
import { startMeasuring, toSamples } from './measured.ts';
import { visit } from './visit.ts';

/** The web probe. */
export const probeWeb: Probe<Target<HttpModule>> = async (target, env): Promise<Reading> => {
  const measured = startMeasuring();
  const fault = await visit(target, env, { measured });
  return { outcome: fault ?? { ok: true }, samples: toSamples(measured, target.module) };
};
