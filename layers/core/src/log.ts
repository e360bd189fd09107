// JSON lines on standard output; the one place that uses the console. Callers keep secrets out.

/** Severity, most severe last. */
export type LogLevel = 'debug' | 'info' | 'warn' | 'error';

/** Writes one line. */
export type Log = (
  level: LogLevel,
  message: string,
  fields?: Readonly<Record<string, unknown>>,
) => void;

const order: readonly LogLevel[] = ['debug', 'info', 'warn', 'error'];

/** A log of lines of at least severity `least`, each with `base` fields first. */
export function createLog(
  base: Readonly<Record<string, unknown>>,
  least: LogLevel = 'info',
  write: (line: string) => void = writeLine,
): Log {
  return (level, message, fields) => {
    if (order.indexOf(level) < order.indexOf(least)) return;
    write(JSON.stringify({ level, message, ...base, ...fields }));
  };
}

/** Writes one line to standard output. */
export function writeLine(line: string): void {
  console.log(line);
}
