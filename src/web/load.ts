import type { ComputeView } from '../present/json/compute-view.ts';
import type { FindingView } from '../present/json/finding-view.ts';
import type { RequestView } from '../present/json/request-view.ts';
import type { SummaryView } from '../present/json/summary-view.ts';
import type { AdminState } from './admin-section.ts';
import { read, Refusal } from './api.ts';

/** What the page shows, as the API says it to whoever is signed in. */
export type Loaded = {
  readonly summary: SummaryView;
  readonly computes: readonly ComputeView[];
  readonly more: boolean;
  readonly requests: readonly RequestView[];
  readonly findings: readonly FindingView[];
  readonly admin: AdminState | null;
};

/** The request that a message linked to may be older than the list goes. */
async function withLinked(
  askedRequest: string | null,
  listed: readonly RequestView[],
): Promise<readonly RequestView[]> {
  if (askedRequest === null || listed.some(({ requestId }) => requestId === askedRequest)) return listed;
  try {
    return [await read<RequestView>(`/api/requests/${encodeURIComponent(askedRequest)}`), ...listed];
  } catch (error) {
    if (error instanceof Refusal && error.status !== 401) return listed;
    throw error;
  }
}

export async function load(askedRequest: string | null): Promise<Loaded> {
  const [summary, list, asked, broken] = await Promise.all([
    read<SummaryView>('/api/summary'),
    read<{ computes: ComputeView[]; next: string | null }>('/api/computes'),
    read<{ requests: RequestView[] }>('/api/requests?limit=50'),
    read<{ findings: FindingView[] }>('/api/findings'),
  ]);
  const admin = summary.you.admin
    ? await Promise.all([
        read<{ batches: AdminState['batches'] }>('/api/batches'),
        read<{ pending: AdminState['pending'] }>('/api/policy'),
      ]).then(([held, policy]) => ({ batches: held.batches, pending: policy.pending }))
    : null;
  return {
    summary,
    computes: list.computes,
    more: list.next !== null,
    requests: await withLinked(askedRequest, asked.requests),
    findings: broken.findings,
    admin,
  };
}
