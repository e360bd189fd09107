// The terminal's second screen, drawn whole each time: nothing old can stay on it, whatever its size becomes, and the
// first screen is as it was when it is left.
import type { Line, Painter } from './line.ts';
import type { Output } from './terminal.ts';

/** Control sequences of https://invisible-island.net/xterm/ctlseqs/ctlseqs.html, which every terminal with a second screen has. */
const control = {
  enter: '\u001b[?1049h',
  leave: '\u001b[?1049l',
  // A character that is wider than it was taken for is cut by the terminal instead of starting another line.
  wrapOff: '\u001b[?7l',
  wrapOn: '\u001b[?7h',
  eraseLine: '\u001b[2K',
  eraseBelow: '\u001b[J',
  moveTo: (row: number) => `\u001b[${row};1H`,
} as const;

/** A screen that is drawn on. */
export type Screen = {
  /** Replaces all that is shown. */
  draw(lines: readonly Line[]): void;
  /** Goes back to the first screen; drawing comes back to this one. */
  leave(): void;
};

/** The second screen of `output`, which is entered when something is drawn. */
export function createScreen(output: Output, paint: Painter): Screen {
  let entered = false;
  return {
    draw(lines) {
      const rows = lines.map(
        (line, index) => control.moveTo(index + 1) + control.eraseLine + line.map(paint).join(''),
      );
      const below = control.moveTo(lines.length + 1) + control.eraseBelow;
      const begin = entered ? '' : control.enter;
      entered = true;
      output.write(`${begin}${control.wrapOff}${below}${rows.join('')}${control.wrapOn}`);
    },
    leave() {
      if (entered) output.write(control.leave);
      entered = false;
    },
  };
}
