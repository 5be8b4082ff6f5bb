const LONGEST = 40;

/** How many letters must be put in, taken out or exchanged to make one word of the other (Levenshtein). */
const distance = (one: string, other: string): number => {
  let row = Array.from({ length: other.length + 1 }, (_, index) => index);
  for (const [index, letter] of [...one].entries()) {
    const next = [index + 1];
    for (let column = 1; column <= other.length; column += 1) {
      const exchanged = (row[column - 1] ?? 0) + (other[column - 1] === letter ? 0 : 1);
      next.push(Math.min(exchanged, (row[column] ?? 0) + 1, (next[column - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row.at(-1) ?? 0;
};

/** The known word that was most likely meant, if any is near. */
export const closest = (word: string, known: readonly string[]): string | undefined => {
  if (word.length > LONGEST) return undefined;
  const lower = word.toLowerCase();
  const nearest = known
    .map((one) => ({ one, far: distance(lower, one.toLowerCase()) }))
    .sort((a, b) => a.far - b.far)
    .find(({ one, far }) => far <= Math.max(2, Math.floor(one.length / 3)));
  return nearest?.one;
};

/** ` Did you mean "x"?`, or nothing. */
export const didYouMean = (word: unknown, known: readonly string[]): string => {
  const meant = typeof word === 'string' ? closest(word, known) : undefined;
  return meant === undefined ? '' : ` Did you mean "${meant}"?`;
};
