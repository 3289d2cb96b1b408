/** Crashes further apart than this do not count as a row. */
const ROW_GAP_MS = 30 * 60_000;
const CRASHES_IN_A_ROW = 3;

export type CrashGuardOptions = {
  readonly now: () => number;
  /** Fails what is in flight and says what happened. */
  readonly onCrash: (error: unknown, kind: 'uncaught exception' | 'unhandled rejection') => void;
  /** The third crash in a row. The host cannot go on. */
  readonly onGiveUp: () => void;
};

/**
 * Takes uncaught exceptions of this process; to Node an unhandled rejection is one too, unless somebody listens for
 * `unhandledRejection`. The Azure worker listens for exceptions only, so an app with a listener of its own for
 * rejections survives them there, and here. Each exception kills that worker, whose running requests get a 500, and a
 * new worker starts; the third in a row ends the host. Here app and host share one process: what is in flight fails in
 * the same way, but the app's memory lives on, and `process.exit` in a handler ends the host at once. Returns a function
 * that lets go.
 */
export function guardProcess(options: CrashGuardOptions): () => void {
  let crashes = 0;
  let lastAt = Number.NEGATIVE_INFINITY;
  const take = (error: unknown, origin: NodeJS.UncaughtExceptionOrigin): void => {
    const now = options.now();
    crashes = now - lastAt > ROW_GAP_MS ? 1 : crashes + 1;
    lastAt = now;
    options.onCrash(error, origin === 'unhandledRejection' ? 'unhandled rejection' : 'uncaught exception');
    if (crashes >= CRASHES_IN_A_ROW) options.onGiveUp();
  };
  process.on('uncaughtException', take);
  return () => {
    process.off('uncaughtException', take);
  };
}
