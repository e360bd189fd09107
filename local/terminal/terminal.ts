// What kind of output there is: a terminal that can be redrawn, or one line after the other, and with colours or without.
import { WriteStream } from 'node:tty';
import { type Painter, paintColours, paintNothing } from './line.ts';

/** Where the system is shown; `process.stdout` is one. */
export type Output = {
  readonly isTTY?: boolean;
  readonly columns?: number;
  readonly rows?: number;
  write(text: string): unknown;
  on(event: 'resize', listener: () => void): unknown;
  off(event: 'resize', listener: () => void): unknown;
};

/** Variables that decide, such as `TERM` and `NO_COLOR`. */
export type Variables = Readonly<Record<string, string | undefined>>;

/** Columns and rows of a terminal, both at least 1. */
export type Size = { readonly columns: number; readonly rows: number };

/** The size of a terminal that reports none. */
const usualSize: Size = { columns: 80, rows: 24 };

/** Whether `output` can be redrawn in place. */
export function canRedraw(output: Output, variables: Variables): boolean {
  return output.isTTY === true && variables.TERM !== 'dumb';
}

/**
 * Colours on a terminal that has them, unless `NO_COLOR` is set (https://no-color.org) or `CLICOLOR` is 0; elsewhere where
 * `FORCE_COLOR` or `CLICOLOR_FORCE` asks for them. Where both are set, `FORCE_COLOR` is stronger than `NO_COLOR`, as in Node, and
 * that is stronger than `CLICOLOR_FORCE` (https://bixense.com/clicolors).
 */
export function choosePainter(output: Output, variables: Variables): Painter {
  const { CLICOLOR, CLICOLOR_FORCE, FORCE_COLOR, NO_COLOR, NODE_DISABLE_COLORS, ...others } =
    variables;
  const refused = Boolean(NO_COLOR || NODE_DISABLE_COLORS);
  const asked = CLICOLOR_FORCE !== undefined && !['', '0'].includes(CLICOLOR_FORCE);
  const forced = FORCE_COLOR ?? (asked && !refused ? '1' : undefined);
  if (forced === undefined && (output.isTTY !== true || refused || CLICOLOR === '0')) {
    return paintNothing;
  }
  const depth = WriteStream.prototype.getColorDepth({ ...others, FORCE_COLOR: forced });
  return depth > 1 ? paintColours : paintNothing;
}

/** The size now; some terminals report 0 while they are being made. */
export function sizeOf({ columns, rows }: Output): Size {
  return { columns: columns || usualSize.columns, rows: rows || usualSize.rows };
}
