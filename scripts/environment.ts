// The environment for child processes: this process's own with some variables set or (undefined) taken away.

/** A copy of the environment with `changes` applied. */
export function environmentWith(
  changes: Readonly<Record<string, string | undefined>>,
): Record<string, string> {
  const merged = { ...process.env, ...changes };
  return Object.fromEntries(
    Object.entries(merged).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
}
