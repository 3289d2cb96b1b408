const marker = Symbol.for('lamplighter.stray-rejections');
type Marked = { [marker]?: (reason: unknown) => void };

/**
 * A promise nobody waited for would end the worker process when it fails, and three ended workers in a row the host.
 * Every handler waits for what it starts, so this is the last line: such a failure is logged and work goes on.
 * A bundle that is loaded again in the same process replaces its former listener.
 */
export function surviveStrayRejections(log: (message: string, reason: unknown) => void): void {
  const holder = process as Marked;
  const former = holder[marker];
  if (former !== undefined) process.off('unhandledRejection', former);
  const listener = (reason: unknown): void => log('A promise that nobody waited for failed', reason);
  holder[marker] = listener;
  process.on('unhandledRejection', listener);
}
