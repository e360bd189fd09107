// Names with `*`, as events and the bridge's filters have them. An event may bring any pattern, so the time that one takes
// grows with the lengths of both texts only, however many `*` it has.

/** Whether `name` is what `pattern` says; `*` stands for any text, the rest for itself. */
export function matchesName(name: string, pattern: string): boolean {
  const [first = '', ...parts] = pattern.split('*');
  const last = parts.pop();
  if (last === undefined) return name === pattern;
  const end = name.length - last.length;
  if (end < first.length || !name.startsWith(first) || !name.endsWith(last)) return false;
  // The leftmost place of each part leaves the most room for those behind it.
  let at = first.length;
  for (const part of parts) {
    const found = name.indexOf(part, at);
    if (found < 0 || found + part.length > end) return false;
    at = found + part.length;
  }
  return true;
}
