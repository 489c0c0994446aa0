/** The word that somebody may have meant; undefined when none is near. */
export function nearest(written: string, words: readonly string[]): string | undefined {
  const far = Math.max(1, Math.floor(written.length / 3));
  const distances = words.map((word) => ({ word, distance: editDistance(written.slice(0, 100), word) }));
  return distances.filter(({ distance }) => distance <= far).sort((a, b) => a.distance - b.distance)[0]?.word;
}

/** Letters to insert, delete or replace until one is the other (Levenshtein). */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const replaced = (row[j - 1] as number) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(replaced, (row[j] as number) + 1, (next[j - 1] as number) + 1));
    }
    row = next;
  }
  return row[b.length] as number;
}
