// `${NAME}` and `${NAME:-default}` in targets, so that one fargaze.yml serves every stage.

const variable = /\$\{([^}]*)\}/g;
const form = /^([A-Za-z_][A-Za-z0-9_]*)(?::-(.*))?$/s;

/** What is wrong with the variables of `text`; undefined when nothing is. */
export function checkVariables(text: string): string | undefined {
  for (const [whole, inner = ''] of text.matchAll(variable)) {
    if (!form.test(inner)) return `${whole} is no variable, want \${NAME} or \${NAME:-default}`;
  }
  return undefined;
}

/** `text` with variables filled in, and the names of those that have neither value nor default. */
export function interpolate(
  text: string,
  read: (name: string) => string | undefined,
): { readonly text: string; readonly unset: readonly string[] } {
  const unset: string[] = [];
  const filled = text.replace(variable, (_, inner: string) => {
    const [, name = '', fallback] = form.exec(inner) ?? [];
    const value = read(name) || fallback;
    if (value === undefined) unset.push(name);
    return value ?? '';
  });
  return { text: filled, unset };
}
