/** A failure as the Functions host would get it from the Node worker. */
export type WorkerFailure = { readonly message: string; readonly stack: string };

/** What was thrown may be anything; strings stay, objects become their JSON. */
export function workerFailure(thrown: unknown): WorkerFailure {
  if (thrown instanceof Error) return { message: thrown.message, stack: thrown.stack ?? '' };
  if (typeof thrown === 'object' && thrown !== null && 'message' in thrown && 'stack' in thrown) {
    return { message: String(thrown.message), stack: String(thrown.stack) };
  }
  const message = typeof thrown === 'string' ? thrown : (JSON.stringify(thrown) ?? String(thrown));
  return { message, stack: new Error(message).stack ?? '' };
}

/** The text the host gives to an exception that came from the worker. */
export function rpcExceptionText({ message, stack }: WorkerFailure): string {
  return `Result: Failure\nException: ${message}\nStack: ${stack}`;
}
