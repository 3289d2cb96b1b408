/** `*` stands for any characters, also none; everything else for itself. Case does not matter. */
export function globMatches(glob: string, text: string): boolean {
  const pattern = glob.toLowerCase();
  const subject = text.toLowerCase();
  // Two fingers and one place to go back to: time grows with pattern × text, whatever the number of stars.
  let at = 0;
  let inPattern = 0;
  let star = -1;
  let resumeAt = 0;
  while (at < subject.length) {
    if (pattern[inPattern] === '*') {
      star = inPattern++;
      resumeAt = at;
    } else if (pattern[inPattern] === subject[at]) {
      inPattern++;
      at++;
    } else if (star >= 0) {
      inPattern = star + 1;
      at = ++resumeAt;
    } else return false;
  }
  while (pattern[inPattern] === '*') inPattern++;
  return inPattern === pattern.length;
}

/** True for globs that hold for every text. */
export const isCatchAll = (glob: string): boolean => /^\*+$/.test(glob);
