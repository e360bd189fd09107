// YACE's spelling of CloudWatch's names in Prometheus (promutil.PromString and PromStringTag). Pure.
import type { NamedValue } from '@fargaze/core/internal';

const separators = /[ ,\t/\\.\-:=@<>()\u201c]/;
const everySeparator = new RegExp(separators, 'g');

/** Snake case: `_` before an upper-case letter that follows a lower-case one or a digit. */
export const yaceSnake = memoize((text) => {
  let previous = '';
  let result = '';
  for (const character of text) {
    if (separators.test(character)) result += '_';
    else if (character === '%') result += '_percent';
    else {
      if (/\p{Lu}/u.test(character) && /[\p{Ll}\p{Nd}]/u.test(previous)) result += '_';
      result += character.toLowerCase();
    }
    previous = character;
  }
  return result;
});

/** A name as part of a label, its case kept. */
export const yaceLabel = memoize((name) =>
  name
    .replaceAll('%', '_percent')
    .replaceAll(everySeparator, '_')
    .replaceAll(/[^a-zA-Z0-9_]/gu, '_'),
);

/** Tags as labels `tag_<key>`. */
export function tagLabels(tags: readonly NamedValue[]): Record<string, string> {
  return dropEmpty(
    Object.fromEntries(tags.map(({ name, value }) => [`tag_${yaceLabel(name)}`, value])),
  );
}

/** Labels without the empty ones: they mean the same as none, and remote write must not carry them. */
export function dropEmpty(labels: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(labels).filter(([, value]) => value !== ''));
}

/** Remembers the result for each text: a fleet has many series and few names. Starts anew at 10,000 texts. */
function memoize(work: (text: string) => string): (text: string) => string {
  const known = new Map<string, string>();
  return (text) => {
    const found = known.get(text);
    if (found !== undefined) return found;
    if (known.size >= 10_000) known.clear();
    const made = work(text);
    known.set(text, made);
    return made;
  };
}
