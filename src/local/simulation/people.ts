import { computeArmId, type ComputeRef } from '../../core/ids.ts';
import type { SimulatedAzure } from '../azure/index.ts';
import type { FunctionsHost } from '../host/host.ts';
import type { Scenario } from './scenario/types.ts';

export type DoorAnswer = { readonly ok: boolean; readonly json: Readonly<Record<string, unknown>> };

export type Ask = {
  readonly by: string;
  readonly method: 'GET' | 'POST' | 'DELETE';
  readonly path: string;
  readonly body?: object;
  /** Sent as Idempotency-Key. */
  readonly key?: string;
};

/** Path of a compute at the app's doors. */
export const doorOf = (ref: ComputeRef, rest: string): string => {
  const [, , subscription, , group, , , , workspace, , compute] = computeArmId(ref).split('/');
  return `/api/computes/${[subscription, group, workspace, compute].map((part) => encodeURIComponent(part ?? '')).join('/')}/${rest}`;
};

/** Roles are in addition to that of a user, which everybody has. */
function rolesOf(scenario: Scenario, name: string): readonly string[] {
  const user = (scenario.world.users ?? []).find((one) => one.name === name);
  return ['User', ...(user?.roles ?? [])].map((role) => `Lamplighter.${role}`);
}

/** Sends a person's request through the app's real HTTP doors, with a token that the app verifies. */
export async function askDoor(
  scenario: Scenario,
  azure: SimulatedAzure,
  host: FunctionsHost,
  ask: Ask,
): Promise<DoorAnswer> {
  const token = await azure.userToken(ask.by, { roles: rolesOf(scenario, ask.by) });
  const body = ask.body === undefined ? new Uint8Array() : new TextEncoder().encode(JSON.stringify(ask.body));
  const response = await host.request({
    method: ask.method,
    target: ask.path,
    headers: [
      ['host', 'lamplighter.example'],
      ['authorization', `Bearer ${token}`],
      ...(ask.body === undefined
        ? []
        : ([
            ['content-type', 'application/json'],
            ['content-length', String(body.byteLength)],
          ] as const)),
      ...(ask.key === undefined ? [] : ([['idempotency-key', ask.key]] as const)),
    ],
    body,
  });
  const text = new TextDecoder().decode(response.body);
  return { ok: response.status < 300, json: parsed(text) };
}

function parsed(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}
