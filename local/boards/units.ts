// Values as Grafana writes them for the units that the boards use. Refuses a unit that it does not know.

/** A value's number is divided by `factor` and stands between the two texts. */
export type UnitScale = {
  readonly factor: number;
  readonly before: string;
  readonly after: string;
};

/** Sizes of one unit from large to small: from which value on, and what it is called there. */
type Ladder = readonly (readonly [number, string])[];

const seconds: Ladder = [
  [86_400, ' days'],
  [3600, ' hours'],
  [60, ' mins'],
  [1, ' s'],
  [1e-3, ' ms'],
  [1e-6, ' µs'],
];
const binaryBytes: Ladder = [
  [2 ** 30, ' GiB'],
  [2 ** 20, ' MiB'],
  [2 ** 10, ' KiB'],
  [1, ' B'],
];
const bytesPerSecond: Ladder = [
  [1e9, ' GB/s'],
  [1e6, ' MB/s'],
  [1e3, ' kB/s'],
  [1, ' B/s'],
];

const ladders: Readonly<Record<string, Ladder>> = {
  s: seconds,
  bytes: binaryBytes,
  Bps: bytesPerSecond,
};
const fixed: Readonly<Record<string, UnitScale>> = {
  none: { factor: 1, before: '', after: '' },
  percent: { factor: 1, before: '', after: '%' },
  percentunit: { factor: 0.01, before: '', after: '%' },
  ops: { factor: 1, before: '', after: ' ops/s' },
  reqps: { factor: 1, before: '', after: ' req/s' },
  currencyEUR: { factor: 1, before: '€', after: '' },
  currencyUSD: { factor: 1, before: '$', after: '' },
};

/** How values of about `magnitude` are written. @throws RangeError for an unknown unit. */
export function scaleOf(unit: string, magnitude: number): UnitScale {
  const ladder = ladders[unit];
  if (ladder !== undefined) return climb(ladder, Math.abs(magnitude));
  const suffix = /^suffix:(.*)$/.exec(unit)?.[1];
  const scale = suffix === undefined ? fixed[unit] : { factor: 1, before: '', after: suffix };
  if (scale === undefined) {
    const known = [...Object.keys(fixed), ...Object.keys(ladders), 'suffix: …'].join(', ');
    throw new RangeError(`unit ${unit}: cannot be drawn, want one of ${known}`);
  }
  return scale;
}

function climb(ladder: Ladder, size: number): UnitScale {
  const one = ladder.find(([from]) => from === 1);
  const step = size === 0 ? one : (ladder.find(([from]) => size >= from) ?? ladder.at(-1));
  const [factor, after] = step ?? [1, ''];
  return { factor, before: '', after };
}

/** A value as text; `decimals` where they are fixed, else three digits that count. */
export function formatValue(value: number, unit = 'none', decimals?: number): string {
  return formatAt(value, scaleOf(unit, value), decimals);
}

/** A value as text at a scale that is given: the values of an axis have one. */
export function formatAt(
  value: number,
  { after, before, factor }: UnitScale,
  decimals?: number,
): string {
  const scaled = value / factor;
  const text = decimals === undefined ? shorten(scaled) : scaled.toFixed(decimals);
  return `${before}${text.replace(/^-(?=[0.]+$)/, '')}${after}`;
}

function shorten(value: number): string {
  const size = Math.abs(value);
  if (size >= 1000 || Number.isInteger(value)) return String(Math.round(value));
  return String(Number(value.toPrecision(3)));
}
