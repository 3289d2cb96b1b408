/** Edits that turn one word into the other; two letters swapped count once. */
function distance(from: string, to: string): number {
  let older: number[] = [];
  let previous = Array.from({ length: to.length + 1 }, (_, column) => column);
  for (let row = 1; row <= from.length; row++) {
    const current = [row];
    for (let column = 1; column <= to.length; column++) {
      const same = from[row - 1] === to[column - 1];
      let edits = Math.min(
        (previous[column] ?? 0) + 1,
        (current[column - 1] ?? 0) + 1,
        (previous[column - 1] ?? 0) + (same ? 0 : 1),
      );
      const swapped = from[row - 1] === to[column - 2] && from[row - 2] === to[column - 1];
      if (swapped && row > 1 && column > 1) edits = Math.min(edits, (older[column - 2] ?? 0) + 1);
      current.push(edits);
    }
    older = previous;
    previous = current;
  }
  return previous[to.length] ?? 0;
}

const longestWord = 80;

/** The known word that the one found was probably meant to be, or undefined if none is near. */
export function nearestWord(found: string, known: Iterable<string>): string | undefined {
  if (found.length > longestWord) return undefined;
  const wanted = found.toLowerCase();
  let best: string | undefined;
  let fewest = Math.max(1, Math.floor(found.length / 3)) + 1;
  for (const word of known) {
    if (Math.abs(word.length - wanted.length) >= fewest) continue;
    const edits = distance(wanted, word.toLowerCase());
    if (edits < fewest) {
      fewest = edits;
      best = word;
    }
  }
  return best;
}
