import { z } from 'zod';
import { computeKey, type ComputeRef, type ObjectId, parseComputeArmId } from '../ids.ts';

/** What a link in a message can ask for. Each has its words and its deed in `triggers/http/link-actions`. */
export const linkActionNames = [
  'approve',
  'reject',
  'keep',
  'start',
  'stop',
  'regret',
  'consent',
  'decline',
  'consent-deletion',
  'take',
  'leave',
] as const;
export type LinkActionName = (typeof linkActionNames)[number];

/**
 * What is acted on. `of` is what about it the link is for: the id of a warning, finding or campaign, or which of several
 * messages about the same.
 */
export type LinkSubject =
  | { readonly kind: 'request'; readonly requestId: string; readonly of: string | null }
  | { readonly kind: 'compute'; readonly ref: ComputeRef; readonly of: string | null };

/** One deed that a message offers. It gives nobody a right: who follows it is asked who they are, and whether they may. */
export type ActionLink = {
  readonly action: LinkActionName;
  readonly subject: LinkSubject;
  /** The only one who may follow it; null: whoever may do such a thing. */
  readonly person: ObjectId | null;
  readonly expiresAt: number;
};

const wire = z.object({
  v: z.literal(1),
  a: z.enum(linkActionNames),
  p: z.string().nullable(),
  e: z.number(),
  /** Request or compute: one of the two. */
  r: z.string().optional(),
  c: z.string().optional(),
  o: z.string().nullable(),
});

/** The same link is the same text, so that a message sent again offers the same deed and not a second one. */
export function linkText({ action, subject, person, expiresAt }: ActionLink): string {
  const about = subject.kind === 'request' ? { r: subject.requestId } : { c: computeKey(subject.ref) };
  return JSON.stringify({ v: 1, a: action, p: person, e: expiresAt, ...about, o: subject.of });
}

/** Reads a text whose seal was found to be ours; null: a newer or older release wrote it otherwise. */
export function parseLinkText(text: string): ActionLink | null {
  try {
    const { data } = wire.safeParse(JSON.parse(text));
    if (data === undefined) return null;
    const subject: LinkSubject =
      data.r === undefined
        ? { kind: 'compute', ref: parseComputeArmId(data.c), of: data.o }
        : { kind: 'request', requestId: data.r, of: data.o };
    return { action: data.a, subject, person: data.p as ObjectId | null, expiresAt: data.e };
  } catch {
    return null;
  }
}
