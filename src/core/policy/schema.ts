import { z } from 'zod';
import { attachableKinds } from './kinds.ts';
import { anyMatch, statedMatch } from './match-schema.ts';
import {
  amount,
  clockTime,
  count,
  date,
  duration,
  globList,
  globs,
  instant,
  minuteOrMore,
  percent,
  positiveDuration,
  until,
  weekdayList,
  weekdays,
  zone,
} from './scalars.ts';
import { approvalOccasions } from './types.ts';

type Shape = Readonly<Record<string, z.ZodType>>;
type Defaults<S extends Shape> = { [K in keyof S]: z.input<S[K]> };
type Defaulted<S extends Shape> = { [K in keyof S]: z.ZodPrefault<S[K]> };

/** A section that may be left out, whole or in part. */
function section<S extends Shape>(shape: S, defaults: Defaults<S>) {
  const fields = Object.fromEntries(
    Object.entries(shape).map(([key, schema]) => [key, schema.prefault(defaults[key])]),
  ) as Defaulted<S>;
  return z.strictObject(fields).prefault({} as never);
}
const part = <S extends Shape>(shape: S) => z.strictObject(shape).partial();

const mode = z.enum(['off', 'observe', 'warn', 'enforce']);
const aboveZero = 'a number above 0, at most 1';

const idle = {
  enabled: z.boolean(),
  after: minuteOrMore,
  warn: duration,
  graceAfterStart: duration,
  cpuBelow: percent,
  cpuCoresBelow: amount,
  gpuBelow: percent,
  networkBelow: amount,
  // With 0 a machine without a single sample would count as idle.
  minCoverage: z.number({ error: aboveZero }).gt(0, { error: aboveZero }).max(1, { error: aboveZero }),
  noiseUpTo: z.number().min(1),
  ingestionDelay: duration,
  evidence: z.enum(['metrics', 'session', 'both']),
  maxSnooze: positiveDuration,
  unknownAlertAfter: positiveDuration,
};

const maxUptimeChoices = { warn: duration, evenIfUnknown: z.boolean(), evenIfActive: z.boolean() };
const maxUptime = z.strictObject({
  after: minuteOrMore,
  warn: maxUptimeChoices.warn.prefault('24h'),
  evenIfUnknown: maxUptimeChoices.evenIfUnknown.prefault(true),
  evenIfActive: maxUptimeChoices.evenIfActive.prefault(false),
});

const sizes = { allow: globList, deny: globList, isolated: z.enum(['allow', 'deny', 'require']) };
const network = {
  ssh: z.enum(['allow', 'deny', 'approval']),
  publicIp: z.enum(['allow', 'deny']),
  subnet: z.enum(['optional', 'required']),
};

const override = z.strictObject({
  match: statedMatch,
  mode: mode.optional(),
  idle: part(idle).optional(),
  maxUptime: part({ after: minuteOrMore, ...maxUptimeChoices })
    .nullable()
    .optional(),
  sizes: part(sizes).optional(),
  network: part(network).optional(),
});

const exemption = z.strictObject({ match: statedMatch, until, why: z.string().optional() });

const allDays = [...weekdays];
const keepOn = z.union([date, z.strictObject({ from: instant, to: instant })], {
  error: 'a date such as 2026-12-31, or { from, to } with instants',
});
const scheduleWarn = duration.refine((ms) => ms <= 86_400_000, { error: 'at most 24h' });
const schedule = z.strictObject({
  name: z.string().min(1).max(100).optional(),
  match: anyMatch.prefault({}),
  zone: zone.prefault('UTC'),
  days: weekdayList.prefault(allDays),
  start: clockTime.optional(),
  stop: clockTime.optional(),
  stopDays: weekdayList.prefault(allDays),
  holidays: z.array(date).prefault([]),
  keepOn: z.array(keepOn).prefault([]),
  warn: scheduleWarn.prefault('30m'),
  quietFor: minuteOrMore.prefault('15m'),
  startAll: z.boolean().prefault(false),
  evenIfActive: z.boolean().prefault(false),
});

const quota = z.strictObject({
  per: z.enum(['user', 'team', 'workspace', 'subscription', 'family', 'region', 'all']),
  match: anyMatch.prefault({}),
  cores: count.optional(),
  instances: count.optional(),
  gpus: count.optional(),
  moneyPerMonth: amount.optional(),
  enforcement: z.enum(['hard', 'soft']).prefault('hard'),
  onExceeded: z.enum(['block', 'report', 'stop']).prefault('block'),
});

const approval = z.strictObject({
  match: anyMatch.prefault({}),
  above: part({ pricePerHour: amount, cores: count, gpus: count }).optional(),
  when: z
    .array(z.enum(approvalOccasions))
    .min(1, { error: `at least one of ${approvalOccasions.join(', ')}` })
    .optional(),
  approvers: z
    .int({ error: 'a whole number of at least 1' })
    .min(1, { error: 'a whole number of at least 1' })
    .prefault(1),
  remindAfter: positiveDuration.prefault('4h'),
  expiresAfter: positiveDuration.prefault('24h'),
});

const kindText = `a kind that can be attached: ${attachableKinds.join(' | ')}`;
const attachableKind = z.enum(attachableKinds);
const duplicateRemedy = z.enum(['report', 'detachNewer', 'detachOlder']);
const denial = z
  .strictObject({
    kind: attachableKind.optional(),
    subscription: globs.optional(),
    region: globs.optional(),
    localAuth: z.boolean().optional(),
  })
  .refine((given) => Object.values(given).some((value) => value !== undefined), {
    error: 'at least one of kind, subscription, region, localAuth',
  });
const attachments = {
  deny: z.array(
    z.union([attachableKind, denial], { error: `${kindText}, or { kind, subscription, region, localAuth }` }),
  ),
  duplicate: z.union(
    [
      duplicateRemedy,
      z.strictObject(Object.fromEntries(attachableKinds.map((kind) => [kind, duplicateRemedy.optional()]))),
    ],
    { error: 'report | detachNewer | detachOlder, or one of them per kind, { Databricks: detachNewer }' },
  ),
};

const guid = /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/i;
const groupText = "the object id (a GUID) of the team's Entra group";
const team = z.strictObject({
  group: z.string({ error: groupText }).regex(guid, { error: groupText }),
});

const wholeMinutes = positiveDuration.refine((ms) => ms % 60_000 === 0, { error: 'whole minutes' });

/** The policy file as people write it: `policy-format`, version 1. Output: durations in milliseconds, defaults filled in. */
export const policySchema = z.strictObject({
  version: z.literal(1).prefault(1),
  mode: mode.prefault('observe'),
  sweep: section({ every: wholeMinutes }, { every: '5m' }),
  idle: section(idle, {
    enabled: true,
    after: '60m',
    warn: '30m',
    graceAfterStart: '15m',
    cpuBelow: 5,
    cpuCoresBelow: 0.5,
    gpuBelow: 5,
    networkBelow: 20,
    minCoverage: 0.8,
    noiseUpTo: 2,
    ingestionDelay: '5m',
    evidence: 'metrics',
    maxSnooze: '24h',
    unknownAlertAfter: '24h',
  }),
  job: section(
    { stalledAfter: positiveDuration, gpuIdleAfter: positiveDuration },
    { stalledAfter: '72h', gpuIdleAfter: '6h' },
  ),
  session: section(
    { staleAfter: positiveDuration, reportMaxAge: positiveDuration },
    { staleAfter: '3h', reportMaxAge: '10m' },
  ),
  regret: section({ maxPercent: percent }, { maxPercent: 2 }),
  teams: z.record(z.string().min(1), team).prefault({}),
  limits: section({ maxStops: count, maxStopsPercent: percent }, { maxStops: 25, maxStopsPercent: 20 }),
  maxUptime: maxUptime.nullable().prefault(null),
  protected: z.array(statedMatch).prefault([]),
  exempt: z.array(exemption).prefault([]),
  overrides: z.array(override).max(200).prefault([]),
  schedules: z.array(schedule).prefault([]),
  quotas: z.array(quota).prefault([]),
  sizes: section(sizes, { allow: ['*'], deny: [], isolated: 'allow' }),
  approvals: z.array(approval).prefault([]),
  network: section(network, { ssh: 'allow', publicIp: 'allow', subnet: 'optional' }),
  requests: section(
    {
      idleShutdown: z
        .strictObject({
          atLeast: wholeMinutes.optional(),
          atMost: wholeMinutes.optional(),
          required: z.boolean().prefault(false),
        })
        .prefault({}),
      schedules: z.enum(['allow', 'stopOnly', 'deny']),
    },
    { idleShutdown: {}, schedules: 'allow' },
  ),
  attachments: section(attachments, { deny: [], duplicate: 'report' }),
  clusters: section(
    { maxMinNodes: count, maxScaleDownAfter: duration, remedy: z.enum(['report', 'repair']) },
    { maxMinNodes: 0, maxScaleDownAfter: '30m', remedy: 'report' },
  ),
  forgotten: section(
    { stoppedFor: positiveDuration, remedy: z.enum(['report', 'delete']) },
    { stoppedFor: '30d', remedy: 'report' },
  ),
  owners: section(
    { gone: z.enum(['report', 'stop']), deleteAfter: positiveDuration.nullable() },
    { gone: 'report', deleteAfter: null },
  ),
  images: section({ maxAge: positiveDuration }, { maxAge: '90d' }),
  disk: section({ lowBelowGigabytes: amount }, { lowBelowGigabytes: 5 }),
  reportsOnly: section({ after: positiveDuration }, { after: '14d' }),
  platform: section(
    {
      idleShutdown: z.union([z.literal('audit'), z.strictObject({ backstopAfter: wholeMinutes })], {
        error: 'audit, or { backstopAfter: 30h }',
      }),
    },
    { idleShutdown: 'audit' },
  ),
});

export type ReadPolicyFile = z.output<typeof policySchema>;
