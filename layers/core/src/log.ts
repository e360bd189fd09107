// JSON lines on standard output; the one place that uses the console. Callers keep secrets out.

/** Severity. */
export type LogLevel = 'info' | 'warn' | 'error';

/** Writes one line. */
export type Log = (
  level: LogLevel,
  message: string,
  fields?: Readonly<Record<string, unknown>>,
) => void;

/** A log whose lines have the fields of `base` first. */
export function createLog(
  base: Readonly<Record<string, unknown>>,
  write: (line: string) => void = writeLine,
): Log {
  return (level, message, fields) => write(JSON.stringify({ level, message, ...base, ...fields }));
}

/** Writes one line to standard output. */
export function writeLine(line: string): void {
  console.log(line);
}
