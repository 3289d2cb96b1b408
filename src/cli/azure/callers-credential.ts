import type { AccessToken, GetTokenOptions, TokenCredential } from '@azure/core-auth';
import { createManagedIdentities } from '../../adapters/azure/credentials.ts';
import { LamplighterError } from '../../core/errors.ts';
import type { CallersSettings } from './callers-settings.ts';

const renewBeforeMs = 5 * 60_000;
const azTakesAtMostMs = 60_000;
const arm = 'https://management.azure.com/.default';

const scopeOf = (scopes: string | string[]): string =>
  typeof scopes === 'string' ? scopes : scopes.join(' ');

/** The Azure CLI takes a second for each token, and every client asks for its own. */
export function rememberingCredential(inner: TokenCredential, now: () => number): TokenCredential {
  const tokens = new Map<string, Promise<AccessToken | null>>();
  return {
    async getToken(scopes: string | string[], options?: GetTokenOptions) {
      // A challenge asks for another token than the one that was refused.
      if (options?.claims !== undefined) return inner.getToken(scopes, options);
      const scope = scopeOf(scopes);
      const known = await tokens.get(scope)?.catch(() => null);
      if (known !== undefined && known !== null && known.expiresOnTimestamp - renewBeforeMs > now())
        return known;
      const asked = inner.getToken(scopes, options);
      tokens.set(scope, asked);
      return asked;
    },
  };
}

function azureCli(tenantId: string | null): TokenCredential {
  let opened: Promise<TokenCredential> | undefined;
  const open = async (): Promise<TokenCredential> => {
    const { AzureCliCredential } = await import('@azure/identity');
    const options = { processTimeoutInMs: azTakesAtMostMs };
    return new AzureCliCredential(tenantId === null ? options : { ...options, tenantId });
  };
  return {
    async getToken(scopes, options) {
      opened ??= open();
      return (await opened).getToken(scopes, options);
    },
  };
}

/** A simulated Azure gives out tokens as the platform does to an app; @azure/identity looks for its address in the process's environment. */
function simulatedIdentity({ environment }: CallersSettings): TokenCredential | null {
  const { IDENTITY_ENDPOINT: endpoint, IDENTITY_HEADER: header } = environment;
  if (endpoint === undefined || header === undefined) return null;
  Object.assign(process.env, { IDENTITY_ENDPOINT: endpoint, IDENTITY_HEADER: header });
  return createManagedIdentities({ reader: null, stopper: null, provisioner: null }).reader;
}

/** The caller's own sign-in: of the Azure CLI, or before a simulated Azure what that hands out. */
export function callersCredential(settings: CallersSettings): TokenCredential {
  const simulated = settings.loopback === null ? null : simulatedIdentity(settings);
  return rememberingCredential(simulated ?? azureCli(settings.tenantId), () => Date.now());
}

/** Throws `cli.not-signed-in` where there is no token to be had. */
export async function checkSignIn(
  credential: TokenCredential,
  { loopback }: Pick<CallersSettings, 'loopback'>,
): Promise<void> {
  try {
    if ((await credential.getToken(arm)) !== null) return;
    throw new Error('There is no token.');
  } catch (cause) {
    const said = cause instanceof Error ? cause.message.split('\n', 1)[0] : '';
    const giver = loopback === null ? 'The Azure CLI' : `The simulated Azure at ${loopback}`;
    throw new LamplighterError(`${giver} gives no token: ${said ?? ''}`, {
      code: 'cli.not-signed-in',
      fault: 'caller',
      fix:
        loopback === null
          ? 'Install the Azure CLI (https://aka.ms/azure-cli) and run "az login".'
          : 'Check that "npm start" still runs, and take the settings file that it has written.',
      cause,
    });
  }
}
