import type { HttpRequest } from '@azure/functions';
import type { z } from 'zod';
import { LamplighterError } from '../../core/errors.ts';
import { noteRefusal } from '../../fleet/enrol-refuse.ts';
import type { Flow } from '../../fleet/flow.ts';
import { InvalidInput, parseInput } from './invalid-input.ts';
import { jsonFaultPlace } from './json-fault-place.ts';
import { readBytes } from './read-body.ts';

/** A report has some 300 bytes, an enrolment some 250. */
export const agentBodyLimitBytes = 2048;

/** The raw bytes, which the signature is about. A larger body is counted and refused. */
export async function readAgentBytes(flow: Flow, request: HttpRequest): Promise<Uint8Array> {
  try {
    return await readBytes(request, agentBodyLimitBytes);
  } catch (thrown) {
    if (thrown instanceof LamplighterError && thrown.code === 'request.too-large') {
      await noteRefusal(flow, 'too-large');
    }
    throw thrown;
  }
}

/** The signed bytes as JSON of this form. Throws `InvalidInput`. */
export function parseAgentBody<T>(schema: z.ZodType<T>, bytes: Uint8Array): T {
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new InvalidInput('body', [{ field: '(whole)', detail: 'is not UTF-8' }]);
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    const place = jsonFaultPlace(text, error instanceof Error ? error.message : '');
    throw new InvalidInput('body', [{ field: '(whole)', detail: `is not JSON: it goes wrong at ${place}` }]);
  }
  return parseInput('body', schema, value);
}
