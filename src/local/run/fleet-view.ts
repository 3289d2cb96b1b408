import { z } from 'zod';
import { computeView, type ComputeView } from '../../present/json/compute-view.ts';
import { summaryView, type SummaryView } from '../../present/json/summary-view.ts';
import { sweepView, type SweepView } from '../../present/json/sweep-view.ts';
import type { AppClient } from './app-client.ts';

const computesAnswer = z.object({ computes: z.array(computeView) });
const begun = z.object({ sweepId: z.string() });

/** The app counts requests by its own clock: at one a second of it, its limit is never met. */
const shownMsBetweenPolls = 1_000;
const shortestPollMs = 200;
export const pollEveryMs = (factor: number): number => Math.max(shortestPollMs, shownMsBetweenPolls / factor);

export const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

export async function readComputes(app: AppClient): Promise<readonly ComputeView[]> {
  return computesAnswer.parse(await app.get('computes')).computes;
}

export const readSummary = async (app: AppClient): Promise<SummaryView> =>
  summaryView.parse(await app.get('summary'));

const sweepsAnswer = z.object({ sweeps: z.array(sweepView) });

/**
 * Begins a sweep and waits until it has ended, or on a fast clock the one that came in its place; null if `signal` came
 * first.
 */
export async function sweepNow(
  app: AppClient,
  key: string,
  pollMs: number,
  signal: AbortSignal,
): Promise<SweepView | null> {
  const { sweepId } = begun.parse(await app.post('sweeps', key));
  while (!signal.aborted) {
    const { sweeps } = sweepsAnswer.parse(await app.get('sweeps?hours=72'));
    const ended = sweeps.find((sweep) => sweep.sweepId >= sweepId && sweep.status === 'finished');
    if (ended !== undefined) return ended;
    await pause(pollMs);
  }
  return null;
}
