// Tables as they are now. Rows without room are counted.
import type { FieldDefaults, Mapping, Panel } from './board-file.ts';
import type { Content } from './content.ts';
import { drawNothing } from './draw-graph.ts';
import { colourOf, textOf } from './field.ts';
import { type Box, drawRect, drawText, px, textWidth } from './svg.ts';
import { type Cell, tableOf } from './table-rows.ts';

const rowHeight = 24;

/** How the cells of a column are shown. */
type Column = {
  readonly name: string;
  readonly field: FieldDefaults;
  /** Whether the ground of its cells has the colour of the value. */
  readonly ground: 'plain' | 'coloured';
  readonly x: number;
  readonly width: number;
};

/** The panel, without its frame. */
export function drawTable(content: Content): string {
  const { answers, box, panel } = content;
  const { columns: names, rows } = tableOf(panel, answers);
  if (rows.length === 0) return drawNothing(content);
  const columns = spread(names, rows, content);
  const room = Math.max(1, Math.floor(box.height / rowHeight) - 1);
  const shown = rows.length > room ? room - 1 : rows.length;
  const line = (index: number) => px(box.y + index * rowHeight);
  const lines = Array.from(
    { length: shown },
    (_, index) => `M${px(box.x)} ${line(index + 1)}h${px(box.width)}`,
  );
  const more =
    rows.length > shown
      ? drawText(`and ${rows.length - shown} more`, {
          ...{ x: box.x + 6, y: box.y + (shown + 1) * rowHeight + 16, look: 'muted' },
        })
      : '';
  return [
    `<path class="grid" d="${lines.join('')}"/>`,
    ...columns.map(({ name, width, x }) =>
      drawText(name, { x: x + 6, y: box.y + 16, look: 'head', room: width - 8 }),
    ),
    ...rows.slice(0, shown).flatMap((row, index) => {
      const y = box.y + (index + 1) * rowHeight;
      return columns.map((column) => drawCell(row[column.name], column, { ...box, y }));
    }),
    more,
  ].join('\n');
}

function drawCell(cell: Cell | undefined, column: Column, { y }: Box): string {
  const { field, ground, width, x } = column;
  if (cell === undefined) return '';
  const text = typeof cell === 'number' ? textOf(cell, field) : cell;
  const place = { y: y + 16, room: width - 10 };
  if (ground === 'coloured' && typeof cell === 'number') {
    const box = { x: x + 2, y: y + 2, width: width - 4, height: rowHeight - 4 };
    const look = colourOf(cell, field);
    return `${drawRect(box, look, 2)}${drawText(text, { ...place, x: x + 8, look: 'badge' })}`;
  }
  return drawText(text, { ...place, x: x + 6, look: 'plain' });
}

/** Each column has what its widest text needs, as far as there is room. */
function spread(
  names: readonly string[],
  rows: readonly Readonly<Record<string, Cell>>[],
  { box, field, panel }: Content,
): Column[] {
  const wanted = names.map((name) => {
    const own = overridesOf(panel, name, field);
    const texts = rows.map((row) => {
      const cell = row[name];
      return typeof cell === 'number' ? textOf(cell, own.field) : (cell ?? '');
    });
    const width = Math.max(...[name, ...texts].map((text) => textWidth(text))) + 14;
    return { name, ...own, width };
  });
  const widths = share(
    wanted.map(({ width }) => width),
    box.width,
  );
  let x = box.x;
  return wanted.map((column, index) => {
    const width = widths[index] ?? 0;
    x += width;
    return { ...column, x: x - width, width };
  });
}

/** What is left over is shared by all; where room is missing, narrow columns keep theirs and wide ones are cut. */
function share(wanted: readonly number[], room: number): number[] {
  const sum = wanted.reduce((total, width) => total + width, 0);
  if (sum <= room) return wanted.map((width) => width * (room / sum));
  let most = room / wanted.length;
  for (let left = wanted.length; left > 0; ) {
    const narrow = wanted.filter((width) => width <= most);
    const used = narrow.reduce((total, width) => total + width, 0);
    const next = (room - used) / Math.max(wanted.length - narrow.length, 1);
    left = next > most ? wanted.length - narrow.length : 0;
    most = next;
  }
  return wanted.map((width) => Math.min(width, most));
}

function overridesOf(
  panel: Panel,
  column: string,
  field: FieldDefaults,
): Pick<Column, 'field' | 'ground'> {
  const properties = (panel.fieldConfig?.overrides ?? [])
    .filter(({ matcher }) => matcher.options === column)
    .flatMap((override) => override.properties);
  const mappings = properties.find(({ id }) => id === 'mappings')?.value as
    | readonly Mapping[]
    | undefined;
  const coloured = properties.some(({ id }) => id === 'custom.cellOptions');
  return {
    field: mappings === undefined ? field : { ...field, mappings },
    ground: coloured ? 'coloured' : 'plain',
  };
}
