import { LamplighterError } from '../../core/errors.ts';
import type { Consent, FindingRecord } from '../../core/findings/types.ts';
import type { Person } from '../../core/computes.ts';
import { readOpenFinding, replaceFinding } from '../../ledger/findings.ts';
import type { Flow } from '../flow.ts';
import { listFindings } from './list-findings.ts';

const attempts = 5;
const dayMs = 86_400_000;
const defaultMs = 7 * dayMs;
const longestMs = 30 * dayMs;

export type Consenting = {
  readonly findingId: string;
  readonly by: Person;
  readonly isAdmin: boolean;
};

const missing = (): LamplighterError =>
  new LamplighterError('There is no such open finding of yours.', {
    code: 'finding.not-found',
    fault: 'caller',
    field: 'findingId',
    fix: 'Take the id from the list of findings; one that was fixed and came back has a new id.',
  });

/** An admin; of one's own forgotten machine its owner; of a machine whose owner is gone their manager. */
function mayConsent({ code, owner, manager }: FindingRecord, { by, isAdmin }: Consenting): boolean {
  if (isAdmin) return true;
  if (code === 'instance.forgotten') return owner?.objectId === by.objectId;
  return code === 'owner.gone' && manager != null && manager === by.objectId;
}

/** The open finding about which this person may consent. Throws `finding.not-found`. */
export async function consentableFinding(flow: Flow, who: Consenting): Promise<FindingRecord> {
  const found = (await listFindings(flow)).find(({ findingId }) => findingId === who.findingId);
  if (found === undefined || found.fixedAt !== null || !mayConsent(found, who)) throw missing();
  return found;
}

async function change(
  flow: Flow,
  who: Consenting,
  next: (record: FindingRecord) => Consent | null,
): Promise<FindingRecord> {
  const found = await consentableFinding(flow, who);
  for (let attempt = 0; attempt < attempts; attempt += 1) {
    const stored = await readOpenFinding(flow.ports.ledger, found.code, found.about);
    if (stored === null || stored.record.findingId !== who.findingId) throw missing();
    const changed = { ...stored.record, consent: next(stored.record) };
    if (await replaceFinding(flow.ports.ledger, stored, changed)) return changed;
  }
  throw new LamplighterError('The finding changes all the time.', {
    code: 'finding.conflict',
    fault: 'lamplighter',
    retryable: true,
    fix: 'Try again in a moment.',
  });
}

/**
 * Records somebody's consent that the machine of a finding may be deleted: that very machine, until a time, while it stays
 * off. Throws `finding.not-found`, `finding.no-remedy`, `finding.unconfirmed` and `finding.until-invalid`.
 */
export async function consentToDelete(
  flow: Flow,
  who: Consenting & { readonly compute: string; readonly until: number | null },
): Promise<FindingRecord> {
  const at = flow.ports.clock.now();
  const until = who.until ?? at + defaultMs;
  if (until <= at || until > at + longestMs) {
    throw new LamplighterError('A consent holds for a time in the next 30 days.', {
      code: 'finding.until-invalid',
      fault: 'caller',
      field: 'until',
      fix: 'Give a date within 30 days, or leave it out: then it holds for 7 days.',
    });
  }
  return change(flow, who, (record) => {
    if (record.remedy?.kind !== 'delete') {
      throw new LamplighterError(
        'The policy does not let Lamplighter delete for this finding, or it is not stopped.',
        {
          code: 'finding.no-remedy',
          fault: 'caller',
          field: 'findingId',
          fix: 'Delete it yourself, or let an admin set forgotten.remedy: delete, or owners.deleteAfter.',
        },
      );
    }
    const name = record.about.kind === 'compute' ? record.about.ref.compute : '';
    if (name.toLowerCase() !== who.compute.toLowerCase()) {
      throw new LamplighterError(`The finding is about ${name}, and the consent names ${who.compute}.`, {
        code: 'finding.unconfirmed',
        fault: 'caller',
        field: 'compute',
        fix: `Name the machine once more, ${name}: its OS disk, /tmp and installed packages go for good.`,
      });
    }
    return { by: who.by, at, until, createdAt: record.remedy.createdAt };
  });
}

/** Takes a consent back, as long as nothing was deleted. */
export const withdrawConsent = (flow: Flow, who: Consenting): Promise<FindingRecord> =>
  change(flow, who, () => null);
