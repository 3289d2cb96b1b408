import { computeKey, shortHash } from '../core/ids.ts';
import type { Enrolment } from '../core/session/enrolment.ts';
import type { RecordedDecision } from '../ledger/decisions.ts';
import { readEnrolment } from '../ledger/enrolments.ts';
import { changeEnrolment } from './enrol-signed.ts';
import type { Flow } from './flow.ts';
import { deliver, pagePathOf } from './tell.ts';

/** Nobody is asked about the same instance more often. */
const againAfterMs = 7 * 86_400_000;

export type Invited =
  | { readonly outcome: 'sent' }
  | { readonly outcome: 'skipped'; readonly why: 'enrolled' | 'invited-lately' | 'no-owner' }
  | { readonly outcome: 'undelivered'; readonly why: string };

export const isEnrolled = (enrolment: Enrolment | undefined, now: number): boolean =>
  enrolment?.keys.some((key) => key.validUntil === null || now < key.validUntil) ?? false;

/** Asks the owner of an instance that cannot be judged to bring the agent onto it. The message holds no code. */
export async function invite(flow: Flow, decision: RecordedDecision): Promise<Invited> {
  const { ledger, clock } = flow.ports;
  const { ref, owner } = decision;
  const now = clock.now();
  if (owner === null) return { outcome: 'skipped', why: 'no-owner' };
  const stored = await readEnrolment(ledger, ref);
  if (isEnrolled(stored.enrolment, now)) return { outcome: 'skipped', why: 'enrolled' };
  const { invitedAt } = stored.enrolment;
  if (invitedAt !== null && now - invitedAt < againAfterMs) {
    return { outcome: 'skipped', why: 'invited-lately' };
  }
  const delivery = await deliver(flow, {
    id: `invitation-${shortHash(`${computeKey(ref)}|${now}`, 16)}`,
    kind: 'invitation',
    to: owner,
    compute: ref,
    title: `${ref.compute}: let Lamplighter see when you use it`,
    sentence:
      `Azure shows too little of ${ref.compute} to tell whether it is used. A small agent on it would say whether kernels, terminals, connections and load are busy or idle, and nothing else; ` +
      'your page gives you one line to install it and one to remove it. It is neither a setup script, which would turn single sign-on off, nor a custom application, which would keep the platform’s own idle shutdown from firing.',
    links: [{ label: 'Get the line', path: `${pagePathOf(ref)}&do=enrol` }],
  });
  if (!delivery.accepted) return { outcome: 'undelivered', why: delivery.why };
  await changeEnrolment(flow, stored, (enrolment) => ({
    ok: true,
    enrolment: { ...enrolment, invitedAt: now },
  }));
  return { outcome: 'sent' };
}
