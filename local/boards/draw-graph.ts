// Graphs over time: lines, stacked areas, and lines at the values that alerts wait for. Gaps stay gaps.
import { area, line } from 'd3-shape';
import { coloursFor } from './colours.ts';
import { type Content, drawTimeAxis, seriesOf, timeScale } from './content.ts';
import { lastOf } from './data.ts';
import { colourOf, type NamedSeries, textOf } from './field.ts';
import { drawLegend, type LegendEntry, legendHeight } from './legend.ts';
import { type Box, drawText, px } from './svg.ts';
import { drawValueAxis, type ValueAxis, valueAxis } from './value-axis.ts';

/** A series as it is drawn: from `low` to `high` where areas stand on each other, else at `high`. */
type Drawn = {
  readonly series: NamedSeries;
  readonly low: readonly number[];
  readonly high: readonly (number | null)[];
  /** Ends of the names of its classes: `l3` or `line-red`, `c3` or `red`. */
  readonly stroke: string;
  readonly fill: string;
};

/** The most lines that a legend may take. */
const legendLines = 5;

/** The panel, without its frame. */
export function drawGraph(content: Content): string {
  const { box, field } = content;
  const drawn = layOut(content);
  if (drawn.length === 0) return drawNothing(content);
  const entries = drawn.map(({ fill, series }) => entryOf(fill, series, content));
  const legend = legendHeight(entries, box.width, legendLines);
  const height = box.height - legend - 22;
  const values = drawn.flatMap(({ high, low }) => [...high, ...low]).filter((one) => one !== null);
  const axis = valueAxis([...values, ...limitsOf(content)], field, { y: box.y + 4, height });
  const left = axis.width + 8;
  const plot = { x: box.x + left, y: box.y + 4, width: box.width - left - 4, height };
  return [
    drawValueAxis(axis, plot),
    drawTimeAxis(content, plot),
    drawLimits(content, axis, plot),
    ...drawn.map((one) => drawOne(one, { content, axis, plot })),
    drawLegend(entries, { ...box, y: box.y + box.height - legend, height: legend }),
  ].join('\n');
}

/** What stands where there is nothing to show. */
export function drawNothing({ box, field }: Content): string {
  const x = box.x + box.width / 2;
  const y = box.y + box.height / 2;
  return drawText(field.noValue ?? 'No data', { x, y, look: 'muted', anchor: 'middle' });
}

function layOut(content: Content): Drawn[] {
  const { field } = content;
  const all = seriesOf(content).filter(({ values }) => values.some((value) => value !== null));
  const colours = coloursFor(all.map(({ name }) => name));
  const stacks = (field.custom?.stacking?.mode ?? 'none') !== 'none';
  const below: number[] = Array.from({ length: content.range.count }, () => 0);
  return all.map((series, index) => {
    const byValue = field.color?.mode === 'thresholds';
    const colour = colourOf(lastOf(series.values), field);
    const look = byValue
      ? { stroke: `line-${colour}`, fill: colour }
      : { stroke: `l${colours[index]}`, fill: `c${colours[index]}` };
    if (!stacks) return { series, low: [], high: series.values, ...look };
    const low = [...below];
    const high = series.values.map((value, at) => (value === null ? null : value + (low[at] ?? 0)));
    for (const [at, value] of high.entries()) if (value !== null) below[at] = value;
    return { series, low, high, ...look };
  });
}

function entryOf(look: string, { name, values }: NamedSeries, { field }: Content): LegendEntry {
  const greatest = Math.max(...values.filter((value) => value !== null));
  const last = textOf(lastOf(values), field);
  return { look, name, values: `last ${last} · max ${textOf(greatest, field)}` };
}

/** Values of the lines that are drawn across, where they are near enough to what is measured to be of use. */
function limitsOf({ field }: Content): number[] {
  if ((field.custom?.thresholdsStyle?.mode ?? 'off') === 'off') return [];
  return (field.thresholds?.steps ?? []).flatMap(({ value }) => (value === null ? [] : [value]));
}

function drawLimits(content: Content, { scale }: ValueAxis, plot: Box): string {
  const [low = 0, high = 0] = scale.domain();
  return limitsOf(content)
    .filter((value) => value >= low && value <= high)
    .map(
      (value) =>
        `<path class="line-${colourOf(value, content.field)} dash" d="M${px(plot.x)} ${px(scale(value))}h${px(plot.width)}"/>`,
    )
    .join('');
}

type Surface = { readonly content: Content; readonly axis: ValueAxis; readonly plot: Box };

function drawOne({ fill, high, low, stroke }: Drawn, { axis, content, plot }: Surface): string {
  const { from, step } = content.range;
  const time = timeScale(content, plot);
  const points = high.map((value, at) => ({ value, at, base: low[at] ?? 0 }));
  const x = ({ at }: { readonly at: number }) => time((from + at * step) * 1000);
  const y = (value: number | null) => axis.scale(value ?? 0);
  const known = ({ value }: { readonly value: number | null }) => value !== null;
  type Point = (typeof points)[number];
  const edge =
    line<Point>(x, ({ value }) => y(value))
      .defined(known)
      .digits(1)(points) ?? '';
  const opacity = (content.field.custom?.fillOpacity ?? 0) / 100;
  const inside =
    opacity === 0
      ? ''
      : `<path class="${fill}" fill-opacity="${opacity}" d="${
          area<Point>(
            x,
            ({ base }) => axis.scale(Math.max(base, axis.scale.domain()[0] ?? 0)),
            ({ value }) => y(value),
          )
            .defined(known)
            .digits(1)(points) ?? ''
        }"/>`;
  return `${inside}<path class="${stroke} line" d="${edge}"/>${lonely(points)
    .map(
      (point) =>
        `<circle class="${fill}" cx="${px(x(point))}" cy="${px(y(point.value))}" r="1.8"/>`,
    )
    .join('')}`;
}

/** Points without a neighbour, which no line would show. */
function lonely<T extends { readonly value: number | null }>(points: readonly T[]): T[] {
  const known = (at: number) => (points[at]?.value ?? null) !== null;
  return points.filter((_, at) => known(at) && !known(at - 1) && !known(at + 1));
}
