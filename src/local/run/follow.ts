import type { ComputeView } from '../../present/json/compute-view.ts';
import type { AppClient } from './app-client.ts';
import { pause, readComputes } from './fleet-view.ts';
import type { Narrator } from './narrator.ts';

const addressOf = (compute: ComputeView): string =>
  [compute.subscription, compute.resourceGroup, compute.workspace, compute.compute].join('/').toLowerCase();
const verdictOf = (compute: ComputeView): string => `${compute.decision.action} ${compute.decision.reason}`;

/** Tells every change of a decision until `enough` says so. */
export async function follow(
  app: AppClient,
  narrator: Narrator,
  known: readonly ComputeView[],
  pollMs: number,
  enough: (computes: readonly ComputeView[]) => boolean,
): Promise<readonly ComputeView[]> {
  const told = new Map(known.map((compute) => [addressOf(compute), verdictOf(compute)]));
  for (;;) {
    const computes = await readComputes(app);
    for (const compute of computes) {
      if (told.get(addressOf(compute)) === verdictOf(compute)) continue;
      told.set(addressOf(compute), verdictOf(compute));
      narrator.change(compute);
    }
    if (enough(computes)) return computes;
    await pause(pollMs);
  }
}

/** Whether nothing is under way: no warning runs, and what was stopped has been seen to be off. */
export const isSettled = (computes: readonly ComputeView[]): boolean =>
  computes.every((compute) => compute.decision.action === 'keep' && compute.warnings.length === 0);
