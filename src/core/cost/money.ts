const usd = new Intl.NumberFormat('en-US', { minimumFractionDigits: 2, maximumFractionDigits: 2 });
const small = new Intl.NumberFormat('en-US', { minimumFractionDigits: 2, maximumFractionDigits: 4 });

/** `1,234.50 USD`, `0.0084 USD` for what would vanish by rounding; an unknown amount is said to be unknown. */
export function usdText(amount: number | null): string {
  if (amount === null || !Number.isFinite(amount)) return 'price unknown';
  const format = amount !== 0 && Math.abs(amount) < 0.1 ? small : usd;
  return `${format.format(amount)} USD`;
}
