import { inScope } from '../../config/in-scope.ts';
import type { SubscriptionId } from '../../core/ids.ts';
import { faultOf } from '../../fleet/fault-of.ts';
import { fewAtATime, inParallel } from '../../fleet/in-parallel.ts';
import { type Check, checked } from '../../fleet/self-test/check.ts';
import { websocketNote } from '../../fleet/self-test/notes.ts';
import type { SelfTest } from '../../fleet/self-test/self-test.ts';
import { testedIdentities } from '../../fleet/self-test/required-actions.ts';
import type { CallersAzure } from '../azure/callers-azure.ts';
import { claimsOf } from '../azure/token-claims.ts';
import { bad, ok, unknown } from './check-parts.ts';
import { computesCheck, jobsCheck, metricsCheck, sizesCheck } from './own-checks.ts';
import { ownPermission } from './own-permission.ts';

const signInCheck = (azure: CallersAzure): Promise<Check> =>
  checked('sign-in', async () => {
    const token = await azure.credential.getToken('https://management.azure.com/.default');
    const { name, tenant } = claimsOf(token?.token ?? '');
    return ok(
      `Signed in as ${name ?? 'somebody whom the token does not name'}, tenant ${tenant ?? 'not said'}.`,
    );
  });

const subscriptionsCheck = ({ subscriptions }: CallersAzure): Check => {
  const names = subscriptions.slice(0, 10).map(({ name }) => name);
  const more = subscriptions.length > names.length ? ' …' : '';
  return { name: 'subscriptions', ...ok(`${subscriptions.length} to look at: ${names.join(', ')}${more}.`) };
};

type Looked = { readonly checks: readonly Check[]; readonly privateIn: readonly string[] };

async function lookAt(azure: CallersAzure, id: SubscriptionId): Promise<Looked> {
  const name = `workspaces ${id}`;
  const listed = await azure.ports.workspaces.list(id);
  if (!listed.ok) return { checks: [{ name, ...bad(faultOf(listed).message) }], privateIn: [] };
  const workspaces = listed.value.filter((one) => inScope(azure.scope, one));
  const [first] = workspaces;
  if (first === undefined) {
    return { checks: [{ name, ...unknown('There is no workspace that you see.') }], privateIn: [] };
  }
  const { check, privateIn, fullest } = await computesCheck(azure, workspaces, id);
  const { workspace, computes } = fullest ?? { workspace: first, computes: 0 };
  return {
    privateIn,
    checks: [
      { name, ...ok(`${workspaces.length} workspaces.`) },
      check,
      await metricsCheck(azure, workspace, computes, id),
      await jobsCheck(azure, workspace, id),
      await sizesCheck(azure, workspace.location, id),
    ],
  };
}

/** Whether the caller's own sign-in can see what a plan lives by; reads only. */
export async function ownTest(azure: CallersAzure): Promise<Omit<SelfTest, 'eventKinds'>> {
  const ids = azure.scope.subscriptions;
  const looked = await inParallel(ids, fewAtATime, (id) => lookAt(azure, id));
  const pairs = ids.flatMap((id) => testedIdentities.map((identity) => ({ id, identity })));
  const permissions = await inParallel(pairs, fewAtATime, ({ id, identity }) =>
    ownPermission(azure, id, identity),
  );
  const privateIn = looked.flatMap((one) => one.privateIn);
  return {
    checks: [await signInCheck(azure), subscriptionsCheck(azure), ...looked.flatMap(({ checks }) => checks)],
    permissions,
    notes:
      privateIn.length === 0
        ? []
        : [`${privateIn.join(', ')}: instances in a private network. ${websocketNote}`],
  };
}
