// The legend below a graph: a sign of the colour, the name, and for series their last and greatest value.
import { type Box, drawRect, drawText, textWidth } from './svg.ts';

/** One line of a legend; `look` is the class of its sign. */
export type LegendEntry = {
  readonly look: string;
  readonly name: string;
  readonly values?: string;
};

const lineHeight = 16;
const sign = 16;
const gap = 14;

/** Pixels that the legend takes at the bottom of a panel of this width: as many lines as it needs, up to `lines`. */
export function legendHeight(
  entries: readonly LegendEntry[],
  width: number,
  lines: number,
): number {
  return Math.min(wrap(entries, width).length, lines) * lineHeight;
}

/** The entries from left to right, line by line; those without room are counted. */
export function drawLegend(entries: readonly LegendEntry[], box: Box): string {
  const room = Math.max(1, Math.round(box.height / lineHeight));
  const lines = wrap(entries, box.width);
  const shown = lines.slice(0, room);
  const hidden = lines.slice(room).flat().length;
  return shown
    .map((line, row) => {
      const y = box.y + row * lineHeight;
      const more = hidden > 0 && row === room - 1 ? ` and ${hidden} more` : '';
      return drawLine(line, { ...box, y }, more);
    })
    .join('');
}

function drawLine(line: readonly LegendEntry[], { width, x, y }: Box, more: string): string {
  const moreWidth = textWidth(more, 11);
  let left = x;
  const end = x + width - moreWidth;
  const parts = line.map((entry) => {
    const { look, name, values = '' } = entry;
    const start = left;
    left += widthOf(entry) + gap;
    const valuesWidth = values === '' ? 0 : textWidth(values, 11) + 6;
    const room = Math.min(left - gap, end) - start - sign - valuesWidth;
    const nameWidth = Math.min(textWidth(name, 11), Math.max(room, 0));
    return [
      drawRect({ x: start, y: y + 6, width: 11, height: 3 }, look),
      drawText(name, {
        x: start + sign,
        y: y + 11,
        look: 'plain',
        size: 11,
        room: Math.max(room, 20),
      }),
      values === ''
        ? ''
        : drawText(values, { x: start + sign + nameWidth + 6, y: y + 11, look: 'muted', size: 11 }),
    ].join('');
  });
  const rest =
    more === ''
      ? ''
      : drawText(more, { x: x + width, y: y + 11, look: 'muted', size: 11, anchor: 'end' });
  return [...parts, rest].join('');
}

function widthOf({ name, values = '' }: LegendEntry): number {
  return sign + textWidth(name, 11) + (values === '' ? 0 : textWidth(values, 11) + 6) + 2;
}

function wrap(entries: readonly LegendEntry[], width: number): LegendEntry[][] {
  const lines: LegendEntry[][] = [];
  let left = 0;
  for (const entry of entries) {
    const needed = widthOf(entry) + gap;
    if (lines.length === 0 || left < needed - gap) {
      lines.push([]);
      left = width;
    }
    lines.at(-1)?.push(entry);
    left -= needed;
  }
  return lines;
}
