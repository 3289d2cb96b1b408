import type { Caller } from './caller.ts';
import { signInInvalid, signInMissing } from './faults.ts';
import { platformCaller, principalHeader } from './platform-principal.ts';

type Headers = { get(name: string): string | null };
export type Authenticate = (headers: Headers) => Promise<Caller>;

export type AuthenticateOptions = {
  readonly tenantId: string;
  readonly platformAuthentication: boolean;
  readonly verifyToken: (token: string) => Promise<Caller>;
};

/** Who is calling. A bearer token is believed once verified; the platform's header only where the platform is in front. */
export function authenticator(options: AuthenticateOptions): Authenticate {
  return async (headers) => {
    const authorization = headers.get('authorization');
    if (authorization !== null) {
      const token = /^Bearer +([-\w.~+/=]+)$/i.exec(authorization)?.[1];
      if (token === undefined) throw signInInvalid('the header is not of the form "Bearer …"');
      return options.verifyToken(token);
    }
    const principal = options.platformAuthentication ? headers.get(principalHeader) : null;
    if (principal === null) throw signInMissing();
    return platformCaller(principal, options.tenantId);
  };
}
