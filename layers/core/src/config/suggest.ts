// "Did you mean": the known word nearest to a mistyped one, if it is near enough to be meant.

/** The candidate within two edits (one for words of up to four letters) of `word`, else the first that goes on where it ends. */
export function suggest(word: string, candidates: Iterable<string>): string | undefined {
  const limit = word.length <= 4 ? 1 : 2;
  const all = [...candidates];
  const longer = all.find((one) => word.length > 3 && one.startsWith(`${word}_`));
  let best: { readonly candidate: string; readonly distance: number } | undefined;
  // As many letters more or less are as many edits.
  const near = all.filter((one) => Math.abs(one.length - word.length) <= limit);
  for (const candidate of near) {
    const distance = editDistance(word.toLowerCase(), candidate.toLowerCase());
    if (distance <= limit && (best === undefined || distance < best.distance)) {
      best = { candidate, distance };
    }
  }
  return best?.candidate ?? longer;
}

/** `; did you mean "x"?` or nothing. */
export function didYouMean(word: string, candidates: Iterable<string>): string {
  const near = suggest(word, candidates);
  return near === undefined ? '' : `; did you mean ${JSON.stringify(near)}?`;
}

/** What is said behind `unknown key`: the nearest of the known ones, or all where they are few enough to read; else nothing. */
export function hintOf(key: string, known: readonly string[]): string {
  const near = didYouMean(key, known);
  if (near !== '' || known.length === 0 || known.length > 8) return near;
  return known.length > 3 ? `, want one of ${known.join(', ')}` : `, want ${known.join(' or ')}`;
}

/** Levenshtein distance with adjacent transpositions counted as one edit. */
function editDistance(a: string, b: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const substitution = (last[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      let cost = Math.min((last[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, substitution);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        cost = Math.min(cost, (beforeLast[j - 2] ?? 0) + 1);
      }
      row.push(cost);
    }
    beforeLast = last;
    last = row;
  }
  return last[b.length] ?? 0;
}
