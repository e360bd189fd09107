// States over time: bands where a state is drawn from when it began, boxes where each point is seen for itself.
import { type Content, drawTimeAxis, seriesOf, timeScale } from './content.ts';
import { drawNothing } from './draw-graph.ts';
import { colourOf, type NamedSeries, textOf } from './field.ts';
import { drawLegend, type LegendEntry, legendHeight } from './legend.ts';
import { type Box, drawRect, drawText, textWidth } from './svg.ts';

/** A stretch of time in one state; points from `first` to before `end`. */
type Band = { readonly value: number; readonly first: number; readonly end: number };

type Row = { readonly series: NamedSeries; readonly bands: readonly Band[] };

/** A state timeline: neighbours of the same state are one band. */
export function drawTimeline(content: Content): string {
  return drawRows(content, (values) => mergeEqual(toBoxes(values)));
}

/** A status history: a box for each point. */
export function drawHistory(content: Content): string {
  return drawRows(content, toBoxes);
}

function drawRows(
  content: Content,
  toBands: (values: readonly (number | null)[]) => readonly Band[],
): string {
  const { box, panel } = content;
  const all = seriesOf(content);
  const page = all.slice(0, panel.options?.perPage ?? all.length);
  if (page.length === 0) return drawNothing(content);
  const rows = page.map((series) => ({ series, bands: toBands(series.values) }));
  const entries = statesIn(rows, content);
  const legend = legendHeight(entries, box.width - 120, 1);
  const left = Math.min(
    box.width * 0.32,
    Math.max(...page.map(({ name }) => textWidth(name, 11))) + 8,
  );
  const height = box.height - legend - 22;
  const plot = { x: box.x + left, y: box.y + 4, width: box.width - left - 4, height };
  const more =
    page.length === all.length
      ? ''
      : drawText(`1–${page.length} of ${all.length}`, {
          ...{ x: box.x + box.width, y: box.y + box.height - 5 },
          ...{ look: 'muted', anchor: 'end' as const, size: 11 },
        });
  return [
    drawTimeAxis(content, plot),
    ...rows.map((row, index) => drawRow(row, rowBox(plot, { index, count: rows.length }), content)),
    drawLegend(entries, {
      ...box,
      width: box.width - 120,
      y: box.y + box.height - legend,
      height: legend,
    }),
    more,
  ].join('\n');
}

function rowBox(
  plot: Box,
  { count, index }: { readonly count: number; readonly index: number },
): Box {
  const height = plot.height / count;
  const thick = Math.min(height * 0.8, 30);
  return { ...plot, y: plot.y + index * height + (height - thick) / 2, height: thick };
}

function drawRow({ bands, series }: Row, row: Box, content: Content): string {
  const { field, range } = content;
  const time = timeScale(content, row);
  const at = (point: number) => time((range.from + (point - 0.5) * range.step) * 1000);
  const clip = (x: number) => Math.min(Math.max(x, row.x), row.x + row.width);
  const y = row.y + row.height / 2 + 4;
  const boxes = bands.map(({ end, first, value }) => {
    const x = clip(at(first));
    const width = clip(at(end)) - x - 0.6;
    const colour = colourOf(value, field);
    const text = textOf(value, field);
    const fits = bands.length < 30 && row.height >= 12 && textWidth(text, 11) + 10 < width;
    return [
      drawRect({ ...row, x, width }, colour, 1),
      fits ? drawText(text, { x: x + 5, y, look: 'badge', size: 11 }) : '',
    ].join('');
  });
  const name = drawText(series.name, {
    ...{ x: row.x - 6, y, look: 'plain', anchor: 'end' as const, size: 11 },
    room: row.x - content.box.x - 6,
  });
  return [name, ...boxes].join('');
}

function toBoxes(values: readonly (number | null)[]): Band[] {
  return values.flatMap((value, first) =>
    value === null ? [] : [{ value, first, end: first + 1 }],
  );
}

function mergeEqual(boxes: readonly Band[]): Band[] {
  const bands: Band[] = [];
  for (const box of boxes) {
    const last = bands.at(-1);
    if (last !== undefined && last.end === box.first && last.value === box.value) {
      bands[bands.length - 1] = { ...last, end: box.end };
    } else bands.push(box);
  }
  return bands;
}

/** The states that occur, in the order of their values. */
function statesIn(rows: readonly Row[], { field }: Content): LegendEntry[] {
  const values = new Set(rows.flatMap(({ bands }) => bands.map(({ value }) => value)));
  const entries = [...values]
    .sort((a, b) => a - b)
    .map((value) => ({ look: colourOf(value, field), name: textOf(value, field) }));
  return entries.filter(
    ({ look, name }, index) =>
      entries.findIndex((other) => other.look === look && other.name === name) === index,
  );
}
