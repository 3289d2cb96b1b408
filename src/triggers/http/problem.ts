import { STATUS_CODES } from 'node:http';
import type { HttpResponseInit } from '@azure/functions';
import { z } from 'zod';
import { LamplighterError } from '../../core/errors.ts';
import { InvalidInput } from './invalid-input.ts';
import { statusOf } from './status-of.ts';

/** RFC 9457, with a code to branch on and a word on what to do. */
export const problemSchema = z.object({
  type: z.string(),
  title: z.string(),
  status: z.number().int(),
  code: z.string(),
  detail: z.string(),
  try: z.string(),
  correlationId: z.string(),
  faults: z.array(z.object({ field: z.string(), detail: z.string() })).optional(),
});
export type Problem = z.infer<typeof problemSchema>;

/** What we broke is told to our log, not to strangers. */
const internalDetail = 'Something went wrong inside Lamplighter; nothing more is known to the caller.';
const internalFix =
  'Try again in a minute; if it stays, give the correlation id to whoever runs Lamplighter.';

/** Whatever was thrown, also `undefined`, as a problem. */
export function problemOf(thrown: unknown, correlationId: string): Problem {
  const known = thrown instanceof LamplighterError ? thrown : null;
  const status = known === null ? 500 : statusOf(known);
  const code = known?.code ?? 'lamplighter.internal';
  const shown = known !== null && known.fault !== 'lamplighter';
  return {
    type: `urn:lamplighter:problem:${code}`,
    title: STATUS_CODES[status] ?? 'Error',
    status,
    code,
    detail: shown ? known.message : internalDetail,
    try: shown ? known.fix : internalFix,
    correlationId,
    ...(thrown instanceof InvalidInput ? { faults: [...thrown.faults] } : {}),
  };
}

/** Seconds a client should wait where waiting helps. */
const retryAfterSeconds: Readonly<Record<number, string>> = { 409: '5', 429: '30', 503: '30' };

export function problemResponse(problem: Problem, retryable: boolean): HttpResponseInit {
  const retryAfter = retryable ? retryAfterSeconds[problem.status] : undefined;
  return {
    status: problem.status,
    headers: {
      'content-type': 'application/problem+json',
      ...(problem.status === 401 ? { 'www-authenticate': 'Bearer' } : {}),
      ...(retryAfter === undefined ? {} : { 'retry-after': retryAfter }),
    },
    body: JSON.stringify(problem),
  };
}
