// The environment for child processes: this process's own with changes, or only what every program needs.

/** Variables to set or, where undefined, to take away. */
export type Variables = Readonly<Record<string, string | undefined>>;

/** A copy of the environment with `changes` applied. */
export function environmentWith(changes: Variables): Record<string, string> {
  return defined({ ...process.env, ...changes });
}

/** How a program, its libraries and version managers are found, and who the user is. */
const needed =
  /^(?:PATH|HOME|USER|LOGNAME|SHELL|TMPDIR|TZ|LD_LIBRARY_PATH|DYLD_\w+|NIX_\w+|ASDF_\w+|MISE_\w+)$/;

/**
 * What every program needs of the environment, in the locale C, with `changes` applied: no variable of the user's shell
 * configures a program by accident.
 */
export function plainEnvironment(changes: Variables): Record<string, string> {
  const kept = Object.entries(process.env).filter(([name]) => needed.test(name));
  return defined({ ...Object.fromEntries(kept), LC_ALL: 'C', ...changes });
}

function defined(variables: Variables): Record<string, string> {
  return Object.fromEntries(
    Object.entries(variables).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
}
