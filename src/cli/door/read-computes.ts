import type { ComputeView } from '../../present/json/compute-view.ts';
import type { AppDoor } from './app-door.ts';
import { bodyOf } from './problem.ts';

type Page = { readonly computes: readonly ComputeView[]; readonly next: string | null };

const placeOf = ({ workspace, compute, subscription, resourceGroup }: ComputeView): string =>
  [workspace, compute, subscription, resourceGroup].join(' ').toLowerCase();

/** All computes that pass the API's own filters, page after page, by workspace and name. */
export async function readComputes(
  door: AppDoor,
  query: Readonly<Record<string, string>>,
): Promise<readonly ComputeView[]> {
  const computes: ComputeView[] = [];
  let after: string | null = null;
  do {
    const asked = new URLSearchParams({ ...query, limit: '2000', ...(after === null ? {} : { after }) });
    const page: Page = bodyOf(await door.call('GET', `/api/computes?${asked.toString()}`));
    computes.push(...page.computes);
    after = page.next;
  } while (after !== null);
  return computes.toSorted((one, other) => (placeOf(one) < placeOf(other) ? -1 : 1));
}
