// A heatmap of a histogram: a box for each bucket and point in time, the fuller the more was counted.
import { type Content, drawTimeAxis, seriesOf, timeScale } from './content.ts';
import { drawNothing } from './draw-graph.ts';
import type { NamedSeries } from './field.ts';
import { drawText, px, textWidth } from './svg.ts';
import { formatValue } from './units.ts';

/** Points in time that share a box: narrower ones than 5 pixels are not seen. */
const leastWidth = 5;

/** The panel, without its frame. */
export function drawHeatmap(content: Content): string {
  const { box, field, range } = content;
  const buckets = toBuckets(seriesOf(content));
  if (buckets.length === 0) return drawNothing(content);
  const labels = buckets.map(({ le }) =>
    Number.isFinite(le) ? formatValue(le, field.unit) : 'more',
  );
  const left = Math.max(...labels.map((text) => textWidth(text, 11))) + 8;
  const plot = {
    x: box.x + left,
    y: box.y + 4,
    width: box.width - left - 4,
    height: box.height - 22,
  };
  const time = timeScale(content, plot);
  const together = Math.max(1, Math.ceil(leastWidth / (plot.width / range.count)));
  const height = plot.height / buckets.length;
  const most = Math.max(...buckets.flatMap(({ counts }) => counts), 1e-12);
  const rows = buckets.map(({ counts }, index) => {
    const y = plot.y + plot.height - (index + 1) * height;
    const boxes = shares(counts, { together, most }).map(({ first, share }) => {
      const at = (point: number) =>
        Math.min(time((range.from + point * range.step) * 1000), plot.x + plot.width);
      return `<rect class="blue" fill-opacity="${share}" x="${px(at(first))}" y="${px(y)}" width="${px(at(first + together) - at(first))}" height="${px(height - 0.5)}"/>`;
    });
    const every = Math.ceil(12 / height);
    const label =
      index % every === 0
        ? drawText(labels[index] ?? '', {
            ...{ x: plot.x - 6, y: y + height / 2 + 4, look: 'muted', size: 11 },
            anchor: 'end' as const,
          })
        : '';
    return [label, ...boxes].join('');
  });
  return [drawTimeAxis(content, plot), ...rows].join('\n');
}

/** How full each box is, in steps of a sixteenth; empty ones are left out. */
function shares(
  counts: readonly number[],
  { most, together }: { readonly most: number; readonly together: number },
) {
  const found: { readonly first: number; readonly share: number }[] = [];
  for (let first = 0; first < counts.length; first += together) {
    const part = counts.slice(first, first + together);
    const mean = part.reduce((sum, one) => sum + one, 0) / part.length;
    const share = Math.ceil((mean / most) * 16) / 16;
    if (share > 0) found.push({ first, share });
  }
  return found;
}

/** What was counted in each bucket by itself: Prometheus counts everything up to its upper bound. */
function toBuckets(series: readonly NamedSeries[]) {
  const sorted = series
    .map(({ labels, values }) => ({
      le: Number((labels.le ?? '').replace('+Inf', 'Infinity')),
      values,
    }))
    .filter(({ le }) => !Number.isNaN(le))
    .sort((a, b) => a.le - b.le);
  return sorted.map(({ le, values }, index) => {
    const below = sorted[index - 1]?.values ?? [];
    return { le, counts: values.map((value, at) => Math.max((value ?? 0) - (below[at] ?? 0), 0)) };
  });
}
