import { LamplighterError } from '../../core/errors.ts';
import type { FindingRecord } from '../../core/findings/types.ts';
import { partitionOfFinding, readOpenFinding, replaceFinding } from '../../ledger/findings.ts';
import type { Flow } from '../flow.ts';
import { listFindings } from './list-findings.ts';

const attempts = 5;

function missing(): LamplighterError {
  return new LamplighterError('There is no such open finding.', {
    code: 'finding.not-found',
    fault: 'caller',
    field: 'findingId',
    fix: 'Take the id from the list of findings; one that was fixed and came back has a new id.',
  });
}

/** Silences one finding until a time. Throws `finding.not-found`, and `finding.until-past` for a time that has gone. */
export async function acceptFinding(
  flow: Flow,
  findingId: string,
  acceptance: { readonly until: number; readonly by: string; readonly why: string | null },
): Promise<FindingRecord> {
  const { ledger, clock } = flow.ports;
  const at = clock.now();
  if (acceptance.until <= at) {
    throw new LamplighterError('The date until which the finding is accepted has passed.', {
      code: 'finding.until-past',
      fault: 'caller',
      field: 'until',
      fix: 'Give a date in the future.',
    });
  }
  const found = (await listFindings(flow)).find((record) => record.findingId === findingId);
  if (found === undefined || found.fixedAt !== null) throw missing();
  for (let attempt = 0; attempt < attempts; attempt += 1) {
    const stored = await readOpenFinding(ledger, found.code, found.about);
    if (stored === null || stored.record.findingId !== findingId || stored.record.fixedAt !== null) {
      throw missing();
    }
    const accepted = { ...stored.record, accepted: { ...acceptance, at } };
    if (await replaceFinding(ledger, stored, accepted)) return accepted;
  }
  throw new LamplighterError(`The finding in ${partitionOfFinding(found.about)} changes all the time.`, {
    code: 'finding.conflict',
    fault: 'lamplighter',
    retryable: true,
    fix: 'Try again in a moment.',
  });
}
