// How a path is written in a command that somebody is to copy into a POSIX shell.

/** `text` as one word of the shell: as it is where nothing in it means something there, else in single quotes. */
export function shellWord(text: string): string {
  return /^[\p{L}\p{N}_./:@%+=,-]+$/u.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}
