import type { DurableClient } from 'durable-functions';
import type { Caller } from '../../../auth/caller.ts';
import type { ComputeRef } from '../../../core/ids.ts';
import { LamplighterError } from '../../../core/errors.ts';
import type { ActionLink, LinkSubject } from '../../../core/links/action-link.ts';

/** Somebody who is signed in followed a link that is good and, if it names a person, theirs. */
export type LinkVisit = {
  readonly caller: Caller;
  readonly link: ActionLink;
  readonly at: number;
  readonly durable: () => DurableClient;
};

/** What is shown before anything is done. */
export type LinkOffer = {
  readonly title: string;
  /** What would be done, and what it means. */
  readonly sentence: string;
  /** On the button. */
  readonly confirm: string;
  /** It takes something away. */
  readonly danger: boolean;
  /** What else is asked: for how long, or a word for the other side. */
  readonly asks: 'duration' | 'comment' | null;
};

export type LinkAnswers = {
  readonly forMs: number | null;
  /** In place of a length: past the next stop of its schedules. */
  readonly throughTheNight: boolean;
  readonly comment: string | null;
};

/**
 * One kind of deed that messages may offer. Both members see anew whether the caller may do it, as the deed's own door
 * does, and throw if not; `act` bears being done twice. It answers what was done, in a sentence.
 */
export type LinkAction = {
  show(visit: LinkVisit): Promise<LinkOffer>;
  act(visit: LinkVisit, answers: LinkAnswers): Promise<string>;
};

const unfit = (): LamplighterError =>
  new LamplighterError('This link is about something else than its deed.', {
    code: 'link.invalid',
    fault: 'caller',
    field: 'link',
    fix: 'Open Lamplighter’s page: what can be done is offered there.',
  });

export function requestOf({ subject }: ActionLink): string {
  if (subject.kind !== 'request') throw unfit();
  return subject.requestId;
}

/** What about the compute the link is for. */
export function matterOf(link: ActionLink): string {
  const { of } = computeOf(link);
  if (of === null) throw unfit();
  return of;
}

export function computeOf({
  subject,
}: ActionLink): Extract<LinkSubject, { kind: 'compute' }> & { ref: ComputeRef } {
  if (subject.kind !== 'compute') throw unfit();
  return subject;
}
