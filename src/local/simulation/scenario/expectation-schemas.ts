import { z } from 'zod';
import { failureCodes, findingCodes, refusalCodes, requestStatuses } from '../../../core/policy/codes.ts';
import { laterOffset, laterOffsetOrEnd, name, wholeNumber } from './scalars.ts';

/** Reasons of decisions and acts, as the format lists them. */
export const reasonCodes = [
  'stop.idle',
  'stop.schedule',
  'stop.max-uptime',
  'stop.budget',
  'stop.job-ended',
  'stop.owner-gone',
  'warn.idle',
  'warn.schedule',
  'warn.max-uptime',
  'warn.budget',
  'warn.job-ended',
  'warn.owner-gone',
  'start.schedule',
  'keep.active.job',
  'keep.active.cpu',
  'keep.active.gpu',
  'keep.active.network',
  'keep.active.session',
  'keep.unknown.metrics',
  'keep.unknown.jobs',
  'keep.grace',
  'keep.idle-short',
  'keep.idle-off',
  'keep.halted',
  'keep.warning-undelivered',
  'keep.snoozed',
  'keep.exempt',
  'keep.protected',
  'keep.not-settled',
  'keep.not-running',
  'keep.mode',
  'keep.blast-limit',
] as const;

const spanText = 'never, or a window: { after: 4h, before: 4h20m }';
const span = z
  .strictObject({ after: laterOffset.optional(), before: laterOffset.optional() })
  .refine((given) => given.after !== undefined || given.before !== undefined, { error: spanText });
export const when = z.union([z.literal('never'), span], { error: spanText });

const acts = { stopped: when, warned: when, started: when, deleted: when, detached: when, patched: when };
export const actKinds = Object.keys(acts) as (keyof typeof acts)[];

const computeExpectation = z.strictObject({
  compute: name,
  workspace: name.optional(),
  ...(Object.fromEntries(actKinds.map((act) => [act, when.optional()])) as Record<
    keyof typeof acts,
    z.ZodOptional<typeof when>
  >),
  reason: z.enum(reasonCodes).optional(),
  decision: z.enum(reasonCodes).optional(),
  state: name.optional(),
  exists: z.boolean().optional(),
  at: laterOffsetOrEnd.optional(),
});

const refusal = z.enum([...refusalCodes, ...failureCodes]);
const requestExpectation = z.strictObject({
  request: name,
  status: z.enum(requestStatuses).optional(),
  reason: refusal.optional(),
  instances: wholeNumber.optional(),
  told: wholeNumber.optional(),
  at: laterOffsetOrEnd.optional(),
});
const attachStatuses = ['attached', 'detached', 'refused', 'failed', 'put-back'] as const;
const changeOf = <Word extends 'attach' | 'detach' | 'reattach'>(word: Word) =>
  z.strictObject({
    [word]: name,
    status: z.enum(attachStatuses).optional(),
    reason: refusal.optional(),
    at: laterOffsetOrEnd.optional(),
  } as Record<Word, typeof name> & {
    status: z.ZodOptional<z.ZodEnum<{ [K in (typeof attachStatuses)[number]]: K }>>;
    reason: z.ZodOptional<typeof refusal>;
    at: z.ZodOptional<typeof laterOffsetOrEnd>;
  });

const findingExpectation = z.strictObject({
  finding: z.enum(findingCodes),
  compute: name.optional(),
  cluster: name.optional(),
  user: name.optional(),
  team: name.optional(),
  workspace: name.optional(),
  subscription: name.optional(),
  family: name.optional(),
  region: name.optional(),
  raised: when.optional(),
  fixed: when.optional(),
  told: wholeNumber.optional(),
});

const operations = [
  'list',
  'get',
  'create',
  'delete',
  'start',
  'stop',
  'restart',
  'attach',
  'detach',
  'patch',
  'nameCheck',
  'idleSetting',
  'jobs',
  'metrics',
  'usages',
  'sizes',
] as const;
const callsExpectation = z.strictObject({
  armCalls: z
    .strictObject({
      operation: z.enum(operations),
      atMost: wholeNumber.optional(),
      atLeast: wholeNumber.optional(),
    })
    .refine((given) => given.atMost !== undefined || given.atLeast !== undefined, {
      error: 'at least one of atMost, atLeast',
    }),
});

/** The forms of an expectation, by the key that tells them apart; `finding` before `compute`, which it may carry. */
export const expectationSchemas = {
  finding: findingExpectation,
  request: requestExpectation,
  attach: changeOf('attach'),
  detach: changeOf('detach'),
  reattach: changeOf('reattach'),
  armCalls: callsExpectation,
  compute: computeExpectation,
} as const;
export type ExpectationForm = keyof typeof expectationSchemas;
export const expectationForms = Object.keys(expectationSchemas) as ExpectationForm[];

export type ReadComputeExpectation = z.output<typeof computeExpectation>;
export type ReadRequestExpectation = z.output<typeof requestExpectation>;
export type ReadFindingExpectation = z.output<typeof findingExpectation>;
export type ReadCallsExpectation = z.output<typeof callsExpectation>;
export type ReadWhen = z.output<typeof when>;
