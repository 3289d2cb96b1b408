/** What an element is, in words that outlive a redraw: its own, and of what card or row it is part. */
const keyOf = (target: Element): string =>
  [
    target.tagName,
    target.textContent,
    target.closest('tr, .card, section')?.querySelector('th, b, h2')?.textContent,
  ].join('|');

const focusable = 'button, a, summary, input, select, textarea';

/** Redraws a part of the page: who has the keyboard keeps it, and what was unfolded stays so. */
export function redraw(part: HTMLElement, draw: () => void): void {
  const active = document.activeElement;
  const focused = active !== null && part.contains(active) ? keyOf(active) : null;
  const unfolded = new Set([...part.querySelectorAll('details[open] > summary')].map(keyOf));
  draw();
  for (const details of part.querySelectorAll('details')) {
    const summary = details.querySelector('summary');
    if (summary !== null && unfolded.has(keyOf(summary))) details.open = true;
  }
  if (focused !== null) focusOn(part, focused);
}

function focusOn(part: Element, key: string): void {
  const again = [...part.querySelectorAll<HTMLElement>(focusable)].find((one) => keyOf(one) === key);
  again?.focus({ preventScroll: true });
}

/** Remembers who has the keyboard; the answer gives it back, also when the page was drawn anew meanwhile. */
export function rememberFocus(): () => void {
  const active = document.activeElement;
  const key = active === null ? null : keyOf(active);
  return () => {
    if (key !== null) focusOn(document.body, key);
  };
}
