import type { StandingPrices } from '../core/cost/stopped-cost.ts';
import { z } from 'zod';
import { LamplighterError } from '../core/errors.ts';
import { parseResourceGroupName, parseSubscriptionId, parseWorkspaceName } from '../core/ids.ts';
import { Secret } from './secret.ts';
import type { AcceleratedClock, LedgerLocation, PolicyLocation, WorkspaceScope } from './settings.ts';

const loopbackHosts = new Set(['127.0.0.1', 'localhost', '[::1]']);

function parsedUrl(text: string): URL | null {
  return URL.canParse(text) ? new URL(text) : null;
}
const isLoopback = (url: URL): boolean => loopbackHosts.has(url.hostname);

/** A variable as text that `read` turns into a value; what `read` throws, or `undefined`, is a fault in the variable. */
function variable<T>(read: (text: string) => T | undefined) {
  return z.string().transform((text, context): T => {
    try {
      const value = read(text);
      if (value !== undefined) return value;
      context.addIssue({ code: 'custom', message: '' });
    } catch (error) {
      if (!(error instanceof LamplighterError)) throw error;
      context.addIssue({ code: 'custom', message: error.message });
    }
    return z.NEVER;
  });
}

const items = (text: string): string[] =>
  text
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '');

const guid = variable((text) => parseSubscriptionId(text) as string);

function oneWorkspace(text: string): WorkspaceScope | undefined {
  const parts = text.split('/');
  const [workspace, resourceGroup, subscription] = parts.toReversed();
  if (parts.length < 2 || parts.length > 3) return undefined;
  return {
    subscriptionId: subscription === undefined ? null : parseSubscriptionId(subscription),
    resourceGroup: parseResourceGroupName(resourceGroup),
    workspace: parseWorkspaceName(workspace),
  };
}

function workspaceList(text: string): readonly WorkspaceScope[] | undefined {
  const found = items(text).map(oneWorkspace);
  return found.length > 0 && found.every((one) => one !== undefined) ? found : undefined;
}

function policyLocation(text: string): PolicyLocation | undefined {
  if (!/^[a-z][-+.a-z0-9]+:\/\//i.test(text)) return { kind: 'file', path: text };
  const url = parsedUrl(text);
  const isBlob = url?.protocol === 'https:' && url.pathname.split('/').length >= 3;
  // A query would be a shared access signature: a secret. The managed identity reads the blob.
  return isBlob && url.search === '' && url.username === '' ? { kind: 'blob', url: url.href } : undefined;
}

function ledgerAccount(text: string): LedgerLocation | undefined {
  const url = parsedUrl(text);
  const isAccount = url?.protocol === 'https:' && url.search === '' && url.pathname === '/';
  return isAccount ? { kind: 'account', endpoint: url.origin } : undefined;
}

function ledgerEmulator(text: string): LedgerLocation | undefined {
  const endpoint = /(?:^|;)TableEndpoint=([^;]+)/i.exec(text)?.[1];
  const url = endpoint === undefined ? null : parsedUrl(endpoint);
  const isLocal = /^UseDevelopmentStorage=true;?$/i.test(text) || (url !== null && isLoopback(url));
  return isLocal ? { kind: 'emulator', connection: new Secret(text) } : undefined;
}

function publicUrl(text: string): string | undefined {
  const url = parsedUrl(text);
  if (url === null || url.search !== '' || url.hash !== '') return undefined;
  const isSafe = url.protocol === 'https:' || (url.protocol === 'http:' && isLoopback(url));
  return isSafe ? url.href.replace(/\/+$/, '') : undefined;
}

function loopbackOrigin(text: string): string | undefined {
  const url = parsedUrl(text);
  return url?.protocol === 'http:' && isLoopback(url) && url.pathname === '/' && url.search === ''
    ? url.origin
    : undefined;
}

const acceleratedClock = z.strictObject({
  realAt: z.number().int().nonnegative(),
  shownAt: z.number().int().nonnegative(),
  factor: z.number().positive().max(100_000),
});

function clockOf(text: string): AcceleratedClock | undefined {
  try {
    return acceleratedClock.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}

const priceNames = {
  disk: 'diskPerMonth',
  publicIp: 'publicIpPerHour',
  loadBalancer: 'loadBalancerPerHour',
} as const satisfies Readonly<Record<string, keyof StandingPrices>>;
const isPriceName = (name: string): name is keyof typeof priceNames => Object.hasOwn(priceNames, name);

/** `disk=19.71,publicIp=0.005`: each item at most once. */
function standingPrices(text: string): Partial<StandingPrices> | undefined {
  const prices = new Map<keyof StandingPrices, number>();
  for (const item of items(text)) {
    const [, name = '', price = ''] = /^([A-Za-z]+)=(\d+(?:\.\d+)?)$/.exec(item) ?? [];
    if (!isPriceName(name) || prices.has(priceNames[name])) return undefined;
    prices.set(priceNames[name], Number(price));
  }
  return prices.size === 0 ? undefined : Object.fromEntries(prices);
}

const linkKeyBytes = 32;
/** 32 bytes or more in base64, padded or not. */
function linkKey(text: string): Secret | undefined {
  const isBase64 = /^[A-Za-z0-9+/_-]+={0,2}$/.test(text);
  return isBase64 && Buffer.from(text, 'base64').byteLength >= linkKeyBytes ? new Secret(text) : undefined;
}

function listOf(pattern: RegExp) {
  return variable((text) => {
    const found = items(text);
    return found.length > 0 && found.every((item) => pattern.test(item)) ? found : undefined;
  });
}

/** Every variable the app reads, as text from the environment. */
export const environmentSchema = z.object({
  LAMPLIGHTER_SUBSCRIPTIONS: variable((text) => {
    const found = [...new Set(items(text).map(parseSubscriptionId))];
    return found.length > 0 ? found : undefined;
  }),
  LAMPLIGHTER_WORKSPACES: variable(workspaceList).optional(),
  LAMPLIGHTER_POLICY: variable(policyLocation),
  LAMPLIGHTER_TENANT_ID: guid,
  LAMPLIGHTER_AUDIENCE: listOf(/^(api:\/\/[-\w./]+|[0-9a-f]{8}-[0-9a-f-]{27})$/i),
  LAMPLIGHTER_PLATFORM_AUTH: z
    .enum(['on', 'off'])
    .transform((word) => word === 'on')
    .default(false),
  LAMPLIGHTER_LEDGER_ENDPOINT: variable(ledgerAccount).optional(),
  LAMPLIGHTER_LEDGER_CONNECTION: variable(ledgerEmulator).optional(),
  LAMPLIGHTER_LEDGER_PREFIX: variable((text) =>
    /^[A-Za-z][A-Za-z0-9]{1,29}$/.test(text) ? text : undefined,
  ).default('lamplighter'),
  LAMPLIGHTER_TEAMS_WEBHOOK_URL: variable((text) =>
    parsedUrl(text)?.protocol === 'https:' ? new Secret(text) : undefined,
  ).optional(),
  LAMPLIGHTER_LINK_KEY: variable(linkKey).optional(),
  LAMPLIGHTER_LINK_KEY_BEFORE: variable(linkKey).optional(),
  LAMPLIGHTER_STANDING_PRICES: variable(standingPrices).optional(),
  LAMPLIGHTER_READER_CLIENT_ID: guid.optional(),
  LAMPLIGHTER_STOPPER_CLIENT_ID: guid.optional(),
  LAMPLIGHTER_PROVISIONER_CLIENT_ID: guid.optional(),
  LAMPLIGHTER_ATTACHER_CLIENT_ID: guid.optional(),
  LAMPLIGHTER_PUBLIC_URL: variable(publicUrl).optional(),
  LAMPLIGHTER_LOOPBACK_AZURE: variable(loopbackOrigin).optional(),
  LAMPLIGHTER_LOOPBACK_CLOCK: variable(clockOf).optional(),
});

export type VariableName = keyof typeof environmentSchema.shape;

/** What each variable should hold, as the second half of "X is missing: expected …". */
export const expectations: Readonly<Record<VariableName, string>> = {
  LAMPLIGHTER_SUBSCRIPTIONS: 'the ids (GUIDs) of the subscriptions to look after, separated by commas',
  LAMPLIGHTER_WORKSPACES:
    'resource-group/workspace or subscription/resource-group/workspace, separated by commas; leave it out for all workspaces',
  LAMPLIGHTER_POLICY: 'the path of the policy file, or the https URL of a blob without a signature',
  LAMPLIGHTER_TENANT_ID: 'the id (GUID) of the Entra tenant whose people may sign in',
  LAMPLIGHTER_AUDIENCE:
    'the application id (GUID) or id URI (api://…) of the app registration that tokens are made for; several separated by commas',
  LAMPLIGHTER_PLATFORM_AUTH:
    '"on" where the platform checks sign-ins before requests reach the app, else "off"',
  LAMPLIGHTER_LEDGER_ENDPOINT:
    'the table endpoint of a storage account, https://ACCOUNT.table.core.windows.net',
  LAMPLIGHTER_LEDGER_CONNECTION:
    'the connection string of a storage emulator on this machine; a real account is named by LAMPLIGHTER_LEDGER_ENDPOINT and read with the managed identity',
  LAMPLIGHTER_LEDGER_PREFIX: '2 to 30 letters and digits, a letter first',
  LAMPLIGHTER_TEAMS_WEBHOOK_URL: 'the https URL of a Teams Workflows webhook',
  LAMPLIGHTER_LINK_KEY:
    '32 random bytes or more in base64 (openssl rand -base64 32), best as a Key Vault reference; leave it out for links without a signature',
  LAMPLIGHTER_LINK_KEY_BEFORE:
    'what LAMPLIGHTER_LINK_KEY was before it was changed, so that links sent earlier still open; leave it out otherwise',
  LAMPLIGHTER_STANDING_PRICES:
    'list prices in USD of what a stopped instance goes on using, any of disk (a month of the OS disk of 120 GB), publicIp and loadBalancer (an hour each): disk=19.71,publicIp=0.005,loadBalancer=0.025',
  LAMPLIGHTER_READER_CLIENT_ID: 'the client id (GUID) of the identity that reads',
  LAMPLIGHTER_STOPPER_CLIENT_ID: 'the client id (GUID) of the identity that stops computes',
  LAMPLIGHTER_PROVISIONER_CLIENT_ID: 'the client id (GUID) of the identity that creates computes',
  LAMPLIGHTER_ATTACHER_CLIENT_ID:
    'the client id (GUID) of the identity that attaches and detaches targets; left out, the one that creates computes does',
  LAMPLIGHTER_PUBLIC_URL: 'the https address at which people reach the app, without a query',
  LAMPLIGHTER_LOOPBACK_AZURE:
    'http://127.0.0.1:PORT of a simulated Azure on this machine; leave it out for the real one',
  LAMPLIGHTER_LOOPBACK_CLOCK:
    'JSON with the numbers realAt, shownAt (milliseconds since 1970) and factor (above 0, at most 100000)',
};
