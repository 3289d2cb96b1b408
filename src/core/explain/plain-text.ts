/** Words from outside (names, Azure's texts) as part of a sentence: one line, no control characters, not endless. */
export function plainText(text: string, atMost = 160): string {
  const line = text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\s]+/gu, ' ').trim();
  return line.length <= atMost ? line : `${line.slice(0, atMost - 1).trimEnd()}…`;
}

/** At most so many decimals, none that say nothing: `0.4`, `35`. */
export const numberText = (value: number, decimals = 1): string => String(Number(value.toFixed(decimals)));
