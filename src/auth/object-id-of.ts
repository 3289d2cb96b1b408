import { type ObjectId, parseObjectId } from '../core/ids.ts';
import { signInInvalid } from './faults.ts';

/** The object id a sign-in claims; a malformed one is a bad sign-in, not a bad request. */
export function objectIdOf(claim: unknown): ObjectId {
  if (claim === undefined) throw signInInvalid('it does not say whose it is (claim "oid")');
  try {
    return parseObjectId(claim);
  } catch (error) {
    throw signInInvalid('its claim "oid" is no object id', error);
  }
}
