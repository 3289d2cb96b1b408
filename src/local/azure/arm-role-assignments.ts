import { guidOf } from './names.ts';
import { findSubscription, findWorkspace, workspacePath } from './arm-lookup.ts';
import { page } from './paging.ts';
import { answer, errorAnswer } from './wire.ts';
import type { ArmRoute } from './arm-route.ts';
import type { AzureRole } from './world-spec.ts';

const ml = 'Microsoft.MachineLearningServices/workspaces';

/** Built-in roles with their ids in every tenant, as far as instances go. */
const roles: Readonly<
  Record<AzureRole, { id: string; title: string; actions: readonly string[]; notActions: readonly string[] }>
> = {
  DataScientist: {
    id: 'f6c7c914-8db3-469d-8ca1-694a8f32e121',
    title: 'AzureML Data Scientist',
    actions: [`${ml}/*/read`, `${ml}/*/action`, `${ml}/*/delete`, `${ml}/*/write`],
    notActions: [
      `${ml}/delete`,
      `${ml}/write`,
      `${ml}/computes/*/write`,
      `${ml}/computes/*/delete`,
      `${ml}/computes/listKeys/action`,
      `${ml}/listKeys/action`,
    ],
  },
  Reader: {
    id: 'acdd72a7-3385-48ef-bd42-f606fba81ae7',
    title: 'Reader',
    actions: ['*/read'],
    notActions: [],
  },
};
const assignedTo = /^assignedTo\('([0-9a-f-]{36})'\)$/i;
const definitionsPath = '/subscriptions/{subscription}/providers/Microsoft.Authorization/roleDefinitions';

/** Whom a role is assigned to, and what it allows. Whoever the world knows has the role that an instance's user needs. */
export const roleAssignmentRoutes: readonly ArmRoute[] = [
  {
    method: 'GET',
    path: `${workspacePath}/providers/Microsoft.Authorization/roleAssignments`,
    operation: 'permissions',
    handle: (request, parts) => {
      const found = findWorkspace(request, parts);
      if ('missing' in found) return found.missing;
      const person = assignedTo.exec(request.query.get('$filter') ?? '')?.[1]?.toLowerCase();
      if (person === undefined) {
        return errorAnswer(400, 'UnsupportedQuery', 'The filter of role assignments is not supported.');
      }
      const user = parts.world.users.get(person);
      const held: readonly AzureRole[] = user === undefined ? [] : (user.azureRoles ?? ['DataScientist']);
      const scope = `/subscriptions/${found.found.subscriptionId}`;
      return page(held, parts.habits.pageSize, request, (role) => ({
        id: `${scope}/providers/Microsoft.Authorization/roleAssignments/${guidOf('role-assignment', `${person} ${role}`)}`,
        properties: {
          roleDefinitionId: `${scope}/providers/Microsoft.Authorization/roleDefinitions/${roles[role].id}`,
          principalId: person,
          scope,
        },
      }));
    },
  },
  {
    method: 'GET',
    path: `${definitionsPath}/{definition}`,
    operation: 'permissions',
    handle: (request, parts) => {
      const found = findSubscription(request, parts);
      if ('missing' in found) return found.missing;
      const id = (request.params['definition'] ?? '').toLowerCase();
      const role = Object.values(roles).find((one) => one.id === id);
      if (role === undefined)
        return errorAnswer(404, 'RoleDefinitionDoesNotExist', `There is no role ${id}.`);
      const { title, actions, notActions } = role;
      return answer(200, {
        id: `/subscriptions/${found.found}/providers/Microsoft.Authorization/roleDefinitions/${id}`,
        name: id,
        properties: { roleName: title, type: 'BuiltInRole', permissions: [{ actions, notActions }] },
      });
    },
  },
];
