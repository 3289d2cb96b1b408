import type { TypedData } from '../host/types.ts';
import { netNumber, netNumberJson } from './net-json.ts';

/**
 * An activity's input as its trigger gets it. Null and absent are no value; a string goes as it stands (the library has already
 * written it as JSON); a boolean becomes the .NET words, which the library then takes for text.
 */
export function activityInput(input: unknown, booleansStay: boolean): string | null {
  if (input === undefined || input === null) return null;
  if (typeof input === 'string') return input;
  if (typeof input === 'boolean' && !booleansStay) return input ? 'True' : 'False';
  return netNumberJson(JSON.stringify(input));
}

/** What an activity returned, as JSON for its history; null if it returned nothing. */
export function activityResult(value: TypedData | null): string | null {
  if (value === null) return null;
  if (typeof value.string === 'string') return JSON.stringify(value.string);
  if (typeof value.json === 'string') return netNumberJson(value.json);
  if (typeof value.int === 'number') return String(value.int);
  if (value.double !== undefined && value.double !== null) return doubleJson(value.double);
  if (value.bytes !== undefined && value.bytes !== null)
    return JSON.stringify(Buffer.from(value.bytes).toString('base64'));
  return null;
}

function doubleJson(value: number): string {
  if (Number.isNaN(value)) return '"NaN"';
  if (!Number.isFinite(value)) return value > 0 ? '"Infinity"' : '"-Infinity"';
  return netNumber(value);
}
