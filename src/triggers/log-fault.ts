import { inspect } from 'node:util';
import type { InvocationContext } from '@azure/functions';
import { LamplighterError } from '../core/errors.ts';

/** Logs one static message with the fault's particulars beside it. Never throws: it runs where nothing may be lost. */
export function logFault(
  context: Pick<InvocationContext, 'error' | 'functionName'>,
  message: string,
  thrown: unknown,
  fields: Readonly<Record<string, unknown>> = {},
): void {
  try {
    const particulars = {
      function: context.functionName,
      ...(thrown instanceof LamplighterError ? { code: thrown.code, retryable: thrown.retryable } : {}),
      ...fields,
      fault: thrown instanceof Error ? (thrown.stack ?? thrown.message) : inspect(thrown, { depth: 3 }),
      ...(thrown instanceof Error && thrown.cause !== undefined
        ? { cause: inspect(thrown.cause, { depth: 3 }) }
        : {}),
    };
    context.error(message, JSON.stringify(particulars));
  } catch {
    // A log that cannot be written must not replace the fault it was about.
  }
}
