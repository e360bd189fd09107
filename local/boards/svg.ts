// Pieces of SVG. Whatever comes from data is escaped here, and cut to the room that it has.

/** Where something is drawn, in pixels. */
export type Box = {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
};

/** Text for the inside of an element or an attribute. Characters that XML does not allow become `�`. */
export function escapeText(text: string): string {
  return text
    .replaceAll(/[^\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/gu, '\u{FFFD}')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;');
}

/** One decimal is as fine as a screen shows. */
export function px(value: number): string {
  return String(Math.round(value * 10) / 10);
}

/** How a text stands. */
export type TextStyle = {
  readonly x: number;
  readonly y: number;
  /** Classes of the stylesheet. */
  readonly look: string;
  readonly anchor?: 'start' | 'middle' | 'end';
  /** Pixels; what is longer is cut, and shown whole as a tip. */
  readonly room?: number;
  /** Pixels. */
  readonly size?: number;
};

/** A line of text. */
export function drawText(text: string, style: TextStyle): string {
  const { anchor, look, room, size = 12, x, y } = style;
  const shown = room === undefined ? text : cutTo(text, room, size);
  const at = anchor === undefined || anchor === 'start' ? '' : ` text-anchor="${anchor}"`;
  const font = size === 12 ? '' : ` font-size="${px(size)}"`;
  const tip = shown === text ? '' : `<title>${escapeText(text)}</title>`;
  return `<text class="${look}" x="${px(x)}" y="${px(y)}"${at}${font}>${tip}${escapeText(shown)}</text>`;
}

/** A filled rectangle; `look` is a class. */
export function drawRect({ height, width, x, y }: Box, look: string, radius = 0): string {
  const round = radius === 0 ? '' : ` rx="${radius}"`;
  return `<rect class="${look}" x="${px(x)}" y="${px(y)}" width="${px(Math.max(width, 0))}" height="${px(Math.max(height, 0))}"${round}/>`;
}

/** The text, or as much of it as fits, with an ellipsis. */
export function cutTo(text: string, room: number, size = 12): string {
  if (textWidth(text, size) <= room) return text;
  const characters = [...text];
  let width = widthOf('…') * size;
  let kept = '';
  for (const character of characters) {
    width += widthOf(character) * size;
    if (width > room) break;
    kept += character;
  }
  return kept === '' ? '' : `${kept.trimEnd()}…`;
}

/** About how wide a text is in a sans-serif font of `size` pixels: fonts differ by some percent. */
export function textWidth(text: string, size = 12): number {
  return [...text].reduce((sum, character) => sum + widthOf(character), 0) * size;
}

/** In units of the font's size; of the usual fonts the widest is meant, so that texts rather end early than meet. */
function widthOf(character: string): number {
  if (/[ijltfrI.,:;|!'()[\]/ ]/.test(character)) return 0.36;
  if (/[mwMW@%…]/.test(character)) return 0.95;
  if (/[A-Z]/.test(character)) return 0.72;
  return character > '\u{2E7F}' ? 1 : 0.63;
}
