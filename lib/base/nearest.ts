// The name that was probably meant: for the error of one that is not known.

/**
 * Edits from `a` to `b`: a letter more, less or another, or two in the wrong order (the
 * optimal string alignment distance).
 */
function distance(a: string, b: string): number {
  let before: number[] = [];
  let last: number[] = [];
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    [before, last, row] = [last, row, [i]];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1];
      let edits = Math.min(at(last, j) + 1, at(row, j - 1) + 1, at(last, j - 1) + (same ? 0 : 1));
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      if (swapped) edits = Math.min(edits, at(before, j - 2) + 1);
      row.push(edits);
    }
  }
  return at(row, b.length);
}

const at = (row: number[], index: number): number => row[index] as number;

/** How far apart, letters of either case alike; a name that goes on as `hostname` is near. */
function far(given: string, known: string): number {
  const [a, b] = [given.toLowerCase(), known.toLowerCase()];
  const longer = a.startsWith(b) || b.startsWith(a);
  return longer && Math.min(a.length, b.length) >= 3 ? 1 : distance(a, b);
}

/** A name this long is no slip of the fingers, and would take long to compare. */
const MAX_LENGTH = 64;

/** Of `known`, the name nearest to `given`; undefined when none has half of it right. */
export function nearestName(given: string, known: readonly string[]): string | undefined {
  if (given.length > MAX_LENGTH) return undefined;
  let best: string | undefined;
  let least = Number.POSITIVE_INFINITY;
  for (const name of known) {
    const edits = far(given, name);
    if (edits >= least || edits > Math.max(given.length, name.length) / 2) continue;
    least = edits;
    best = name;
  }
  return best;
}
