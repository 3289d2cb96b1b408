import type { HttpRequest } from '@azure/functions';
import { isAdmin } from '../../../auth/caller.ts';
import { forbidden } from '../../../auth/faults.ts';
import { type SelfTest, selfTest } from '../../../fleet/self-test/self-test.ts';
import type { AppDoors } from '../app-doors.ts';
import type { Door } from '../register-routes.ts';
import type { OpenRoute } from '../route.ts';

const ok = (): { readonly body: string } => ({ body: JSON.stringify({ status: 'ok' }) });

/** What an admin's machine can act on: bad if anything is. */
function answerOf(test: SelfTest): { readonly body: string } {
  const bad = [...test.checks, ...test.permissions].some(({ state }) => state === 'bad');
  return { body: JSON.stringify({ formatVersion: 1, status: bad ? 'degraded' : 'ok', ...test }) };
}

/**
 * Says that the app is loaded and its settings were accepted; it looks no further for strangers. With `?deep=1` an admin
 * learns whether the timer fires, events arrive, metrics can be read, what the policy's state is, and which permission is missing where.
 */
export function health({ ports, settings }: AppDoors, door: Door): OpenRoute {
  async function deep(request: HttpRequest): Promise<{ readonly body: string }> {
    const caller = await door.authenticate(request.headers);
    if (!isAdmin(caller)) {
      throw forbidden(
        'Only an admin may see how Lamplighter fares.',
        'Ask somebody with the app role Lamplighter.Admin; /api/health alone is open to everybody.',
      );
    }
    door.limitRate(caller.objectId);
    return answerOf(await selfTest({ ports, scope: settings.scope }));
  }
  return {
    name: 'httpHealth',
    path: 'health',
    summary: 'Whether the app runs; for admins with ?deep=1 also whether it can do its work',
    contentType: 'application/json',
    answer: (request) => (request.query.get('deep') === '1' ? deep(request) : ok()),
  };
}
