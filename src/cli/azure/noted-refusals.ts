import type { HttpClient } from '@azure/core-rest-pipeline';

/** Something that Azure does not let the caller do. */
export type Refusal = {
  /** `Microsoft.…/read`, where Azure names it; else null. */
  readonly action: string | null;
  /** Host and path that was asked for. */
  readonly what: string;
  readonly times: number;
};

export type RefusalNotes = {
  readonly all: () => readonly Refusal[];
  readonly client: (inner: HttpClient) => HttpClient;
};

const namedAction = /perform action '([^']{1,200})'/i;

/** Where a token for the directory or the storage account is not enough, Azure names no action: the host tells which right is meant. */
function actionFor(url: URL, body: string): string | null {
  const named = namedAction.exec(body)?.[1];
  if (named !== undefined) return named;
  if (url.hostname === 'graph.microsoft.com') {
    return /\/groups\//i.test(url.pathname) ? 'Graph GroupMember.Read.All' : 'Graph User.Read.All';
  }
  return url.hostname.endsWith('.metrics.monitor.azure.com') ? 'Microsoft.Insights/metrics/read' : null;
}

/** Listens to what is refused, for a list of what the caller lacks. */
export function noteRefusals(): RefusalNotes {
  const refusals = new Map<string, Refusal>();
  return {
    all: () => [...refusals.values()],
    client: (inner) => ({
      async sendRequest(request) {
        const response = await inner.sendRequest(request);
        if (response.status !== 403) return response;
        const url = new URL(request.url);
        const action = actionFor(url, response.bodyAsText ?? '');
        const what = `${url.hostname}${url.pathname}`;
        const key = action?.toLowerCase() ?? what.toLowerCase();
        refusals.set(key, { action, what, times: (refusals.get(key)?.times ?? 0) + 1 });
        return response;
      },
    }),
  };
}
