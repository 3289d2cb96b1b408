import { z } from 'zod';
import { computeKinds } from '../../../core/policy/kinds.ts';
import { instant } from '../../../core/policy/scalars.ts';
import { scriptedFailures, type FailableOperation } from '../../azure/world-spec.ts';
import { lasting, name, offset, offsetOrInstant, plainObject, tags, wholeNumber } from './scalars.ts';

const loadText = 'percent from 0 to 100, or nan';
const nan = z.union([z.literal('nan'), z.nan().transform(() => 'nan' as const)]);
const percent = z.number({ error: loadText }).min(0, { error: loadText }).max(100, { error: loadText });
const load = z.union([percent, nan], { error: loadText });
const loads = z.union([load, z.array(load).min(1)], { error: `${loadText}, or a list with one for each` });
const networkText = 'megabytes per minute, or nan';
const network = z.union([z.number().min(0, { error: networkText }), nan], { error: networkText });

export const metricsSchema = z.array(
  z.strictObject({
    from: offset,
    to: offset,
    cpu: loads.optional(),
    gpu: loads.optional(),
    network: network.optional(),
  }),
);

export const jobsSchema = z.array(
  z.strictObject({ name, from: offset, to: offset.optional(), status: name.prefault('Running') }),
);

const reportLoad = z.enum(['busy', 'idle']).prefault('idle');
export const reportsSchema = z.array(
  z.strictObject({
    from: offset,
    to: offset,
    kernels: reportLoad,
    terminals: reportLoad,
    ssh: reportLoad,
    vscode: reportLoad,
    processes: reportLoad,
    gpu: reportLoad,
    containers: reportLoad,
    lastInput: offset.optional(),
  }),
);

const failable = [
  'create',
  'delete',
  'start',
  'stop',
  'restart',
  'attach',
  'detach',
  'patch',
  'idleSetting',
  'get',
] as const satisfies readonly FailableOperation[];
const answers = z.array(z.enum(scriptedFailures));
export const failsSchema = z
  .strictObject(
    Object.fromEntries(failable.map((operation) => [operation, answers])) as Record<
      (typeof failable)[number],
      typeof answers
    >,
  )
  .partial();

const clusterSchema = z.strictObject({
  minNodes: wholeNumber.prefault(0),
  maxNodes: wholeNumber,
  scaleDownAfter: lasting.prefault('2m'),
  nodes: z
    .array(
      z.strictObject({
        from: offset,
        to: offset,
        idle: wholeNumber.prefault(0),
        running: wholeNumber.prefault(0),
      }),
    )
    .prefault([]),
});

const idText = 'a resource id, /subscriptions/…';
export const resourceId = z.string({ error: idText }).regex(/^\/subscriptions\/[^/]+/i, { error: idText });
export const inUse = z.union([z.boolean(), z.literal('unknown')], { error: 'true | false | unknown' });

export const computeSchema = z.strictObject({
  name,
  workspace: name,
  kind: z.enum(computeKinds),
  vmSize: name.optional(),
  state: name.optional(),
  since: offsetOrInstant.optional(),
  user: name.optional(),
  metrics: metricsSchema.prefault([]),
  jobs: jobsSchema.prefault([]),
  reports: reportsSchema.prefault([]),
  fails: failsSchema.prefault({}),
  properties: plainObject.prefault({}),
  tags: tags.prefault({}),
  resourceId: resourceId.optional(),
  attachedAt: offsetOrInstant.optional(),
  inUse: inUse.optional(),
  cluster: clusterSchema.optional(),
  ssh: z.boolean().optional(),
  publicIp: z.boolean().optional(),
  subnet: z.string().nullable().optional(),
  disk: z.array(z.strictObject({ from: offset, to: offset, freeMegabytes: z.number().min(0) })).prefault([]),
});
export type ReadCompute = z.output<typeof computeSchema>;

export const userSchema = z.strictObject({
  name,
  teams: z.array(name).prefault([]),
  roles: z.array(z.enum(['Admin', 'Approver', 'User'])).prefault([]),
  enabled: z.boolean().prefault(true),
  manager: name.optional(),
});
export const workspaceSchema = z.strictObject({
  name,
  subscription: name,
  resourceGroup: name,
  location: name,
  tags: tags.prefault({}),
});
export const sizeSchema = z.strictObject({
  name,
  vCPUs: wholeNumber.optional(),
  gpus: wholeNumber.optional(),
  family: name.optional(),
  pricePerHour: z.number().min(0).nullable().optional(),
});
export const resourceSchema = z.strictObject({
  id: resourceId,
  os: name.optional(),
  image: name.optional(),
  publicIp: z.boolean().optional(),
  location: name.optional(),
  properties: plainObject.optional(),
});
const limits = z
  .strictObject({ regional: wholeNumber, clusters: wholeNumber, families: z.record(name, wholeNumber) })
  .partial();
export const quotasSchema = z.record(name, z.record(name, limits));

/** The file itself; entries of its lists and the policy are checked one by one, by what they are. */
export const fileSchema = z.strictObject({
  version: z.literal(1),
  name,
  start: instant,
  duration: lasting,
  seed: wholeNumber.prefault(1),
  policy: z.unknown().optional(),
  metricsDelay: offset.refine((ms) => ms >= 0, { error: 'a duration that is not negative' }).prefault('3m'),
  events: z.enum(['normal', 'none', 'hostile']).prefault('normal'),
  platformShutdown: z.enum(['broken', 'works']).prefault('broken'),
  users: z.array(userSchema).optional(),
  workspaces: z.array(workspaceSchema).prefault([]),
  computes: z.array(computeSchema).prefault([]),
  sizes: z.array(sizeSchema).prefault([]),
  quotas: quotasSchema.prefault({}),
  resources: z.array(resourceSchema).prefault([]),
  timeline: z.array(z.unknown()).prefault([]),
  expect: z.array(z.unknown()).prefault([]),
});
export type ReadFile = z.output<typeof fileSchema>;
