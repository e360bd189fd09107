// Names with `*`, as events and the bridge's filters have them.

/** Whether `name` is what `pattern` says; `*` stands for any text, the rest for itself. */
export function matchesName(name: string, pattern: string): boolean {
  const parts = pattern.split('*').map((part) => part.replace(/[\\^$.+?()[\]{}|]/g, '\\$&'));
  return new RegExp(`^${parts.join('.*')}$`, 's').test(name);
}
