// What one panel is drawn from, and how times are written below it.
import { scaleTime, scaleUtc } from 'd3-scale';
import type { ColourName, FieldDefaults, Panel } from './board-file.ts';
import { type BoardData, endOf, type Range } from './data.ts';
import { legendOf, type NamedSeries } from './field.ts';
import { type Box, drawText, px } from './svg.ts';

/** In which time zone times are written: of this machine, or the one that is the same everywhere. */
export type Times = 'local' | 'utc';

/** What stands at a moment on a graph. */
export type PanelMark = { readonly at: number; readonly colour: ColourName };

/** A panel with its data. */
export type Content = {
  readonly panel: Panel;
  readonly field: FieldDefaults;
  /** Below the title. */
  readonly box: Box;
  /** The series of each query, in the order of the queries. */
  readonly answers: readonly (readonly NamedSeries[])[];
  readonly range: Range;
  readonly marks: readonly PanelMark[];
  readonly alerts: BoardData['alerts'];
  readonly times: Times;
};

/** The series of the panel's queries with their names. */
export function namedAnswers(
  panel: Panel,
  answers: BoardData['answers'],
): readonly (readonly NamedSeries[])[] {
  return (panel.targets ?? []).map(({ legendFormat, refId }) =>
    (answers[`${panel.id}${refId}`] ?? []).map((series) => ({
      ...series,
      name: legendOf(series.labels, legendFormat),
    })),
  );
}

/** All series of a panel. */
export function seriesOf({ answers }: Content): NamedSeries[] {
  return answers.flat();
}

/** Pixels from time, in seconds since 1970, across `plot`. */
export function timeScale({ range, times }: Content, plot: Box) {
  const make = times === 'utc' ? scaleUtc : scaleTime;
  return make()
    .domain([range.from * 1000, endOf(range) * 1000])
    .range([plot.x, plot.x + plot.width]);
}

/** Lines and times below `plot`, and its marks. */
export function drawTimeAxis(content: Content, plot: Box): string {
  const scale = timeScale(content, plot);
  const bottom = plot.y + plot.height;
  const ticks = scale.ticks(Math.max(2, Math.floor(plot.width / 90)));
  const format = clock(content);
  const lines = ticks.map((at) => `M${px(scale(at))} ${px(plot.y)}V${px(bottom)}`).join('');
  const texts = ticks
    .filter((at) => scale(at) > plot.x + 12 && scale(at) < plot.x + plot.width - 12)
    .map((at) =>
      drawText(format(at), {
        x: scale(at),
        y: bottom + 14,
        look: 'muted',
        anchor: 'middle',
        size: 11,
      }),
    );
  const marks = content.marks
    .map(({ at, colour }) => ({ x: scale(at), colour }))
    .filter(({ x }) => x >= plot.x && x <= plot.x + plot.width)
    .map(
      ({ colour, x }) =>
        `<path class="line-${colour} dash" d="M${px(x)} ${px(plot.y)}V${px(bottom)}"/>`,
    );
  return [`<path class="grid" d="${lines}"/>`, ...texts, ...marks].join('');
}

/** Hours and minutes, with seconds where the range is short. */
function clock({ range, times }: Content): (at: Date) => string {
  const short = range.count * range.step < 240;
  const format = new Intl.DateTimeFormat('en-GB', {
    hour: '2-digit',
    minute: '2-digit',
    ...(short && { second: '2-digit' }),
    ...(times === 'utc' && { timeZone: 'UTC' }),
  });
  return (at) => format.format(at);
}
