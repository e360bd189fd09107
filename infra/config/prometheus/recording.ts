// What the makers of recording rules share: the shape of a rule, literals, and how a probe is found by its name.

/** A recording rule of a Prometheus rule file. */
export type RecordingRule = {
  readonly record: string;
  readonly expr: string;
  readonly labels?: Readonly<Record<string, string>>;
};

/** Labels that `fargaze_probe_info` has beyond those of its group. */
export const infoLabels = 'probe, module, function, vantage, region, version';

/** The group of the probe called `name`: a series of value 1 with the labels of its results. */
export function probeOf(name: string): string {
  return `max without (${infoLabels}) (fargaze_probe_info{probe=${quote(name)}})`;
}

/** A PromQL string literal. */
export function quote(text: string): string {
  return `"${text.replace(/[\\"]/g, '\\$&').replaceAll('\n', '\\n')}"`;
}
