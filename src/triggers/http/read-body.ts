import type { HttpRequest } from '@azure/functions';
import { LamplighterError } from '../../core/errors.ts';
import { InvalidInput } from './invalid-input.ts';
import { jsonFaultPlace } from './json-fault-place.ts';

export const defaultBodyLimitBytes = 64 * 1024;

function tooLarge(limitBytes: number): LamplighterError {
  return new LamplighterError(`The body is larger than ${limitBytes} bytes.`, {
    code: 'request.too-large',
    fault: 'caller',
    fix: 'Send less at once.',
  });
}

/** Reads the body's bytes up to the limit. The declared length is checked first, so that a large body is not read. */
export async function readBytes(request: HttpRequest, limitBytes: number): Promise<Uint8Array> {
  if (Number(request.headers.get('content-length') ?? 0) > limitBytes) throw tooLarge(limitBytes);
  const bytes = new Uint8Array(await request.arrayBuffer());
  if (bytes.byteLength > limitBytes) throw tooLarge(limitBytes);
  return bytes;
}

/** The body as JSON, `undefined` if there is none. Throws `InvalidInput` with the place of a syntax error. */
export async function readJson(request: HttpRequest, limitBytes = defaultBodyLimitBytes): Promise<unknown> {
  const bytes = await readBytes(request, limitBytes);
  if (bytes.byteLength === 0) return undefined;
  const mediaType = request.headers.get('content-type')?.split(';')[0]?.trim().toLowerCase();
  if (mediaType !== 'application/json') {
    throw new LamplighterError(
      `The body's content type is ${mediaType === undefined ? 'not given' : 'not JSON'}.`,
      {
        code: 'request.media-type',
        fault: 'caller',
        field: 'content-type',
        fix: 'Send JSON with the header "Content-Type: application/json".',
      },
    );
  }
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new InvalidInput('body', [{ field: '(whole)', detail: 'is not UTF-8' }]);
  }
  try {
    return JSON.parse(text);
  } catch (error) {
    const place = jsonFaultPlace(text, error instanceof Error ? error.message : '');
    throw new InvalidInput('body', [{ field: '(whole)', detail: `is not JSON: it goes wrong at ${place}` }]);
  }
}
