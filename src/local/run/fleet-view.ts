import { z } from 'zod';
import { computeView, type ComputeView } from '../../present/json/compute-view.ts';
import { summaryView, type SummaryView } from '../../present/json/summary-view.ts';
import { sweepView, type SweepView } from '../../present/json/sweep-view.ts';
import type { AppClient } from './app-client.ts';

const computesAnswer = z.object({ computes: z.array(computeView) });
const begun = z.object({ sweepId: z.string() });

const pollMs = 200;
export const soon = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, pollMs));

export async function readComputes(app: AppClient): Promise<readonly ComputeView[]> {
  return computesAnswer.parse(await app.get('computes')).computes;
}

export const readSummary = async (app: AppClient): Promise<SummaryView> =>
  summaryView.parse(await app.get('summary'));

/** Begins a sweep and waits for its end; null if `signal` came first. */
export async function sweepNow(app: AppClient, key: string, signal: AbortSignal): Promise<SweepView | null> {
  const { sweepId } = begun.parse(await app.post('sweeps', key));
  while (!signal.aborted) {
    const sweep = sweepView.parse(await app.get(`sweeps/${sweepId}`));
    if (sweep.status !== 'running') return sweep;
    await soon();
  }
  return null;
}
