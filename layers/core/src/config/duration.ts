// Prometheus durations and blackbox_exporter sizes, both ways. Refuses numbers without a unit.
import type { Seconds } from '../clock.ts';

// https://prometheus.io/docs/prometheus/latest/configuration/configuration/#configuration-file (<duration>)
const unitSeconds: Readonly<Record<string, number>> = {
  ms: 0.001,
  s: 1,
  m: 60,
  h: 3600,
  d: 86_400,
  w: 604_800,
  y: 31_536_000,
};

const durationPattern =
  /^(?:(\d+)y)?(?:(\d+)w)?(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?(?:(\d+)ms)?$/;
const unitOrder = ['y', 'w', 'd', 'h', 'm', 's', 'ms'] as const;

/** Seconds of a Prometheus duration such as `1m30s` or `500ms`; undefined when it is none. */
export function parseDuration(text: string): Seconds | undefined {
  if (text === '0') return 0;
  const match = durationPattern.exec(text);
  if (match === null || text === '') return undefined;
  return unitOrder.reduce(
    (sum, unit, index) => sum + Number(match[index + 1] ?? 0) * (unitSeconds[unit] ?? 0),
    0,
  );
}

/** The shortest Prometheus duration for `seconds` (whole milliseconds, 0 or more). */
export function formatDuration(seconds: Seconds): string {
  let rest = Math.round(seconds * 1000);
  if (rest === 0) return '0s';
  let text = '';
  for (const unit of ['d', 'h', 'm', 's', 'ms'] as const) {
    const size = Math.round((unitSeconds[unit] ?? 0) * 1000);
    const count = Math.floor(rest / size);
    if (count > 0) text += `${count}${unit}`;
    rest -= count * size;
  }
  return text;
}

const sizePattern = /^(\d+(?:\.\d+)?)\s*(B|KB|KiB|MB|MiB|GB|GiB)?$/;

/** Bytes of a size such as `512KB` or `1MiB`: base 2 with either spelling, as blackbox_exporter has it. */
export function parseSize(text: string): number | undefined {
  const match = sizePattern.exec(text);
  if (match === null) return undefined;
  const power = 'BKMG'.indexOf(match[2]?.[0] ?? 'B');
  return Math.round(Number(match[1]) * 1024 ** power);
}
