import {
  createRestClient,
  jsonOf,
  type RestAnswer,
  type RestClient,
} from '../../../adapters/azure/rest-client.ts';
import {
  listField,
  recordField,
  recordOf,
  textField,
  type WireRecord,
} from '../../../adapters/azure/wire.ts';
import type { CallersAzure } from '../../azure/callers-azure.ts';

export type Raw = {
  readonly status: number;
  readonly body: WireRecord;
  /** Azure's own word on what is wrong; null: nothing is. */
  readonly fault: string | null;
};

/** Reads Azure's JSON as it comes, past every model, and keeps count of what was asked. */
export type ProbeClient = {
  get(path: string, version: string, query?: Readonly<Record<string, string>>): Promise<Raw>;
  /** All pages of a list, up to `pages`; null in place of rows: it cannot be read. */
  list(
    path: string,
    version: string,
    pages: number,
  ): Promise<{
    readonly rows: readonly WireRecord[] | null;
    readonly pages: number;
    readonly fault: string | null;
  }>;
  /** The metrics batch query, under a token for that audience. */
  metrics(
    location: string,
    subscription: string,
    query: URLSearchParams,
    resourceIds: readonly string[],
    audience: string,
  ): Promise<Raw>;
  /** For what is read past this client. */
  note(request: string): void;
  /** What was asked since the last call of this. */
  asked(): readonly string[];
};

const arm = 'https://management.azure.com';

function rawOf({ status, text }: RestAnswer): Raw {
  const body = recordOf(jsonOf(text));
  if (status >= 200 && status < 300) return { status, body, fault: null };
  const error = recordField(body, 'error');
  const said = [textField(error, 'code'), textField(error, 'message')]
    .filter((part) => part !== null)
    .join(': ');
  return { status, body, fault: said === '' ? `HTTP ${status}` : said };
}

export function probeClient({
  transport,
  credential,
}: Pick<CallersAzure, 'transport' | 'credential'>): ProbeClient {
  const clients = new Map<string, RestClient>();
  const clientFor = (audience: string): RestClient => {
    const client = clients.get(audience) ?? createRestClient(transport, credential, `${audience}/.default`);
    clients.set(audience, client);
    return client;
  };
  let asked: string[] = [];
  const read = async (url: string): Promise<Raw> => {
    const { pathname, searchParams } = new URL(url);
    asked.push(`GET ${pathname} (${searchParams.get('api-version') ?? 'no api-version'})`);
    return rawOf(await clientFor(arm).get(url));
  };
  return {
    get: (path, version, query = {}) =>
      read(`${arm}${path}?${new URLSearchParams({ 'api-version': version, ...query }).toString()}`),

    async list(path, version, pagesAtMost) {
      const rows: WireRecord[] = [];
      let url: string | null = `${arm}${path}?api-version=${version}`;
      let pages = 0;
      while (url !== null && pages < pagesAtMost) {
        const page: Raw = await read(url);
        if (page.fault !== null) return { rows: null, pages, fault: page.fault };
        pages += 1;
        rows.push(...listField(page.body, 'value').map(recordOf));
        url = textField(page.body, 'nextLink');
      }
      return { rows, pages, fault: null };
    },

    async metrics(location, subscription, query, resourceIds, audience) {
      const host = `${location}.metrics.monitor.azure.com`;
      asked.push(
        `POST https://${host}/…/metrics:getBatch of ${query.get('metricnames') ?? ''}, ${query.get('filter') ?? 'no filter'} (token for ${audience})`,
      );
      const url = `https://${host}/subscriptions/${subscription}/metrics:getBatch?${query.toString()}`;
      return rawOf(await clientFor(audience).post(url, { resourceids: resourceIds }));
    },

    note: (request) => void asked.push(request),

    asked() {
      const since = asked;
      asked = [];
      return since;
    },
  };
}
