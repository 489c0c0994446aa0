/**
 * Puts targets into the order in which they are tried (ORIG-3): lowest priority first; inside one priority at random in
 * proportion to weight, without replacement, so that the targets left keep their proportions (60/20/20 becomes 50/50 once the
 * first has failed).
 *
 * @param random one draw in [0, 1); taken once for each choice between two or more
 */
export function inOrderOfTrial<Row extends { readonly priority: number; readonly weight: number }>(
  rows: readonly Row[],
  random: () => number,
): readonly Row[] {
  const byPriority = rows.toSorted((a, b) => a.priority - b.priority);
  const ordered: Row[] = [];
  let start = 0;
  while (start < byPriority.length) {
    const priority = byPriority[start]?.priority;
    let end = start + 1;
    while (end < byPriority.length && byPriority[end]?.priority === priority) end++;
    drawAll(byPriority.slice(start, end), random, ordered);
    start = end;
  }
  return ordered;
}

/** Moves every row from `left` to `ordered`, drawing among those left each time. */
function drawAll<Row extends { readonly weight: number }>(left: Row[], random: () => number, ordered: Row[]): void {
  while (left.length > 0) {
    const index = left.length === 1 ? 0 : draw(left, random());
    ordered.push(...left.splice(index, 1));
  }
}

function draw(rows: readonly { readonly weight: number }[], fraction: number): number {
  const total = rows.reduce((sum, row) => sum + row.weight, 0);
  let point = fraction * total;
  for (const [index, row] of rows.entries()) {
    point -= row.weight;
    if (point < 0) return index;
  }
  return rows.length - 1;
}
