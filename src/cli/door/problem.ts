import { LamplighterError } from '../../core/errors.ts';
import type { DoorReply } from './app-door.ts';

/** One thing that is against a request. */
export type ListedFault = { readonly field: string; readonly detail: string; readonly fix: string };

/** What the app says against a request, in its own words, each fault apart. */
export class ProblemError extends LamplighterError {
  /** What stands above the list, since the message repeats all that is in it. */
  readonly headline: string;
  readonly listed: readonly ListedFault[];
  /** What else of the answer a script may want. */
  readonly more: Readonly<Record<string, unknown>>;

  constructor(
    message: string,
    headline: string,
    listed: readonly ListedFault[],
    options: {
      readonly code: string;
      readonly retryable: boolean;
      readonly fix: string;
      readonly more: Readonly<Record<string, unknown>>;
    },
  ) {
    super(message, { ...options, fault: 'caller' });
    this.name = 'ProblemError';
    this.headline = headline;
    this.more = options.more;
    this.listed = listed;
  }
}

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');
const recordsOf = (value: unknown): readonly Readonly<Record<string, unknown>>[] =>
  Array.isArray(value)
    ? value.filter((one): one is Record<string, unknown> => typeof one === 'object' && one !== null)
    : [];

/** How a field of the API is called on the command line, where it has another name. */
export type FlagNames = Readonly<Record<string, string>>;

/** The same deed at the command line. */
const hereOf = (fix: string): string =>
  fix.replace(/POST \/api\/requests\/(r[0-9a-f]+)\/wait/, 'lamplighter waiting join $1');

/** What came of the wish to wait for room, where there was one. */
function waitingText(json: DoorReply['json']): string {
  const place = recordsOf([json['waitingPlace']])[0];
  if (place !== undefined) return `${textOf(place['sentence'])} "lamplighter waiting list" shows the place.`;
  return textOf(json['whyNoPlace']);
}

/** The fault that an answer of 300 or more tells of. */
export function problemOf(reply: DoorReply, flags: FlagNames = {}): ProblemError {
  const { status, json } = reply;
  const { requestId, waitingPlace } = json;
  const place = (field: string): string => flags[field.split('.', 1)[0] ?? ''] ?? field;
  const refusals = recordsOf(json['refusals']).map(
    (one): ListedFault => ({ field: '', detail: textOf(one['detail']), fix: hereOf(textOf(one['try'])) }),
  );
  const listed =
    refusals.length > 0
      ? refusals
      : recordsOf(json['faults']).map(
          (one): ListedFault => ({
            field: place(textOf(one['field'])),
            detail: textOf(one['detail']),
            fix: '',
          }),
        );
  const fix = refusals.length > 0 ? waitingText(json) : textOf(json['try']) || 'Try again later.';
  const headline = json['refusals'] === undefined ? 'The request cannot be used as it is:' : 'Refused:';
  return new ProblemError(textOf(json['detail']) || `Lamplighter answered ${status}.`, headline, listed, {
    code: textOf(json['code']) || 'cli.refused',
    retryable: status === 409 || status === 429 || status >= 500,
    fix: status === 401 ? `${fix} "az login" or a fresh LAMPLIGHTER_TOKEN gives a new token.` : fix,
    more: {
      ...(requestId === undefined ? {} : { requestId }),
      ...(waitingPlace == null ? {} : { waitingPlace }),
    },
  });
}

/** What was answered; throws what the app says against it, or `cli.not-lamplighter`. */
export function bodyOf<T>(reply: DoorReply, flags?: FlagNames): T {
  if (reply.status >= 300 || reply.status < 200) throw problemOf(reply, flags);
  if (reply.json['formatVersion'] === 1) return reply.json as T;
  throw new LamplighterError('What answered is not a Lamplighter that this command understands.', {
    code: 'cli.not-lamplighter',
    fault: 'caller',
    fix: 'Check --url (or LAMPLIGHTER_URL), and that this command is of the same release as the app.',
  });
}
