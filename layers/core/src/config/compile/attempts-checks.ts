// Settings of attempts that could never do anything: a limit that no success reaches, a wait that leaves no time to try again.
import { parseDuration } from '../duration.ts';
import { showValue } from '../explain.ts';
import { asMapping, type Finding } from './raw.ts';

/** Findings about `degraded` and `retry_wait` of one module beside its `timeout`. */
export function checkAttempts([name, module]: readonly [string, unknown]): Finding[] {
  const { degraded, retries = 0, retry_wait: wait, timeout = '5s' } = asMapping(module);
  const limit = secondsOf(timeout);
  if (limit === undefined) return [];
  const isLate = (value: unknown) => (secondsOf(value) ?? 0) >= limit;
  const late = Object.entries(asMapping(degraded)).filter(([, value]) => isLate(value));
  const findings = late.map(([phase, value]) => ({
    path: ['modules', name, 'degraded', phase],
    message: `got ${showValue(value)}, want less than the module's timeout of ${timeout}: a success is never slower`,
  }));
  if (retries === 0 || !isLate(wait)) return findings;
  const message = `got ${showValue(wait)}, want less than the module's timeout of ${timeout}, which all attempts share`;
  return [...findings, { path: ['modules', name, 'retry_wait'], message }];
}

function secondsOf(value: unknown): number | undefined {
  return typeof value === 'string' ? parseDuration(value) : undefined;
}
