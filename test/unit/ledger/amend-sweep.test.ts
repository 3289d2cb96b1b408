import { describe, expect, it } from 'vitest';
import { createMemoryLedger } from '../../../src/adapters/memory/ledger.ts';
import { amendSweep, claimSweep, type LatestSweep, readLatestSweep } from '../../../src/ledger/sweeps.ts';

const sweep: LatestSweep = {
  number: 1,
  sweepId: 'sweep-20260302T0800',
  startedAt: Date.UTC(2026, 2, 2, 8),
  everyMs: 300_000,
  launched: false,
};

describe('what is noted about the latest sweep', () => {
  it('stands beside what somebody else notes at the same time', async () => {
    const ledger = createMemoryLedger();
    await claimSweep(ledger, sweep, null);
    await Promise.all([
      amendSweep(ledger, sweep.sweepId, { everyMs: 60_000 }),
      amendSweep(ledger, sweep.sweepId, { launched: true }),
    ]);
    expect((await readLatestSweep(ledger))?.latest).toEqual({ ...sweep, everyMs: 60_000, launched: true });
  });

  it('is dropped when a newer sweep has begun', async () => {
    const ledger = createMemoryLedger();
    const newer = { ...sweep, number: 2, sweepId: 'sweep-20260302T0805' };
    await claimSweep(ledger, newer, null);
    await amendSweep(ledger, sweep.sweepId, { launched: true });
    expect((await readLatestSweep(ledger))?.latest).toEqual(newer);
  });
});
