// A plot as SVG: lines over two logarithmic axes, each with its name at its end. Pure, the same text for the same values.

/** A line. */
export type PlotLine = { readonly name: string; readonly values: readonly number[] };

/** A plot. */
export type Plot = {
  readonly title: string;
  readonly x: { readonly label: string; readonly values: readonly number[] };
  readonly y: { readonly label: string };
  readonly lines: readonly PlotLine[];
};

const size = { width: 760, height: 400 };
const area = { left: 70, right: 200, top: 50, bottom: 50 };
/**
 * The hues of Okabe and Ito, told apart also by those who see few colours, and dark enough to be read as text on white: contrast
 * of 4.5 and more (https://www.w3.org/TR/WCAG22/#contrast-minimum).
 */
const colours = ['#0060a0', '#b84a00', '#007a56', '#a0467e', '#8a6000'];
/** Rows of names at least so far apart. */
const lineHeight = 16;

/** The SVG. @throws RangeError where a value is not above zero: a logarithm has no place for it. */
export function renderPlot({ lines, title, x, y }: Plot): string {
  const values = lines.flatMap((line) => line.values);
  if ([...values, ...x.values].some((value) => !(value > 0)))
    throw new RangeError(`${title}: want values above 0`);
  const across = scaleOf(x.values, [area.left, size.width - area.right]);
  const up = scaleOf(values, [size.height - area.bottom, area.top]);
  const ends = spread(lines.map((line) => up.at(line.values.at(-1) ?? 1)));
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${size.width} ${size.height}" font-family="sans-serif" font-size="12">`,
    `<title>${escapeXml(title)}</title>`,
    `<rect width="${size.width}" height="${size.height}" fill="#ffffff"/>`,
    text(title, { x: area.left, y: 24, size: 15 }),
    ...up.ticks.flatMap((tick) => [
      `<path d="M${area.left} ${round(up.at(tick))}H${size.width - area.right}" stroke="#dddddd"/>`,
      text(show(tick), { x: area.left - 8, y: up.at(tick) + 4, anchor: 'end' }),
    ]),
    ...across.ticks.flatMap((tick) => [
      `<path d="M${round(across.at(tick))} ${area.top}V${size.height - area.bottom}" stroke="#dddddd"/>`,
      text(show(tick), { x: across.at(tick), y: size.height - area.bottom + 18, anchor: 'middle' }),
    ]),
    text(x.label, {
      x: (area.left + size.width - area.right) / 2,
      y: size.height - 10,
      anchor: 'middle',
    }),
    text(`${y.label}; both axes are logarithmic`, { x: area.left, y: area.top - 8 }),
    ...lines.flatMap((line, index) => {
      const colour = colours[index % colours.length] ?? '#000000';
      const points = line.values.map(
        (value, at) => `${round(across.at(x.values[at] ?? 1))} ${round(up.at(value))}`,
      );
      return [
        `<path d="M${points.join('L')}" fill="none" stroke="${colour}" stroke-width="2"/>`,
        text(line.name, { x: size.width - area.right + 8, y: (ends[index] ?? 0) + 4, colour }),
      ];
    }),
    '</svg>\n',
  ].join('\n');
}

type Scale = { readonly at: (value: number) => number; readonly ticks: readonly number[] };

/** From powers of ten to pixels. */
function scaleOf(values: readonly number[], [from, to]: readonly [number, number]): Scale {
  const low = Math.floor(Math.log10(Math.min(...values)));
  const high = Math.max(low + 1, Math.ceil(Math.log10(Math.max(...values))));
  const at = (value: number) => from + ((Math.log10(value) - low) / (high - low)) * (to - from);
  return { at, ticks: Array.from({ length: high - low + 1 }, (_, n) => 10 ** (low + n)) };
}

/** The same places, moved down as far as names would cover each other. */
function spread(places: readonly number[]): number[] {
  const moved = [...places];
  const order = places.map((_, index) => index).sort((a, b) => (places[a] ?? 0) - (places[b] ?? 0));
  for (const [rank, index] of order.entries()) {
    const above = moved[order[rank - 1] ?? -1] ?? Number.NEGATIVE_INFINITY;
    moved[index] = Math.max(moved[index] ?? 0, above + lineHeight);
  }
  return moved;
}

type Placed = {
  readonly x: number;
  readonly y: number;
  readonly anchor?: 'end' | 'middle';
  readonly size?: number;
  readonly colour?: string;
};

function text(content: string, { anchor, colour = '#222222', size: points, x, y }: Placed): string {
  const extra = `${anchor === undefined ? '' : ` text-anchor="${anchor}"`}${points === undefined ? '' : ` font-size="${points}"`}`;
  return `<text x="${round(x)}" y="${round(y)}" fill="${colour}"${extra}>${escapeXml(content)}</text>`;
}

function escapeXml(content: string): string {
  return content.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
}

function show(value: number): string {
  return value >= 1 ? value.toLocaleString('en-US') : String(Number(value.toPrecision(1)));
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
