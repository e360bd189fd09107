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
  return (level, message, fields) =>
    write(escapeObeyed(JSON.stringify({ level, message, ...base, ...fields })));
}

/** Characters that JSON lets through although a terminal or a reader of lines obeys them: C1 controls, marks of direction, ends of lines. */
const obeyed = /[\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;

function escapeObeyed(json: string): string {
  return json.replace(obeyed, (one) => `\\u${one.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/** Writes one line to standard output. */
export function writeLine(line: string): void {
  console.log(line);
}
