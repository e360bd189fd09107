// The axis of values at the left of a graph.
import { type ScaleLinear, scaleLinear } from 'd3-scale';
import type { FieldDefaults } from './board-file.ts';
import { type Box, drawText, px, textWidth } from './svg.ts';
import { formatAt, scaleOf, type UnitScale } from './units.ts';

/** Values and where they stand. */
export type ValueAxis = {
  readonly scale: ScaleLinear<number, number>;
  readonly labels: readonly { readonly at: number; readonly text: string }[];
  /** Pixels that the widest label takes. */
  readonly width: number;
};

/** The axis for values between `low` and `high` in a plot of this height; the panel's own limits come first. */
export function valueAxis(
  values: readonly number[],
  field: FieldDefaults,
  { height, y }: Pick<Box, 'height' | 'y'>,
): ValueAxis {
  const low = field.min ?? Math.min(...values);
  const high = field.max ?? Math.max(...values);
  // An axis up to 90 s has ticks of 20 s, not of a third of a minute.
  const unit = scaleOf(field.unit ?? 'none', Math.max(Math.abs(low), Math.abs(high)) / 2);
  const count = Math.max(2, Math.floor(height / 34));
  const scaled = scaleLinear().domain(widen(low / unit.factor, high / unit.factor));
  if (field.min === undefined || field.max === undefined) scaled.nice(count);
  const [from = 0, to = 1] = scaled.domain();
  const bounds = [
    field.min === undefined ? from : field.min / unit.factor,
    field.max === undefined ? to : field.max / unit.factor,
  ];
  const ticks = scaled.domain(bounds).ticks(count);
  const labels = ticks.map((at) => ({ at: at * unit.factor, text: label(at, unit) }));
  const scale = scaleLinear()
    .domain(bounds.map((at) => at * unit.factor))
    .range([y + height, y]);
  return { scale, labels, width: Math.max(...labels.map(({ text }) => textWidth(text, 11)), 0) };
}

function label(at: number, unit: UnitScale): string {
  return formatAt(at * unit.factor, unit);
}

/** Values that are all the same stand in the middle of something. */
function widen(low: number, high: number): [number, number] {
  if (!Number.isFinite(low) || !Number.isFinite(high)) return [0, 1];
  if (low < high) return [low, high];
  return low === 0 ? [0, 1] : [Math.min(0, 2 * low), Math.max(0, 2 * low)];
}

/** Labels and lines of the axis left of and across `plot`. */
export function drawValueAxis({ labels, scale }: ValueAxis, plot: Box): string {
  const lines = labels
    .map(({ at }) => `M${px(plot.x)} ${px(scale(at))}h${px(plot.width)}`)
    .join('');
  const texts = labels.map(({ at, text }) =>
    drawText(text, { x: plot.x - 6, y: scale(at) + 4, look: 'muted', anchor: 'end', size: 11 }),
  );
  return [`<path class="grid" d="${lines}"/>`, ...texts].join('');
}
