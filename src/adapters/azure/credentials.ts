import type { GetTokenOptions, TokenCredential } from '@azure/core-auth';
import type { HttpClient } from '@azure/core-rest-pipeline';
import { createNetwork } from './transport.ts';

export type Capability = 'reader' | 'stopper' | 'provisioner';
/** Client ids of user-assigned identities; null: the app's system-assigned one. */
export type Identities = Readonly<Record<Capability, string | null>> & {
  /** Attaches and detaches targets; left out: the provisioner does. */
  readonly attacher?: string;
};
export type Credentials = Readonly<Record<Capability, TokenCredential>> & {
  readonly attacher?: TokenCredential;
};

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

const timeoutMs = 30_000;

function managedIdentity(clientId: string | null, httpClient: HttpClient): TokenCredential {
  return lazyCredential(async () => {
    const { ManagedIdentityCredential } = await import('@azure/identity');
    // The token endpoint is on the machine itself; a failure there shows in the result, as one of Azure would.
    const options = { httpClient, retryOptions: { maxRetries: 0 } };
    return clientId === null
      ? new ManagedIdentityCredential(options)
      : new ManagedIdentityCredential({ clientId, ...options });
  });
}

/** The app's managed identities, one per capability; those with the same client id share tokens. */
export function createManagedIdentities(identities: Identities): Credentials {
  // The endpoint is plain http on this machine or its link, and is routed nowhere else.
  const network = createNetwork({ loopbackOrigin: null, timeoutMs });
  const credentials = new Map<string | null, TokenCredential>();
  const of = (clientId: string | null): TokenCredential => {
    const credential = credentials.get(clientId) ?? managedIdentity(clientId, network);
    credentials.set(clientId, credential);
    return credential;
  };
  return {
    reader: of(identities.reader),
    stopper: of(identities.stopper),
    provisioner: of(identities.provisioner),
    attacher: of(identities.attacher ?? identities.provisioner),
  };
}
