import { LamplighterError } from '../../core/errors.ts';
import type { SubscriptionId } from '../../core/ids.ts';

export type AzureScopeOptions = {
  readonly subscriptions: readonly SubscriptionId[];
  /** Origins of the storage account's services (`https://ACCOUNT.table.core.windows.net`, the policy blob's origin, the emulator). */
  readonly storageOrigins: readonly string[];
  /** Whether instances may be created, restarted and deleted, too. Default false. */
  readonly provisioning?: boolean;
  /** Whether targets may be attached and detached and secrets of Key Vaults be read, too. Default false. */
  readonly attaching?: boolean;
  /** Whether the caller's subscriptions and Azure's catalogue of operations may be listed, too. Default false. */
  readonly listing?: boolean;
};

/** Throws `LamplighterError` `scope.refused` unless the app may send this request. */
export type AzureScope = (method: string, url: string) => void;

const computeAction =
  /^\/subscriptions\/[^/]+\/resourcegroups\/[^/]+\/providers\/microsoft\.machinelearningservices\/workspaces\/[^/]+\/computes\/[^/]+\/(start|stop)$/;
const oneCompute =
  /^\/subscriptions\/[^/]+\/resourcegroups\/[^/]+\/providers\/microsoft\.machinelearningservices\/workspaces\/[^/]+\/computes\/[^/]+$/;
const idleSetting = /\/computes\/[^/]+\/updateidleshutdownsetting$/;
const quotaUpdate =
  /^\/subscriptions\/[^/]+\/providers\/microsoft\.machinelearningservices\/locations\/[a-z0-9]{2,40}\/updatequotas$/;
const instance =
  /^\/subscriptions\/[^/]+\/resourcegroups\/[^/]+\/providers\/microsoft\.machinelearningservices\/workspaces\/[^/]+\/computes\/[a-z][-a-z0-9]{0,62}$/;
const instanceRestart = new RegExp(`${instance.source.slice(0, -1)}/restart$`);
const nameCheck =
  /^\/subscriptions\/[^/]+\/resourcegroups\/[^/]+\/providers\/microsoft\.machinelearningservices\/workspaces\/[^/]+\/checkcomputenameavailability$/;
const operationsCatalogue =
  '/providers/microsoft.authorization/provideroperations/microsoft.machinelearningservices';
const batchQuery = /^\/subscriptions\/[^/]+\/metrics:getbatch$/;
const metricsHost = /^[a-z0-9]{2,40}\.metrics\.monitor\.azure\.com$/;

const vaultHost = /^[a-z][-a-z0-9]{1,22}[a-z0-9]\.vault\.azure\.net$/;
const vaultSecret = /^\/secrets\/[-a-z0-9]{1,127}(\/[0-9a-f]{32})?$/;

type Allowed = {
  readonly subscriptions: ReadonlySet<string>;
  readonly provisioning: boolean;
  readonly attaching: boolean;
  readonly listing: boolean;
};

/** Dot segments that a server may resolve after us: plain, encoded, doubly encoded, behind backslashes. */
const dotSegment = /(^|[/\\])(\.|%(25)*2e){1,2}([/\\?#]|$)/i;
const encodedSeparator = /%(25)*(2f|5c|00)|\\/i;

function refused(method: string, url: string, why: string): LamplighterError {
  const shown = url.split('?', 1)[0]?.slice(0, 200) ?? '';
  return new LamplighterError(`${method} ${shown} was not sent: ${why}.`, {
    code: 'scope.refused',
    fault: 'lamplighter',
    fix: 'Check LAMPLIGHTER_SUBSCRIPTIONS. If a name or a paging link led here, please report it.',
  });
}

function isOurWrite(method: string, path: string): boolean {
  switch (method) {
    case 'POST':
      return (
        computeAction.test(path) ||
        quotaUpdate.test(path) ||
        (idleSetting.test(path) && oneCompute.test(path.replace(/\/updateidleshutdownsetting$/, '')))
      );
    case 'PATCH':
      return oneCompute.test(path);
    default:
      return false;
  }
}

/** What making and unmaking instances takes, and nothing more. */
const isProvisioning = (method: string, path: string): boolean =>
  method === 'POST'
    ? instanceRestart.test(path) || nameCheck.test(path)
    : (method === 'PUT' || method === 'DELETE') && instance.test(path);

/** Attaching, and taking off the workspace what then stays where it is: never a delete. */
const isAttaching = (method: string, path: string, query: URLSearchParams): boolean =>
  (method === 'PUT' && instance.test(path)) ||
  (method === 'DELETE' &&
    instance.test(path) &&
    query.getAll('underlyingResourceAction').join() === 'Detach' &&
    [...query.keys()].every((key) => key === 'underlyingResourceAction' || key === 'api-version'));

/** Null: allowed; else why not. `path` is lower-cased. */
function armFault(
  method: string,
  path: string,
  query: URLSearchParams,
  { subscriptions, provisioning, attaching, listing }: Allowed,
): string | null {
  if (listing && method === 'GET' && (path === '/subscriptions' || path === operationsCatalogue)) return null;
  const [, root, subscription] = path.split('/');
  if (root !== 'subscriptions' || subscription === undefined || !subscriptions.has(subscription)) {
    return 'it is outside the configured subscriptions';
  }
  if (method === 'GET' || (provisioning && isProvisioning(method, path))) return null;
  if (attaching && isAttaching(method, path, query)) return null;
  return isOurWrite(method, path) ? null : 'it is a write that Lamplighter does not make';
}

function metricsFault(method: string, path: string, subscriptions: ReadonlySet<string>): string | null {
  const subscription = path.split('/')[2] ?? '';
  return method === 'POST' && batchQuery.test(path) && subscriptions.has(subscription)
    ? null
    : 'it is not a metrics query of a configured subscription';
}

/**
 * What the app may send to whom. It looks at the request as it leaves, after names were filled in and paging links
 * and redirects followed, so that no name and no answer of a server can lead a token or a write elsewhere.
 */
export function createAzureScope(options: AzureScopeOptions): AzureScope {
  const subscriptions = new Set<string>(options.subscriptions.map((id) => id.toLowerCase()));
  const storage = new Set(options.storageOrigins.map((origin) => new URL(origin).origin));
  const { provisioning = false, attaching = false, listing = false } = options;

  function fault(method: string, text: string): string | null {
    const path = /^[a-z]+:\/\/[^/?#]*([^?#]*)/i.exec(text)?.[1];
    if (path === undefined || !URL.canParse(text)) return 'it is not a URL';
    const url = new URL(text);
    if (url.username !== '' || url.password !== '' || url.hash !== '')
      return 'it carries more than an address';
    if (dotSegment.test(path)) return 'its path has dot segments';
    if (storage.has(url.origin)) return null;
    if (encodedSeparator.test(path)) return 'its path hides a separator';
    if (url.protocol !== 'https:' || url.port !== '') return 'it is not plain https';
    const lower = url.pathname.toLowerCase();
    if (url.hostname === 'management.azure.com') {
      return armFault(method, lower, url.searchParams, { subscriptions, provisioning, attaching, listing });
    }
    if (metricsHost.test(url.hostname)) return metricsFault(method, lower, subscriptions);
    if (url.hostname === 'graph.microsoft.com') {
      return method === 'GET' && lower.startsWith('/v1.0/')
        ? null
        : 'only reads of the directory are allowed';
    }
    if (url.hostname === 'login.microsoftonline.com') return null;
    if (vaultHost.test(url.hostname)) {
      return attaching && method === 'GET' && vaultSecret.test(lower)
        ? null
        : 'only secrets that a target is attached with are read';
    }
    return 'its host is not on the list';
  }

  return (method, url) => {
    const why = fault(method, url);
    if (why !== null) throw refused(method, url, why);
  };
}
