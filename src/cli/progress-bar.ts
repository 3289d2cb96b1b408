export type ProgressBar = {
  /** `done` of all, and what is at work now. */
  show(done: number, what: string): void;
  /** Takes it away before other output. */
  clear(): void;
};

const width = 24;

/** A bar in the last line of a terminal; nothing at all where there is no terminal, or only one thing to do. */
export function progressBar(
  stream: { readonly isTTY?: boolean; readonly columns?: number; write(text: string): unknown },
  total: number,
): ProgressBar {
  if (stream.isTTY !== true || total < 2) return { show: () => undefined, clear: () => undefined };
  return {
    show(done, what) {
      const full = Math.round((done / total) * width);
      const bar = `${'█'.repeat(full)}${'░'.repeat(width - full)} ${done}/${total} ${what}`;
      stream.write(`\r\u001b[2K${bar.slice(0, (stream.columns ?? 80) - 1)}`);
    },
    clear: () => void stream.write('\r\u001b[2K'),
  };
}
