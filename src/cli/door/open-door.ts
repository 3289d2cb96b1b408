import { LamplighterError } from '../../core/errors.ts';
import { type AppDoor, appDoor } from './app-door.ts';

/** Where the app is and for which audience it takes tokens. */
export type DoorFlags = { readonly url: string | undefined; readonly audience: string | undefined };
type Environment = Readonly<Record<string, string | undefined>>;

const missing = (what: string, flag: string, variable: string): LamplighterError =>
  new LamplighterError(`${what} is not given.`, {
    code: 'cli.missing-flag',
    fault: 'caller',
    field: flag.slice(2),
    fix: `Give ${flag} or set ${variable}.`,
  });

const notSignedIn = (cause: unknown): LamplighterError =>
  new LamplighterError('The Azure CLI gives no token.', {
    code: 'cli.not-signed-in',
    fault: 'caller',
    fix: 'Run "az login" to the tenant of Lamplighter, or set LAMPLIGHTER_TOKEN.',
    cause,
  });

/** The app's door, under the caller's own sign-in of the Azure CLI or a token in LAMPLIGHTER_TOKEN. */
export function openDoor(flags: DoorFlags, environment: Environment): AppDoor {
  const url = flags.url ?? environment['LAMPLIGHTER_URL'];
  if (url === undefined || !URL.canParse(url)) {
    throw missing('The address of Lamplighter', '--url', 'LAMPLIGHTER_URL');
  }
  const given = environment['LAMPLIGHTER_TOKEN'];
  const base = url.replace(/\/+$/, '');
  if (given !== undefined) return appDoor(base, async () => given);
  const audience = flags.audience ?? environment['LAMPLIGHTER_AUDIENCE'];
  if (audience === undefined) {
    throw missing('The audience of Lamplighter’s tokens', '--audience', 'LAMPLIGHTER_AUDIENCE');
  }
  return appDoor(base, async () => {
    try {
      const { AzureCliCredential } = await import('@azure/identity');
      return (await new AzureCliCredential().getToken(`${audience}/.default`)).token;
    } catch (error) {
      throw notSignedIn(error);
    }
  });
}
