// The whole picture of the running system for a terminal of a given size. Pure: the same view, size and time give the same lines.
import type { EpochMs } from '../../layers/core/src/clock.ts';
import { renderAlerts, renderLinks, renderObjectives, renderServices } from './facts.ts';
import { cutLine, type Line, type StyledText, span, textOf } from './line.ts';
import { notesOf, renderNotes } from './notes.ts';
import { countStates, renderProbes, stateOf } from './probe-table.ts';
import type { Size } from './terminal.ts';
import { widthOf } from './text.ts';
import { clockTime } from './time.ts';
import type { View } from './view.ts';

/** At most `size.rows` lines, none wider than `size.columns`. */
export function renderView(view: View, size: Size, now: EpochMs): Line[] {
  const { columns, rows } = size;
  const facts = renderFacts(view, size);
  const top = [
    renderSummary(view, columns, now),
    ...renderNotes(notesOf(view, now), rows < 20 ? 2 : 6),
  ];
  // A head, one probe and the count of the rest are the least; the facts give way.
  const room = Math.max(3, rows - top.length - facts.length);
  const table = renderProbes(view, { columns, rows: room }, now);
  const spare = rows - top.length - table.length - facts.length;
  const blocks = [top, table, facts].filter((block) => block.length > 0);
  const lines = blocks.flatMap((block, index) =>
    // Air between the parts where there is room for it.
    index > 0 && spare >= blocks.length - 1 ? [[], ...block] : block,
  );
  return lines.slice(0, rows).map((line) => cutLine(line, columns));
}

/** How many probes are in each state, and the time, so that one sees that it goes on. */
function renderSummary(view: View, columns: number, now: EpochMs): Line {
  const { probes } = view.snapshot;
  const counts = countStates(probes.map((status) => stateOf(status, view, now)));
  const noun = probes.length === 1 ? 'probe' : 'probes';
  const left: StyledText[] = [
    span(`fargaze  ${probes.length} ${noun}`, 'head'),
    ...counts.flatMap(({ count, style, words }, index) => [
      span(index === 0 ? ': ' : ', '),
      span(`${count} ${words}`, style),
    ]),
  ];
  const time = clockTime(now, view.timeZone);
  const space = columns - widthOf(textOf(left)) - time.length;
  return space < 2 ? left : [...left, span(' '.repeat(space)), span(time, 'faint')];
}

function renderFacts(view: View, { columns, rows }: Size): Line[] {
  const each = { columns, rows: rows < 20 ? 1 : 2 };
  return [
    renderAlerts(view, columns),
    ...renderObjectives(view, each),
    ...renderServices(view, each),
    ...(rows < 20 ? [] : renderLinks(view, { columns, rows: 3 })),
    ...(rows < 14 ? [] : [[span('Ctrl-C stops everything', 'faint')]]),
  ];
}
