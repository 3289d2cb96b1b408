import type { GetTokenOptions, TokenCredential } from '@azure/core-auth';

export type Capability = 'reader' | 'stopper' | 'provisioner';
/** Client ids of user-assigned identities; null: the app's system-assigned one. */
export type Identities = Readonly<Record<Capability, string | null>>;
export type Credentials = Readonly<Record<Capability, TokenCredential>>;

/** A credential of @azure/identity that is loaded with the first token: the package is the heaviest of all. */
function lazyCredential(open: () => Promise<TokenCredential>): TokenCredential {
  let opened: Promise<TokenCredential> | undefined;
  return {
    async getToken(scopes: string | string[], options?: GetTokenOptions) {
      opened ??= open();
      return (await opened).getToken(scopes, options);
    },
  };
}

function managedIdentity(clientId: string | null): TokenCredential {
  return lazyCredential(async () => {
    const { ManagedIdentityCredential } = await import('@azure/identity');
    // The token endpoint is on the machine itself; a failure there shows in the result, as one of Azure would.
    const options = { retryOptions: { maxRetries: 0 } };
    return clientId === null
      ? new ManagedIdentityCredential(options)
      : new ManagedIdentityCredential({ clientId, ...options });
  });
}

/** The app's managed identities, one per capability; those with the same client id share tokens. */
export function createManagedIdentities(identities: Identities): Credentials {
  const credentials = new Map<string | null, TokenCredential>();
  const of = (clientId: string | null): TokenCredential => {
    const credential = credentials.get(clientId) ?? managedIdentity(clientId);
    credentials.set(clientId, credential);
    return credential;
  };
  return {
    reader: of(identities.reader),
    stopper: of(identities.stopper),
    provisioner: of(identities.provisioner),
  };
}

/** The caller's own sign-in, for the command line: environment, `az login` and what else Azure's tools look for. */
export function createCallerCredential(tenantId?: string): TokenCredential {
  return lazyCredential(async () => {
    const { DefaultAzureCredential } = await import('@azure/identity');
    return new DefaultAzureCredential(tenantId === undefined ? {} : { tenantId });
  });
}
