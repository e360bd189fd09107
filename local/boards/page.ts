// The page that shows the boards in a browser: plain HTML with the drawings in it. Nothing of it comes from elsewhere, and nothing of
// it is inline, so that a strict Content-Security-Policy holds.
import { type BoardFile, nameOfBoard } from './board-file.ts';
import { commonStyle, shades, styleOf } from './colours.ts';
import { boardWidth, type DrawnSection } from './draw-board.ts';
import { escapeText } from './svg.ts';

/** Seconds that the page can show, by their names in its address. */
export const spans = { '15m': 900, '1h': 3600, '3h': 10_800 } as const;

/** A name of {@link spans}. */
export type SpanName = keyof typeof spans;

/** What the page is about. */
export type Page = {
  /** All boards, in order. */
  readonly boards: readonly BoardFile[];
  readonly shown: BoardFile;
  readonly span: SpanName;
  /** What {@link renderContent} or {@link renderTrouble} made. */
  readonly content: string;
  readonly drawn: Date;
};

/** The path of a board's page. */
export function pathOf({ uid }: Pick<BoardFile, 'uid'>, span: SpanName): string {
  return `/boards/${uid}?span=${span}`;
}

/** The whole page. */
export function renderPage({ boards, content, drawn, shown, span }: Page): string {
  const link = (path: string, text: string, attributes: string) =>
    `<a href="${escapeText(path)}"${attributes}>${escapeText(text)}</a>`;
  const current = ' aria-current="page"';
  const names = boards.map((board) =>
    link(pathOf(board, span), nameOfBoard(board), board === shown ? current : ''),
  );
  const ranges = (Object.keys(spans) as SpanName[]).map((name) =>
    link(pathOf(shown, name), `last ${name}`, name === span ? current : ''),
  );
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>${escapeText(nameOfBoard(shown))} · fargaze</title>
<link rel="icon" href="/icon.svg" type="image/svg+xml">
<link rel="stylesheet" href="/style.css">
<script src="/renew.js" defer></script>
</head>
<body>
<header>
<h1>${escapeText(nameOfBoard(shown))}</h1>
<nav aria-label="Boards">${names.join(' ')}</nav>
<nav aria-label="Range">${ranges.join(' ')}</nav>
<p id="state" role="status">Without JavaScript this page is not renewed.</p>
</header>
<main data-content="${escapeText(`/content${pathOf(shown, span)}`)}" data-drawn="${drawn.toISOString()}">
${content}
</main>
<footer>fargaze’s own drawing of its Grafana boards, with everything chosen. With a Grafana on PATH, npm start opens the boards in it.</footer>
</body>
</html>
`;
}

/** The sections of a board; those that Grafana opens on a click are opened in the same way. */
export function renderContent(sections: readonly DrawnSection[]): string {
  return sections
    .map(
      ({ body, height, open, title }) =>
        `<details${open ? ' open' : ''}><summary>${escapeText(title)}</summary>
<svg viewBox="-1 -1 ${boardWidth + 2} ${height + 2}" role="group" aria-label="${escapeText(title)}">
${body}
</svg></details>`,
    )
    .join('\n');
}

/** What stands in place of the sections when they cannot be drawn. */
export function renderTrouble(message: string): string {
  return `<p class="trouble">${escapeText(message)}</p>`;
}

/** The page's stylesheet: the browser's theme decides between light and dark. */
export function renderStyle(): string {
  const page = (theme: 'light' | 'dark') => {
    const { ground, muted, plain } = shades;
    return `html{background:${ground[theme]};color:${plain[theme]}}
a{color:${muted[theme]}} a[aria-current]{color:${plain[theme]}}
${styleOf(theme)}`;
  };
  return `:root{color-scheme:light dark}
body{margin:0 auto;padding:0 16px;max-width:1400px;font:14px system-ui,sans-serif}
h1{font-size:20px;margin:16px 0 8px} nav{display:inline-block;margin-right:32px} nav a{margin-right:10px}
a[aria-current]{font-weight:600;text-decoration:none} summary{font-weight:600;margin:12px 0 6px;cursor:pointer}
main>details>svg{display:block;width:100%;height:auto} #state{margin:6px 0} footer{margin:16px 0;font-size:12px}
.stale main{opacity:.45} .stale #state,.trouble{font-weight:600}
${commonStyle}
${page('light')}
@media (prefers-color-scheme:dark){
${page('dark')}
}
`;
}

/** The sign of the page in a browser's tab. */
export const icon = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16"><path d="M1 11l4-5 3 3 6-7" fill="none" stroke="#1f60c4" stroke-width="2"/></svg>`;
