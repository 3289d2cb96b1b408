import { describe, expect, it } from 'vitest';
import { createMemoryLedger } from '../../../src/adapters/memory/ledger.ts';
import type { FindingRecord } from '../../../src/core/findings/types.ts';
import { parseComputeArmId, parseObjectId } from '../../../src/core/ids.ts';
import { readOpenFinding, replaceFinding, writeFindings } from '../../../src/ledger/findings.ts';
import { partitionOf } from '../../../src/ledger/partitions.ts';
import type { Ledger } from '../../../src/ports/ledger.ts';

const now = Date.parse('2026-03-02T08:00:00Z');
const ref = parseComputeArmId(
  '/subscriptions/6123c8a0-a3e7-4fe1-8906-ef18a66f6247/resourceGroups/rg/providers/Microsoft.MachineLearningServices/workspaces/ws1/computes/ci-ada',
);
const ada = { objectId: parseObjectId('00000000-0000-4000-8000-00000000000a'), name: 'ada' };
const record: FindingRecord = {
  code: 'instance.forgotten',
  about: { kind: 'compute', ref },
  owner: ada,
  sentence: 'It is off for 40 days.',
  fix: 'Delete it.',
  usdPerMonth: null,
  remedy: { kind: 'delete', createdAt: 1 },
  findingId: 'f1',
  raisedAt: now,
  seenAt: now,
  toldAt: now,
  tellings: 1,
  accepted: null,
  fixedAt: null,
  fixedToldAt: null,
  notice: null,
  consent: { by: ada, at: now, until: now + 1000, createdAt: 1 },
};

describe('the findings that a sweep writes', () => {
  it('keep a consent withdrawn that is taken back at the same moment', async () => {
    const ledger = createMemoryLedger();
    const partition = partitionOf(ref);
    await writeFindings(ledger, partition, [{ record, over: false }], []);
    const before = await readOpenFinding(ledger, record.code, record.about);
    if (before === null) throw new Error('It is not written.');
    let withdrawn = false;
    const withdraw = async (): Promise<void> => {
      if (withdrawn) return;
      withdrawn = true;
      expect(await replaceFinding(ledger, before, { ...before.record, consent: null })).toBe(true);
    };
    const late: Ledger = {
      ...ledger,
      write: async (...given) => {
        await withdraw();
        return ledger.write(...given);
      },
      transact: async (...given) => {
        await withdraw();
        return ledger.transact(...given);
      },
    };
    const seen = { ...record, sentence: 'It is off for 41 days.' };
    await writeFindings(late, partition, [{ record: seen, over: false }], [before]);
    const after = await readOpenFinding(ledger, record.code, record.about);
    expect(after?.record).toMatchObject({ sentence: 'It is off for 41 days.', consent: null });
  });
});
