// "Did you mean": the known word nearest to a mistyped one, if it is near enough to be meant.

/** The candidate within two edits (one for words of up to four letters) of `word`, else the first that goes on where it ends. */
export function suggest(word: string, candidates: Iterable<string>): string | undefined {
  const lower = word.toLowerCase();
  let limit = word.length <= 4 ? 1 : 2;
  let nearest: string | undefined;
  let longer: string | undefined;
  for (const candidate of candidates) {
    if (word.length > 3 && candidate.startsWith(`${word}_`)) longer ??= candidate;
    if (Math.abs(candidate.length - word.length) > limit) continue;
    const edits = countEdits(lower, candidate.toLowerCase(), limit);
    if (edits > limit) continue;
    if (edits === 0) return candidate;
    nearest = candidate;
    // The next one must be nearer.
    limit = edits - 1;
  }
  return nearest ?? longer;
}

/** `; did you mean "x"?` or nothing. */
export function didYouMean(word: string, candidates: Iterable<string>): string {
  const near = suggest(word, candidates);
  return near === undefined ? '' : `; did you mean ${JSON.stringify(near)}?`;
}

/** `; did you mean "x"?`, else what may stand there. */
export function meantOrOneOf(word: string, known: readonly string[]): string {
  return didYouMean(word, known) || `, want one of ${listNames(known)}`;
}

/** Names that an error lists at most: each of thousands of errors may list as many. */
const mostListed = 20;

/** `a, b, c`, of many the first ones and how many more there are. */
export function listNames(names: readonly string[]): string {
  const more = names.length - mostListed;
  const listed = names.slice(0, mostListed).join(', ');
  return more > 0 ? `${listed} and ${more} more` : listed || 'none';
}

/** What is said behind `unknown key`: the nearest of the known ones, or all where they are few enough to read; else nothing. */
export function hintOf(key: string, known: readonly string[]): string {
  const near = didYouMean(key, known);
  if (near !== '' || known.length === 0 || known.length > 8) return near;
  return known.length > 3 ? `, want one of ${known.join(', ')}` : `, want ${known.join(' or ')}`;
}

/** Levenshtein distance with adjacent transpositions counted as one edit; above `limit`, any number above it. */
function countEdits(a: string, b: string, limit: number): number {
  let same = 0;
  while (same < a.length && a.charCodeAt(same) === b.charCodeAt(same)) same += 1;
  const [restA, restB] = [a.length - same, b.length - same];
  if (restA === 0 || restB === 0) return restA + restB;
  if (limit === 0 || Math.abs(restA - restB) > limit) return limit + 1;
  // The letters that differ are another one, one too many or too few, or two that changed places.
  const skip = (ofA: number, ofB: number) =>
    countEdits(a.slice(same + ofA), b.slice(same + ofB), limit - 1);
  const isSwapped =
    a.charCodeAt(same) === b.charCodeAt(same + 1) && a.charCodeAt(same + 1) === b.charCodeAt(same);
  return 1 + Math.min(skip(1, 1), skip(1, 0), skip(0, 1), isSwapped ? skip(2, 2) : limit);
}
