// What everything that finds, fetches or builds programs has in common.

/** A program that runs on this machine. */
export type Program = {
  readonly name: string;
  readonly path: string;
  /** What it needs in its environment, e.g. where its libraries are. */
  readonly env: Readonly<Record<string, string>>;
  readonly version: string;
};

/** Something that this machine must have is missing; the message holds the command that installs it. */
export class MissingProgramError extends Error {
  override readonly name = 'MissingProgramError';
}

/** Says what happens, a line at a time. */
export type Report = (line: string) => void;

/** Whether `version` is `oldest` or newer; both are numbers with dots. */
export function isAtLeast(version: string, oldest: string): boolean {
  const [have, want] = [version, oldest].map((text) => text.split('.').map(Number));
  for (const [index, part] of (want ?? []).entries()) {
    const difference = (have?.[index] ?? 0) - part;
    if (difference !== 0) return difference > 0;
  }
  return true;
}
