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
 * Colours on a terminal that has them, unless `NO_COLOR` is set (https://no-color.org); elsewhere where `FORCE_COLOR` asks for
 * them. Node's own rules decide between the two.
 */
export function choosePainter(output: Output, variables: Variables): Painter {
  const { FORCE_COLOR, NO_COLOR, NODE_DISABLE_COLORS, ...others } = variables;
  if (FORCE_COLOR === undefined && (output.isTTY !== true || NO_COLOR || NODE_DISABLE_COLORS)) {
    return paintNothing;
  }
  const depth = WriteStream.prototype.getColorDepth({ ...others, FORCE_COLOR });
  return depth > 1 ? paintColours : paintNothing;
}

/** The size now; some terminals report 0 while they are being made. */
export function sizeOf({ columns, rows }: Output): Size {
  return { columns: columns || usualSize.columns, rows: rows || usualSize.rows };
}
