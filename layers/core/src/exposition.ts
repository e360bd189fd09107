// Samples as Prometheus text (format 0.0.4), by prom-client. Refuses the same series twice.
import Gauge from 'prom-client/lib/gauge.js';
import Registry from 'prom-client/lib/registry.js';
import { catalogue, type MetricName } from './catalogue.ts';
import type { Labels, Sample, Series } from './sample.ts';
import { canonicalLabels } from './series.ts';

/**
 * The text of `samples` with HELP and TYPE from the catalogue, ending in a line feed.
 * @throws RangeError when two samples are the same series.
 */
export function renderExposition(samples: readonly Sample[]): Promise<string> {
  // A registry of its own for each text: the global one keeps series across warm invocations.
  const registry = new Registry();
  const byMetric = new Map<MetricName, Sample[]>();
  for (const sample of samples) {
    const list = byMetric.get(sample.metric);
    if (list === undefined) byMetric.set(sample.metric, [sample]);
    else list.push(sample);
  }
  for (const [metric, list] of byMetric) {
    const { help } = catalogue[metric];
    const labelNames = [...new Set(list.flatMap(({ labels }) => Object.keys(labels)))];
    const gauge = new Gauge({ name: metric, help, labelNames, registers: [registry] });
    const seen = new Set<string>();
    for (const { labels, value } of list) {
      refuseRepeated(metric, labels, seen);
      gauge.set({ ...labels }, value);
    }
  }
  return registry.metrics();
}

/** Series with times of their own, one line for each point with its time in milliseconds; empty for none. */
export function renderTimed(series: readonly Series[]): string {
  return series
    .flatMap(({ labels, points }) => {
      const inner = canonicalLabels(labels)
        .filter(([name]) => name !== '__name__')
        .map(([name, value]) => `${name}="${escapeValue(value)}"`);
      const head = `${labels.__name__}{${inner.join(',')}}`;
      return points.map(({ at, value }) => `${head} ${value === 'stale' ? 'NaN' : value} ${at}`);
    })
    .join('\n');
}

function escapeValue(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
}

function refuseRepeated(metric: MetricName, labels: Labels, seen: Set<string>): void {
  const key = JSON.stringify(Object.entries(labels).sort());
  if (seen.has(key)) throw new RangeError(`${metric}${key} sampled twice, want once`);
  seen.add(key);
}
