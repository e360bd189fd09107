// What is now: numbers, bars, and alerts that fire.
import { type Content, seriesOf } from './content.ts';
import { lastOf } from './data.ts';
import { drawNothing } from './draw-graph.ts';
import { colourOf, type NamedSeries, textOf } from './field.ts';
import { type Box, drawRect, drawText, textWidth } from './svg.ts';

/** Big numbers, one for each series. */
export function drawStat(content: Content): string {
  const { box } = content;
  const all = seriesOf(content);
  if (all.length === 0) return drawNumber(undefined, box, content);
  const columns = Math.max(1, Math.min(all.length, Math.floor(box.width / 110)));
  const rows = Math.max(1, Math.min(Math.ceil(all.length / columns), Math.floor(box.height / 40)));
  const width = box.width / columns;
  const height = box.height / rows;
  return all
    .slice(0, columns * rows)
    .map((series, index) => {
      const x = box.x + (index % columns) * width;
      const y = box.y + Math.floor(index / columns) * height;
      return drawNumber(series, { x, y, width, height }, content);
    })
    .join('');
}

function drawNumber(series: NamedSeries | undefined, box: Box, content: Content): string {
  const { answers, field } = content;
  const value = series === undefined ? null : lastOf(series.values);
  const text = textOf(value, field);
  const named = answers.flat().length > 1;
  const x = box.x + box.width / 2;
  const size = Math.max(
    13,
    Math.min(box.height * 0.5, 38, 14 / (textWidth(text, 14) / (box.width * 0.9))),
  );
  const middle = box.y + box.height / 2 + size * 0.35;
  const look = value === null ? 'muted' : colourOf(value, field);
  return [
    drawText(text, { x, y: named ? middle + 7 : middle, look, anchor: 'middle', size }),
    named
      ? drawText(series?.name ?? '', {
          ...{ x, y: middle - size * 0.8, look: 'muted', anchor: 'middle' as const },
          ...{ size: 11, room: box.width - 8 },
        })
      : '',
  ].join('');
}

/** A bar from left to right for each series. */
export function drawBars(content: Content): string {
  const { box, field } = content;
  const all = seriesOf(content);
  if (all.length === 0) return drawNothing(content);
  const height = Math.min(box.height / all.length, 48);
  const values = all.map(({ values: one }) => lastOf(one) ?? 0);
  const low = field.min ?? Math.min(0, ...values);
  const high = Math.max(field.max ?? Math.max(...values), low + 1e-9);
  const side = Math.min(110, box.width * 0.28);
  return all
    .slice(0, Math.max(1, Math.floor(box.height / height)))
    .map((series, index) => {
      const value = lastOf(series.values);
      const y = box.y + index * height;
      const track = {
        x: box.x,
        y: y + 16,
        width: box.width - side,
        height: Math.max(height - 22, 4),
      };
      const share = value === null ? 0 : Math.min(Math.max((value - low) / (high - low), 0), 1);
      const look = value === null ? 'muted' : colourOf(value, field);
      return [
        drawText(series.name, {
          x: box.x,
          y: y + 12,
          look: 'plain',
          size: 11,
          room: box.width - 8,
        }),
        drawRect(track, 'track', 2),
        drawRect({ ...track, width: track.width * share }, look, 2),
        drawText(textOf(value, field), {
          ...{
            x: box.x + box.width,
            y: track.y + track.height / 2 + 5,
            look,
            anchor: 'end' as const,
          },
          ...{ size: 14, room: side - 6 },
        }),
      ].join('');
    })
    .join('');
}

/** The alerts of Prometheus that fire or are pending, the firing ones first. */
export function drawAlerts({ alerts, box }: Content): string {
  if (alerts.length === 0) {
    const x = box.x + box.width / 2;
    return drawText('No alert fires', {
      x,
      y: box.y + box.height / 2,
      look: 'green',
      anchor: 'middle',
    });
  }
  const byState = (state: string | undefined) => (state === 'firing' ? 0 : 1);
  const ordered = [...alerts].sort((a, b) => byState(a.alertstate) - byState(b.alertstate));
  const height = 34;
  const room = Math.max(1, Math.floor(box.height / height));
  return ordered
    .slice(0, room)
    .map((labels, index) => {
      const { __name__: _, alertname = '', alertstate = '', severity = '', ...rest } = labels;
      const about = Object.entries(rest).map(([name, value]) => `${name}=${value}`);
      const y = box.y + index * height;
      const look = alertstate === 'firing' && severity === 'critical' ? 'red' : 'orange';
      return [
        drawRect({ x: box.x, y: y + 2, width: 4, height: height - 8 }, look),
        drawText(alertname, { x: box.x + 12, y: y + 13, look: 'head', room: box.width - 110 }),
        drawText(alertstate, { x: box.x + box.width, y: y + 13, look, anchor: 'end' }),
        drawText(about.join(' '), {
          x: box.x + 12,
          y: y + 27,
          look: 'muted',
          size: 11,
          room: box.width - 14,
        }),
      ].join('');
    })
    .join('');
}
