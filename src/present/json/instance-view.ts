import { nativeText } from '../../core/explain/native-text.ts';
import { nativeSchedulesOf } from '../../core/schedule/native-schedules.ts';
import { z } from 'zod';
import type { Compute } from '../../core/computes.ts';
import { addressOf } from './compute-address.ts';
import { computeAddress, instant, instantOrNull, person } from './scalars.ts';

/** What Azure says of an instance this moment. */
export const instanceView = computeAddress.extend({
  state: z.string().nullable(),
  location: z.string(),
  vmSize: z.string().nullable(),
  owner: person.nullable(),
  createdAt: instant.nullable(),
  publicIp: z.string().nullable(),
  privateIp: z.string().nullable(),
  ssh: z.object({
    enabled: z.boolean().nullable(),
    user: z.string().nullable(),
    port: z.number().nullable(),
  }),
  idleShutdownMinutes: z.number().nullable(),
  nativeSchedules: z.array(z.string()).meta({ description: 'Its own schedules in Azure' }),
  applications: z.array(z.object({ name: z.string(), uri: z.string() })),
  errors: z.array(z.string()),
  cost: z.object({
    pricePerHourUsd: z.number().nullable().meta({ description: 'List price while it runs; null: not known' }),
    thisMonth: z
      .object({ usd: z.number(), hours: z.number(), unpricedHours: z.number() })
      .nullable()
      .meta({ description: 'Of its running, as sweeps have seen it; null: none has' }),
    whileStopped: z.string(),
  }),
});
export type InstanceView = z.infer<typeof instanceView>;

const standing =
  'Its disk, public IP and load balancer are billed while it is stopped, and its quota stays used.';

type Wire = Readonly<Record<string, unknown>>;
const recordOf = (value: unknown): Wire =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Wire) : {};
const textOf = (value: unknown): string | null => (typeof value === 'string' && value !== '' ? value : null);

export function instanceViewOf(
  compute: Compute,
  spent: Omit<InstanceView['cost'], 'whileStopped'>,
): InstanceView {
  const inner = recordOf(compute.raw['properties']);
  const ssh = recordOf(inner['sshSettings']);
  const addresses = recordOf(inner['connectivityEndpoints']);
  const applications = Array.isArray(inner['applications']) ? inner['applications'].map(recordOf) : [];
  return {
    ...addressOf(compute.ref),
    state: compute.state,
    location: compute.location,
    vmSize: compute.vmSize,
    owner: compute.owner === null ? null : { ...compute.owner },
    createdAt: instantOrNull(compute.createdAt),
    publicIp: textOf(addresses['publicIpAddress']),
    privateIp: textOf(addresses['privateIpAddress']),
    ssh: {
      enabled: compute.sshEnabled,
      user: textOf(ssh['adminUserName']),
      port: typeof ssh['sshPort'] === 'number' ? ssh['sshPort'] : null,
    },
    idleShutdownMinutes: compute.idleShutdownMinutes ?? null,
    nativeSchedules: (nativeSchedulesOf(compute) ?? []).map(nativeText),
    applications: applications.flatMap((one) => {
      const [name, uri] = [textOf(one['displayName']), textOf(one['endpointUri'])];
      return name === null || uri === null ? [] : [{ name, uri }];
    }),
    errors: [...compute.errors],
    cost: { ...spent, whileStopped: standing },
  };
}
