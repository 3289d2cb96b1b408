import { beforeEach, describe, expect, it } from 'vitest';
import { createMemoryLedger } from '../../../src/adapters/memory/ledger.ts';
import { computeKey, parseComputeRef, shortHash } from '../../../src/core/ids.ts';
import type { Decision } from '../../../src/core/idle/types.ts';
import { insertAlert } from '../../../src/ledger/alerts.ts';
import {
  forgetDecisions,
  readDecision,
  readDecisionHistory,
  readWorkspaceDecisions,
  recordDecision,
  recordDecisions,
} from '../../../src/ledger/decisions.ts';
import { leaveStopPlace, takeStopPlace } from '../../../src/ledger/due-stops.ts';
import { isHalted, readHalt } from '../../../src/ledger/flags.ts';
import { nothingObserved, readObservations, writeObservations } from '../../../src/ledger/observations.ts';
import { placeOf } from '../../../src/ledger/partitions.ts';
import { readReports, storeReport } from '../../../src/ledger/reports.ts';
import { endSaving, openSaving, readSavings, type Saving } from '../../../src/ledger/savings.ts';
import { readSnooze, readSnoozes, writeSnooze } from '../../../src/ledger/snoozes.ts';
import { claimSweep, readLatestSweep } from '../../../src/ledger/sweeps.ts';
import { countInTally, readTally } from '../../../src/ledger/tallies.ts';
import { dayMs } from '../../../src/ledger/time-key.ts';
import {
  closeWarning,
  insertWarning,
  readClosedWarnings,
  readOpenWarning,
  readOpenWarningsOf,
  replaceWarning,
  type Warning,
} from '../../../src/ledger/warnings.ts';
import type { Ledger } from '../../../src/ports/ledger.ts';

const now = Date.UTC(2026, 2, 2, 8);
const ref = parseComputeRef({
  subscription: '11111111-0000-4000-8000-000000000001',
  resourceGroup: 'rg',
  workspace: 'ws1',
  compute: 'ci-ada',
});
const { partition, row } = placeOf(ref);

let ledger: Ledger;
beforeEach(() => {
  ledger = createMemoryLedger();
});

const decision = (at: number, reason: Decision['reason']): Decision => ({
  ref,
  owner: null,
  vmSize: 'Standard_DS3_v2',
  at,
  action: 'keep',
  reason,
  facts: { idleForMs: 1 },
  evidence: null,
  policyHash: 'abc',
  pricePerHourUsd: null,
});

const stopped = (at: number): Decision => ({
  ...decision(at, 'keep.not-running'),
  facts: { state: 'Stopped' },
});

const warning: Warning = {
  ref,
  warningId: 'w1',
  reason: 'warn.idle',
  owner: null,
  sweepId: 'sweep-20260302T0800',
  dueInSweep: 7,
  released: false,
  openedAt: now,
  warnMs: 1_800_000,
  warnedAt: now,
  stopDueAt: now + 1_800_000,
  deliveryAttempts: 1,
  undeliveredBecause: null,
  stopRequestedAt: null,
  stopAcceptedAt: null,
  stopAttempts: 0,
  startedAt: null,
  idleSinceAt: null,
  pricePerHourUsd: 0.3,
};
const withdrawn = {
  outcome: 'withdrawn',
  closedAt: now + 1,
  closedReason: 'keep.snoozed',
  tell: 'Kept.',
} as const;

describe('decisions', () => {
  it('have a history row where action or reason changes, and one current row', async () => {
    for (const [minutes, reason] of [
      [0, 'keep.active.cpu'],
      [5, 'keep.active.cpu'],
      [10, 'keep.idle-short'],
      [15, 'keep.active.cpu'],
    ] as const) {
      await recordDecision(ledger, decision(now + minutes * 60_000, reason));
    }
    const history = await readDecisionHistory(ledger, ref);
    expect(history.map((one) => [one.reason, (one.at - now) / 60_000])).toEqual([
      ['keep.active.cpu', 15],
      ['keep.idle-short', 10],
      ['keep.active.cpu', 0],
    ]);
    expect(await readDecision(ledger, ref)).toMatchObject({ at: now + 900_000, sinceAt: now + 900_000 });
  });

  it('that are older never replace newer ones', async () => {
    await recordDecision(ledger, decision(now + 1, 'keep.snoozed'));
    await recordDecision(ledger, decision(now, 'keep.active.cpu'));
    expect((await readDecision(ledger, ref))?.reason).toBe('keep.snoozed');
  });

  it('about a stopped instance are not written again at each sweep, but within a day', async () => {
    const record = async (at: number) =>
      recordDecisions(ledger, ref, [stopped(at)], await readWorkspaceDecisions(ledger, ref));
    await record(now);
    await record(now + 300_000);
    expect((await readDecision(ledger, ref))?.at).toBe(now);
    await record(now + dayMs);
    expect(await readDecision(ledger, ref)).toMatchObject({ at: now + dayMs, sinceAt: now });
  });

  it('of an older release, without evidence and rules, are read', async () => {
    const old = { ref, at: now, action: 'keep', reason: 'keep.of-old', facts: {}, evidence: { odd: true } };
    await ledger.write('decisions', partition, { kind: 'put', row, value: old });
    expect(await readDecision(ledger, ref)).toMatchObject({
      reason: 'keep.of-old',
      evidence: null,
      sinceAt: now,
    });
  });

  it('that cannot be read are a coded fault that names the row', async () => {
    await ledger.write('decisions', partition, { kind: 'put', row, value: { at: 'noon' } });
    await expect(readDecision(ledger, ref)).rejects.toMatchObject({ code: 'ledger.row-unreadable' });
  });

  it('of deleted computes are forgotten, and their history stays', async () => {
    await recordDecision(ledger, decision(now, 'keep.active.cpu'));
    await forgetDecisions(ledger, ref, [ref]);
    expect(await readDecision(ledger, ref)).toBeNull();
    expect(await readDecisionHistory(ledger, ref)).toHaveLength(1);
  });
});

describe('warnings', () => {
  it('are open once for each rule', async () => {
    expect(await insertWarning(ledger, warning)).toBe(true);
    expect(await insertWarning(ledger, { ...warning, warningId: 'w2' })).toBe(false);
    expect(await insertWarning(ledger, { ...warning, warningId: 'w3', reason: 'warn.max-uptime' })).toBe(
      true,
    );
    expect(await readOpenWarningsOf(ledger, ref)).toHaveLength(2);
  });

  it('are not closed by whoever has not seen their last change', async () => {
    await insertWarning(ledger, warning);
    const seen = await readOpenWarning(ledger, ref, 'warn.idle');
    if (seen === null) throw new Error('It was just inserted.');
    const asked = await replaceWarning(ledger, seen, { stopRequestedAt: now });
    expect(asked).not.toBeNull();
    expect(await closeWarning(ledger, seen, withdrawn)).toBeNull();
    expect((await readOpenWarning(ledger, ref, 'warn.idle'))?.warning.stopRequestedAt).toBe(now);
  });

  it('leave what became of them behind', async () => {
    await insertWarning(ledger, warning);
    const seen = await readOpenWarning(ledger, ref, 'warn.idle');
    if (seen === null) throw new Error('It was just inserted.');
    await closeWarning(ledger, seen, withdrawn);
    expect(await readOpenWarningsOf(ledger, ref)).toEqual([]);
    expect(await readClosedWarnings(ledger, ref)).toMatchObject([
      { warningId: 'w1', outcome: 'withdrawn', toldAt: null },
    ]);
  });
});

describe('snoozes', () => {
  it('hold until their end, which is not theirs any more', async () => {
    await writeSnooze(ledger, { ref, until: now + 1000, at: now, by: 'ada' });
    expect(await readSnooze(ledger, ref, now + 999)).toMatchObject({ until: now + 1000 });
    expect(await readSnooze(ledger, ref, now + 1000)).toBeNull();
  });

  it('that cannot be read hold all the same', async () => {
    await ledger.write('snoozes', partition, { kind: 'put', row, value: { until: 'tomorrow' } });
    expect([...(await readSnoozes(ledger, ref, now)).values()]).toMatchObject([{ unreadable: true }]);
  });
});

describe('the halt flag', () => {
  it('that cannot be read is a fault, so that nothing is written to Azure', async () => {
    expect(await isHalted(ledger)).toBe(false);
    await ledger.write('flags', 'flags', { kind: 'put', row: 'halt', value: { halted: 'perhaps' } });
    await expect(readHalt(ledger)).rejects.toMatchObject({ code: 'ledger.row-unreadable' });
  });
});

describe('sweeps', () => {
  it('are claimed by one', async () => {
    const next = { number: 1, sweepId: 'sweep-a', startedAt: now, everyMs: 300_000, launched: false };
    expect(await claimSweep(ledger, next, null)).toBe(true);
    expect(await claimSweep(ledger, { ...next, sweepId: 'sweep-b' }, null)).toBe(false);
    const stored = await readLatestSweep(ledger);
    expect(await claimSweep(ledger, { ...next, number: 2 }, stored?.etag ?? null)).toBe(true);
    expect(await claimSweep(ledger, { ...next, number: 3 }, stored?.etag ?? null)).toBe(false);
  });
});

describe('places among the stops of a moment', () => {
  it('are counted once each, and given back', async () => {
    const other = { ...ref, compute: 'ci-bob' as typeof ref.compute };
    const take = (sweep: number, of: typeof ref, runningCount: number) =>
      takeStopPlace(ledger, sweep, of, { at: now, runningCount });
    expect(await take(7, ref, 26)).toEqual({ taken: 1, runningCount: 26 });
    expect(await take(7, ref, 25)).toEqual({ taken: 1, runningCount: 26 });
    expect(await take(7, other, 25)).toEqual({ taken: 2, runningCount: 26 });
    await leaveStopPlace(ledger, 7, ref);
    expect(await take(7, other, 25)).toEqual({ taken: 1, runningCount: 25 });
    expect(await take(8, ref, 3)).toEqual({ taken: 1, runningCount: 3 });
  });
});

describe('savings and regrets', () => {
  const saving: Saving = {
    ref,
    warningId: 'w1',
    owner: null,
    vmSize: null,
    reason: 'stop.idle',
    stopRequestedAt: now,
    stoppedAt: now + 120_000,
    pricePerHourUsd: null,
    startedAt: null,
    regret: null,
  };

  it('recorded twice count once', async () => {
    await openSaving(ledger, saving);
    await openSaving(ledger, saving);
    await countInTally(ledger, ref, 'stops', 'w1', now);
    await countInTally(ledger, ref, 'stops', 'w1', now + dayMs);
    expect(await readSavings(ledger, ref)).toHaveLength(1);
    expect(await readTally(ledger, ref, now)).toEqual({ stops: 1, regrets: 0 });
  });

  it('end when the next stop shows that it ran in between', async () => {
    await openSaving(ledger, saving);
    await openSaving(ledger, {
      ...saving,
      warningId: 'w2',
      stopRequestedAt: now + dayMs,
      stoppedAt: now + dayMs,
    });
    const [open, ended] = await readSavings(ledger, ref);
    expect(open?.saving).toMatchObject({ warningId: 'w2', startedAt: null });
    expect(ended?.saving).toMatchObject({ warningId: 'w1', startedAt: now + dayMs });
  });

  it('end once', async () => {
    await openSaving(ledger, saving);
    const [open] = await readSavings(ledger, ref);
    if (open === undefined) throw new Error('It was just opened.');
    expect(await endSaving(ledger, open, now + dayMs, null)).toBe(true);
    expect(await endSaving(ledger, open, now + dayMs, null)).toBe(false);
    expect(await readSavings(ledger, ref)).toHaveLength(1);
  });

  it('are forgotten by the tally after thirty days', async () => {
    await countInTally(ledger, ref, 'stops', 'w1', now);
    await countInTally(ledger, ref, 'regrets', 'w1', now);
    expect(await readTally(ledger, ref, now + 29 * dayMs)).toEqual({ stops: 1, regrets: 1 });
    expect(await readTally(ledger, ref, now + 30 * dayMs)).toEqual({ stops: 0, regrets: 0 });
  });
});

describe('observations', () => {
  it('are written where they say something new, and an unreadable one is none', async () => {
    const seen = { ...nothingObserved(ref), at: now, unknownSinceAt: now };
    await writeObservations(ledger, ref, [seen], new Map());
    const before = await readObservations(ledger, ref);
    expect(before.get(row)).toEqual(seen);
    await writeObservations(ledger, ref, [{ ...seen, at: now + 300_000 }], before);
    expect((await readObservations(ledger, ref)).get(row)?.at).toBe(now);
    const observationRow = `o-${shortHash(computeKey(ref), 24)}`;
    await ledger.write('decisions', partition, { kind: 'put', row: observationRow, value: { at: 'noon' } });
    expect(await readObservations(ledger, ref)).toEqual(new Map());
  });
});

describe('observations of a quiet fleet', () => {
  it('are not written again for members that were put together in another order or left out', async () => {
    const state = { state: 'Running', vmSize: 'STANDARD_DS3_V2', owner: null, startedAt: now };
    const seen = { ...nothingObserved(ref), at: now };
    const puts = async (known: (typeof seen)['known']) => {
      await writeObservations(ledger, ref, [{ ...seen, known }], new Map());
      const before = await readObservations(ledger, ref);
      await writeObservations(ledger, ref, [{ ...seen, known, at: now + 300_000 }], before);
      return (await readObservations(ledger, ref)).get(row)?.at;
    };
    expect(await puts({ ...state, nativeSchedules: ['stops at 18:00'], readSinglyAt: null })).toBe(now);
    expect(await puts({ readSinglyAt: null, ...state })).toBe(now);
  });
});

describe('session reports', () => {
  it('are one a minute, read by time, and one that cannot be read is a missing minute', async () => {
    const load = { kernels: 'idle', terminals: 'idle', ssh: 'idle', vscode: 'idle' } as const;
    const rest = { processes: null, gpu: null, containers: null, lastInputAt: null, diskFreeMegabytes: null };
    for (const seconds of [0, 30, 60, 120]) {
      await storeReport(ledger, ref, { at: now + seconds * 1000, ...load, ...rest });
    }
    const reportRow = String(now + 60_000);
    await ledger.write('reports', `r-${shortHash(computeKey(ref), 24)}`, {
      kind: 'put',
      row: reportRow,
      value: { at: now + 60_000 },
    });
    const read = await readReports(ledger, ref, now, now + 180_000);
    expect(read.map((report) => report.at - now)).toEqual([30_000, 120_000]);
  });
});

describe('alerts', () => {
  it('about one situation are raised once', async () => {
    const alert = { alertId: 'a', code: 'x', title: 'X', sentence: 'X.', at: now, deliveredAt: null };
    expect(await insertAlert(ledger, alert)).not.toBeNull();
    expect(await insertAlert(ledger, alert)).toBeNull();
  });
});
