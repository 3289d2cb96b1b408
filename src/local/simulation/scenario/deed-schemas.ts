import { z } from 'zod';
import { findingCodes } from '../../../core/policy/codes.ts';
import { computeKinds } from '../../../core/policy/kinds.ts';
import { until } from '../../../core/policy/scalars.ts';
import { lasting, laterOffset, name, offset, plainObject, positiveNumber, tags } from './scalars.ts';
import {
  computeSchema,
  failsSchema,
  inUse,
  jobsSchema,
  metricsSchema,
  reportsSchema,
  resourceId,
} from './world-schema.ts';

const by = name;
const compute = { compute: name, workspace: name.optional() };
const secondsText = 'a duration such as 120s';
const duration = offset.refine((ms) => ms >= 0, { error: secondsText });

const deed = <Word extends string, Shape extends z.ZodRawShape>(word: Word, shape: Shape) =>
  z.strictObject({ at: laterOffset, do: z.literal(word), ...shape });
const azureAct = { ...compute, by: by.optional() };
const trigger = z.enum(['User', 'Schedule', 'IdleShutdown']).prefault('User');
const ofRequest = { id: name, by };

const subject = {
  compute: name.optional(),
  cluster: name.optional(),
  user: name.optional(),
  team: name.optional(),
  workspace: name.optional(),
  subscription: name.optional(),
  family: name.optional(),
  region: name.optional(),
};
export const subjectKeys = Object.keys(subject) as (keyof typeof subject)[];

/** The keys of each deed, by its word. */
export const deedSchemas = {
  snooze: deed('snooze', {
    ...compute,
    for: lasting.optional(),
    until: z.literal('next-start', { error: 'next-start' }).optional(),
    by,
  }),
  outage: deed('outage', { of: z.enum(['metrics', 'arm', 'jobs', 'ledger', 'teams']), for: lasting }),
  throttle: deed('throttle', { of: z.enum(['arm', 'metrics', 'jobs']), retryAfter: duration, for: lasting }),
  crash: deed('crash', {
    when: z.enum(['beforeStopCall', 'afterStopCall']).optional(),
    compute: name.optional(),
    workspace: name.optional(),
  }),
  start: deed('start', { ...azureAct, trigger }),
  stop: deed('stop', { ...azureAct, trigger }),
  restart: deed('restart', azureAct),
  delete: deed('delete', azureAct),
  setPolicy: deed('setPolicy', { policy: z.unknown() }),
  skew: deed('skew', { of: z.enum(['metrics']), by: offset }),
  request: deed('request', {
    ...ofRequest,
    for: name.optional(),
    workspace: name,
    vmSize: name,
    name: name.optional(),
    repeat: positiveNumber.prefault(1),
    ssh: z.boolean().optional(),
    publicIp: z.boolean().optional(),
    subnet: z.string().nullable().optional(),
    tags: tags.prefault({}),
    waitingList: z.boolean().optional(),
    autoStart: z.boolean().optional(),
    metrics: metricsSchema.prefault([]),
    jobs: jobsSchema.prefault([]),
    reports: reportsSchema.prefault([]),
    fails: failsSchema.prefault({}),
  }),
  approve: deed('approve', ofRequest),
  reject: deed('reject', ofRequest),
  cancel: deed('cancel', ofRequest),
  event: deed('event', {
    ...compute,
    type: z.enum(['write', 'delete', 'action']),
    copies: positiveNumber.prefault(1),
    shuffled: z.boolean().prefault(false),
  }),
  create: deed('create', { compute: computeSchema, by: by.optional() }),
  attach: deed('attach', {
    id: name.optional(),
    name,
    workspace: name,
    // Also what is only ever created: asking for it is refused, and a file may say so.
    kind: z.enum(computeKinds),
    resourceId: resourceId.optional(),
    properties: plainObject.prefault({}),
    tags: tags.prefault({}),
    inUse: inUse.optional(),
    by,
  }),
  detach: deed('detach', { ...compute, id: name.optional(), by }),
  reattach: deed('reattach', {
    ...compute,
    id: name.optional(),
    resourceId: resourceId.optional(),
    properties: plainObject.prefault({}),
    by,
  }),
  halt: deed('halt', { by }),
  resume: deed('resume', { by }),
  release: deed('release', { by }),
  regret: deed('regret', { ...compute, by }),
  consent: deed('consent', {
    ...compute,
    finding: z.enum(findingCodes),
    until: until.optional(),
    withdraw: z.boolean().prefault(false),
    by,
  }),
  accept: deed('accept', { finding: z.enum(findingCodes), ...subject, until, by }),
} as const;
export type DeedWord = keyof typeof deedSchemas;
export const deedWords = Object.keys(deedSchemas) as DeedWord[];
/** A deed as read, times relative to the start. */
export type ReadDeed = z.output<(typeof deedSchemas)[DeedWord]>;
