// Where a command writes: results to standard output, notes and errors to standard error. Colours only where a terminal shows
// them. A reader that has gone (`| head`) ends the command without a word.
import type { Readable, Writable } from 'node:stream';
import { isatty, type WriteStream } from 'node:tty';
import { environmentWith } from '../../build/environment.ts';
import { type Painter, paintNothing, type Style, span } from '../../local/terminal/line.ts';
import { choosePainter, sizeOf } from '../../local/terminal/terminal.ts';
import { isAsciiOnly, toAscii } from './letters.ts';

/** What a command writes to, and asks. */
export type Io = {
  /** Writes a result; a line feed is added. */
  readonly out: (text: string) => void;
  /** Writes an error. */
  readonly fail: (text: string) => void;
  /** Writes what is no result: warnings, what was done, what to do next. Nothing with `--quiet`. */
  readonly note: (text: string) => void;
  /** A text in a style, as far as results are shown in colours. */
  readonly paint: (text: string, style: Style) => string;
  /** Columns of the terminal that results go to; undefined where they go elsewhere. */
  readonly columns: number | undefined;
  /** Whether a person can be asked. */
  readonly canAsk: boolean;
  readonly input: Readable;
  readonly prompts: Writable;
};

/** The standard streams. */
export function standardIo({ plain, quiet }: { plain: boolean; quiet: boolean }): Io {
  const { stderr, stdout } = process;
  for (const stream of [stdout, stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      // What was asked for is known by then, and nobody reads the rest.
      if (error.code === 'EPIPE') process.exit(process.exitCode ?? 0);
      if (stream === stdout)
        stderr.write(`fargaze: standard output cannot be written (${error.code})\n`);
      process.exit(2);
    });
  }
  const variables = environmentWith({});
  const painter: Painter = plain ? paintNothing : choosePainter(stdout, variables);
  const ascii = isAsciiOnly(variables);
  const write = (stream: WriteStream, text: string) =>
    stream.write(`${ascii && stream.isTTY ? toAscii(text) : text}\n`);
  return {
    out: (text) => void write(stdout, text),
    fail: (text) => void write(stderr, text),
    note: (text) => {
      if (!quiet) write(stderr, text);
    },
    paint: (text, style) => painter(span(text, style)),
    columns: stdout.isTTY === true ? sizeOf(stdout).columns : undefined,
    canAsk: isatty(0) && stderr.isTTY === true,
    // Opened only when asked for: after that a pipe that is empty for a moment can no longer be read as a configuration.
    get input() {
      return process.stdin;
    },
    prompts: stderr,
  };
}
