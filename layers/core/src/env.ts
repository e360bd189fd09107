// The one place that reads the process environment.

/** The variable `name`; undefined when it is unset or empty. */
export function readEnv(name: string): string | undefined {
  return process.env[name] || undefined;
}
