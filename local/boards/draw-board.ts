// Draws a board from its own file and its data: Grafana's grid of 24 columns, a frame with a title for each panel, and in it what
// its kind shows. Refuses a kind of panel that it cannot draw.
import {
  type BoardFile,
  type ColourName,
  nameOfBoard,
  type Panel,
  type Section,
  sectionsOf,
} from './board-file.ts';
import { commonStyle, styleOf, type Theme } from './colours.ts';
import { type Content, namedAnswers, type PanelMark, type Times } from './content.ts';
import type { BoardData, Range } from './data.ts';
import { drawGraph } from './draw-graph.ts';
import { drawHeatmap } from './draw-heatmap.ts';
import { drawAlerts, drawBars, drawStat } from './draw-now.ts';
import { drawTable } from './draw-table.ts';
import { drawHistory, drawTimeline } from './draw-timeline.ts';
import { type Box, drawRect, drawText, escapeText } from './svg.ts';

/** What is drawn. */
export type Scene = {
  readonly board: BoardFile;
  readonly data: BoardData;
  readonly range: Range;
  readonly times: Times;
};

/** A drawn section: what stands inside of an `svg` of this size. */
export type DrawnSection = {
  readonly title: string;
  readonly open: boolean;
  readonly height: number;
  readonly body: string;
};

/** Pixels. */
export const boardWidth = 1160;
const columns = 24;
const gap = 8;
const columnWidth = (boardWidth - gap * (columns - 1)) / columns;
const cell = 30;
const heading = 30;

const kinds: Readonly<Record<string, (content: Content) => string>> = {
  alertlist: drawAlerts,
  bargauge: drawBars,
  heatmap: drawHeatmap,
  stat: drawStat,
  'state-timeline': drawTimeline,
  'status-history': drawHistory,
  table: drawTable,
  timeseries: drawGraph,
};

/** The sections of a board from top to bottom. @throws RangeError for a kind of panel or unit that cannot be drawn. */
export function drawSections(scene: Scene): DrawnSection[] {
  return sectionsOf(scene.board).map((section) => drawSection(section, scene));
}

/** A whole board as a file of one theme; rows that Grafana opens on a click are open. */
export function drawBoard(scene: Scene, theme: Theme): string {
  let y = gap;
  const parts = drawSections(scene).map(({ body, height, title }) => {
    const top = y;
    y += heading + height + gap;
    const text = drawText(title, { x: 2, y: top + 20, look: 'head', size: 15 });
    return `${text}\n<g transform="translate(0 ${top + heading})">\n${body}\n</g>`;
  });
  const title = `fargaze’s own drawing of its board ${nameOfBoard(scene.board)}`;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="-8 0 ${boardWidth + 16} ${y}" role="img">
<title>${escapeText(title)}</title>
<style>
${commonStyle}
${styleOf(theme)}
</style>
${drawRect({ x: -8, y: 0, width: boardWidth + 16, height: y }, 'ground')}
${parts.join('\n')}
</svg>
`;
}

function drawSection({ open, panels, title }: Section, scene: Scene): DrawnSection {
  const top = Math.min(...panels.map(({ gridPos }) => gridPos.y));
  const boxes = panels.map(({ gridPos: { h, w, x, y } }) => ({
    x: x * (columnWidth + gap),
    y: (y - top) * (cell + gap),
    width: w * (columnWidth + gap) - gap,
    height: h * (cell + gap) - gap,
  }));
  const height = Math.max(...boxes.map((box) => box.y + box.height), 0);
  const body = panels.map((panel, index) => drawPanel(panel, boxes[index], scene)).join('\n');
  return { title, open, height, body };
}

function drawPanel(panel: Panel, box: Box | undefined, scene: Scene): string {
  if (box === undefined) return '';
  const draw = kinds[panel.type];
  if (draw === undefined) {
    throw new RangeError(
      `${scene.board.title}, ${panel.title}: a panel of kind ${panel.type} cannot be drawn, want one of ${Object.keys(kinds).join(', ')}`,
    );
  }
  const inside = { x: box.x + 10, y: box.y + 30, width: box.width - 20, height: box.height - 38 };
  const title = drawText(panel.title, {
    ...{ x: box.x + 10, y: box.y + 20, look: 'head', size: 13 },
    room: box.width - 20,
  });
  const content: Content = {
    ...{ panel, box: inside, range: scene.range, times: scene.times },
    field: panel.fieldConfig?.defaults ?? {},
    answers: namedAnswers(panel, scene.data.answers),
    marks: marksOf(scene),
    alerts: scene.data.alerts,
  };
  const tip =
    panel.description === undefined ? '' : `<title>${escapeText(panel.description)}</title>`;
  return `<g>${tip}${drawRect(box, 'panel', 3)}${title}\n${draw(content)}</g>`;
}

function marksOf({ board, data }: Scene): PanelMark[] {
  const colours = new Map<string, ColourName>(
    board.annotations.list.map(({ iconColor, name }) => [name, iconColor]),
  );
  return data.marks.map(({ annotation, at }) => ({
    at,
    colour: colours.get(annotation) ?? 'text',
  }));
}
