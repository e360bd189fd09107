// The picture of the README: what `npm start` showed of a real running system (scripts/docs/local-system.json, which
// `npm run picture` records), drawn as text by the terminal's own renderer.
import { readFileSync } from 'node:fs';
import { type Line, type Style, textOf } from '../../local/terminal/line.ts';
import { renderView } from '../../local/terminal/render.ts';
import type { Size } from '../../local/terminal/terminal.ts';
import { widthOf } from '../../local/terminal/text.ts';
import type { View } from '../../local/terminal/view.ts';

/** A view as it was at one moment. */
export type Capture = { readonly view: View; readonly now: number };

/** Where the record is kept. */
export const captureFile = 'scripts/docs/local-system.json';

/** The terminal that is drawn. */
const pictureSize: Size = { columns: 120, rows: 24 };

/** The committed record. */
export function readCapture(): Capture {
  return JSON.parse(readFileSync(captureFile, 'utf8'));
}

/** The lines that are drawn, as `npm start` would show them today. */
function pictureLines({ now, view }: Capture): Line[] {
  return renderView(view, pictureSize, now);
}

/** docs/local-system.svg. */
export function renderPicture(): string {
  return drawLines(pictureLines(readCapture()));
}

/** Pixels. */
const cell = { width: 7.8, height: 19, font: 13, margin: 14 } as const;

/** Colours of a style on light and on dark ground, each readable by WCAG's 4.5:1. */
const colours: Readonly<Record<Style, { readonly light: string; readonly dark: string }>> = {
  plain: { light: '#1f2328', dark: '#e6edf3' },
  head: { light: '#1f2328', dark: '#ffffff' },
  good: { light: '#116329', dark: '#56d364' },
  bad: { light: '#a40e26', dark: '#ff7b72' },
  warn: { light: '#7d4e00', dark: '#e3b341' },
  faint: { light: '#57606a', dark: '#9198a1' },
};

const ground = { light: '#f6f8fa', dark: '#0d1117' } as const;

function drawLines(lines: readonly Line[]): string {
  const widest = Math.max(...lines.map((line) => widthOf(textOf(line))));
  const width = Math.ceil(widest * cell.width + 2 * cell.margin);
  const height = lines.length * cell.height + 2 * cell.margin;
  return `<svg xmlns="http://www.w3.org/2000/svg" xml:space="preserve" viewBox="0 0 ${width} ${height}" role="img">
<title>npm start: probes, alerts, budgets and ECS tasks of the local system</title>
<style>
text { font: ${cell.font}px ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", monospace; white-space: pre; }
.head, .bad { font-weight: bold; }
${rules('light')}
@media (prefers-color-scheme: dark) {
${rules('dark')}
}
</style>
<rect class="ground" width="${width}" height="${height}" rx="6"/>
${lines.flatMap(drawLine).join('\n')}
</svg>
`;
}

function rules(scheme: 'light' | 'dark'): string {
  const styles = Object.entries(colours).map(([name, of]) => `.${name} { fill: ${of[scheme]}; }`);
  return [`.ground { fill: ${ground[scheme]}; }`, ...styles].join('\n');
}

/** Each piece stands at its own column, so that no font can move it. */
function drawLine(line: Line, row: number): string[] {
  const y = cell.margin + row * cell.height + cell.font;
  let column = 0;
  return line.flatMap(({ style, text }) => {
    const start = column;
    column += widthOf(text);
    const shown = text.trim();
    if (shown === '') return [];
    const x = cell.margin + (start + widthOf(text) - widthOf(text.trimStart())) * cell.width;
    const length = widthOf(shown) * cell.width;
    return [
      `<text class="${style}" x="${round(x)}" y="${y}" textLength="${round(length)}">${quote(shown)}</text>`,
    ];
  });
}

function round(pixels: number): number {
  return Math.round(pixels * 10) / 10;
}

function quote(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
