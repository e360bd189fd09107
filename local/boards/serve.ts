// Serves the boards on a page of this machine: only on the loopback address, only to a browser that asked for that address by name,
// only to be read. What it shows comes from Prometheus at the moment when it is asked for.
import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { type Clock, systemClock } from '../../layers/core/src/clock.ts';
import { messageOf } from '../../layers/core/src/errors.ts';
import { askBoard } from './ask.ts';
import { type BoardFile, readBoardFiles } from './board-file.ts';
import type { Range } from './data.ts';
import { drawSections } from './draw-board.ts';
import {
  icon,
  pathOf,
  renderContent,
  renderPage,
  renderStyle,
  renderTrouble,
  type SpanName,
  spans,
} from './page.ts';

/** What {@link serveBoards} needs. */
export type BoardsPageOptions = {
  /** The repository. */
  readonly root: string;
  readonly prometheusUrl: string;
  /** Seconds between two scrapes. */
  readonly scrapeSeconds: number;
  readonly clock?: Clock;
};

/** The running page. */
export type BoardsPage = { readonly url: string; stop(): Promise<void> };

/** Points in time of a graph. */
const points = 120;
/** Milliseconds that Prometheus has for all that a board asks. */
const patienceMs = 12_000;
/** Milliseconds in which several readers get the same answer. */
const sharedMs = 5_000;

const headers = {
  'Content-Security-Policy': [
    ...["default-src 'none'", "style-src 'self'", "script-src 'self'", "connect-src 'self'"],
    ...["img-src 'self'", "base-uri 'none'", "form-action 'none'", "frame-ancestors 'none'"],
  ].join('; '),
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Cache-Control': 'no-store',
} as const;

type Answer = { readonly status: number; readonly type: string; readonly body: string };

const html = 'text/html; charset=utf-8';
const plain = 'text/plain; charset=utf-8';

/** Serves the boards below `root` on a free port of the loopback address. */
export async function serveBoards(options: BoardsPageOptions): Promise<BoardsPage> {
  const site = createSite(options);
  const server = createServer((request, response) => {
    void answerTo(request, site).then((answer) => send(answer, request, response));
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  const stop = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  return { url: `http://127.0.0.1:${port}/`, stop };
}

function send({ body, status, type }: Answer, request: IncomingMessage, response: ServerResponse) {
  response.writeHead(status, {
    ...headers,
    'Content-Type': type,
    'Content-Length': Buffer.byteLength(body),
  });
  response.end(request.method === 'HEAD' ? undefined : body);
}

type Site = ReturnType<typeof createSite>;

async function answerTo(request: IncomingMessage, site: Site): Promise<Answer> {
  const { host = '' } = request.headers;
  // A page of elsewhere could have its own name lead here; it would then be asked for by that name.
  if (!/^(?:127\.0\.0\.1|localhost):\d+$/.test(host)) {
    return { status: 421, type: plain, body: 'ask for 127.0.0.1 or localhost\n' };
  }
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    return { status: 405, type: plain, body: 'want GET\n' };
  }
  const { pathname, searchParams } = new URL(request.url ?? '/', 'http://127.0.0.1');
  const file = site.files[pathname];
  if (file !== undefined) return { status: 200, ...file };
  const [, content, uid] = /^(\/content)?\/boards\/([\w-]+)$/.exec(pathname) ?? [];
  const board = pathname === '/' ? site.boards[0] : site.boards.find((one) => one.uid === uid);
  const span = searchParams.get('span') ?? '15m';
  if (board === undefined || !isSpan(span))
    return { status: 404, type: plain, body: notFound(site) };
  const drawn = await site.draw(board, span);
  if (content !== undefined) return drawn;
  const inside = drawn.status === 200 ? drawn.body : renderTrouble(drawn.body);
  const page = { boards: site.boards, shown: board, span, content: inside, drawn: site.now() };
  return { status: drawn.status, type: html, body: renderPage(page) };
}

function isSpan(text: string): text is SpanName {
  return Object.hasOwn(spans, text);
}

function notFound({ boards }: Site): string {
  const paths = boards.map((board) => pathOf(board, '15m'));
  return `not found; there are ${paths.join(', ')}, each with a span of ${Object.keys(spans).join(', ')}\n`;
}

function createSite({
  clock = systemClock,
  prometheusUrl,
  root,
  scrapeSeconds,
}: BoardsPageOptions) {
  const shared = new Map<string, { readonly at: number; readonly answer: Promise<Answer> }>();
  const ask = async (board: BoardFile, span: SpanName): Promise<Answer> => {
    const now = clock.now() / 1000;
    const range = rangeOf(span, now);
    const signal = AbortSignal.timeout(patienceMs);
    try {
      const question = { url: prometheusUrl, range, now, scrapeInterval: scrapeSeconds, signal };
      const data = await askBoard(board, question);
      const sections = drawSections({ board, data, range, times: 'local' });
      return { status: 200, type: html, body: renderContent(sections) };
    } catch (error) {
      return { status: 503, type: plain, body: `Prometheus does not answer: ${messageOf(error)}` };
    }
  };
  const draw = (board: BoardFile, span: SpanName): Promise<Answer> => {
    const key = `${board.uid} ${span}`;
    const known = shared.get(key);
    if (known !== undefined && clock.now() - known.at < sharedMs) return known.answer;
    const answer = ask(board, span);
    shared.set(key, { at: clock.now(), answer });
    return answer;
  };
  const script = readFileSync(join(root, 'local/boards/renew.js'), 'utf8');
  const files: Readonly<Record<string, Omit<Answer, 'status'>>> = {
    '/style.css': { type: 'text/css; charset=utf-8', body: renderStyle() },
    '/renew.js': { type: 'text/javascript; charset=utf-8', body: script },
    '/icon.svg': { type: 'image/svg+xml', body: icon },
  };
  return { boards: readBoardFiles(root), draw, files, now: () => new Date(clock.now()) };
}

/** Points at full steps, so that what is past stays where it is from one renewal to the next. */
function rangeOf(span: SpanName, now: number): Range {
  const step = Math.ceil(spans[span] / points);
  const last = Math.floor(now / step) * step;
  return { from: last - (points - 1) * step, step, count: points };
}
