// The pictures of the boards: each drawn from its own file and from what the local system had to show
// (scripts/docs/boards.json, which `npm run picture` records), for light and for dark ground.
import { readFileSync } from 'node:fs';
import { boards } from '../../infra/grafana/boards.ts';
import { readBoardFiles } from '../../local/boards/board-file.ts';
import type { Theme } from '../../local/boards/colours.ts';
import type { BoardData, Range } from '../../local/boards/data.ts';
import { drawBoard } from '../../local/boards/draw-board.ts';

/** What the boards showed over a range. */
export type BoardsCapture = {
  readonly range: Range;
  /** By the board's uid. */
  readonly boards: Readonly<Record<string, BoardData>>;
};

/** Where the record is kept. */
export const boardsCaptureFile = 'scripts/docs/boards.json';

/** The committed record. */
export function readBoardsCapture(): BoardsCapture {
  return JSON.parse(readFileSync(boardsCaptureFile, 'utf8'));
}

/** Where the picture of a board is. */
export function pictureFile(uid: string, theme: Theme): string {
  return `docs/boards/${uid}-${theme}.svg`;
}

/** What makes each picture, by its path. */
export const boardPictures: Readonly<Record<string, () => string>> = Object.fromEntries(
  boards.flatMap(({ uid }) =>
    (['light', 'dark'] as const).map((theme) => [
      pictureFile(uid, theme),
      () => renderBoardPicture(uid, theme),
    ]),
  ),
);

/** The picture of one board. @throws RangeError where the record has nothing of it. */
function renderBoardPicture(uid: string, theme: Theme): string {
  const { boards: recorded, range } = readBoardsCapture();
  const board = readBoardFiles(process.cwd()).find((one) => one.uid === uid);
  const data = recorded[uid];
  if (board === undefined || data === undefined) {
    throw new RangeError(
      `${boardsCaptureFile}: nothing of ${uid}, want a record by npm run picture`,
    );
  }
  return drawBoard({ board, data, range, times: 'utc' }, theme);
}
