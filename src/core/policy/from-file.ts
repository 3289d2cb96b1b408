import { withoutUndefined } from '../without-undefined.ts';
import { attachableKinds, type AttachableKind } from './kinds.ts';
import type { ReadPolicyFile } from './schema.ts';
import type {
  ApprovalRule,
  AttachmentDenial,
  DuplicateRemedy,
  IdlePolicy,
  MaxUptimePolicy,
  Policy,
  PolicyOverride,
  Quota,
  Schedule,
} from './types.ts';

type FileOverride = ReadPolicyFile['overrides'][number];
/** The file's keys, with those of durations named by their unit. */
const unitNames: Readonly<Record<string, string>> = {
  after: 'afterMs',
  warn: 'warnMs',
  graceAfterStart: 'graceAfterStartMs',
  ingestionDelay: 'ingestionDelayMs',
  maxSnooze: 'maxSnoozeMs',
  unknownAlertAfter: 'unknownAlertAfterMs',
};

const withUnits = (given: Readonly<Record<string, unknown>>): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(given)
      .filter(([, value]) => value !== undefined)
      .map(([key, value]) => [unitNames[key] ?? key, value]),
  );

function toOverride(file: FileOverride): PolicyOverride {
  return {
    match: file.match,
    ...(file.mode === undefined ? {} : { mode: file.mode }),
    ...(file.idle === undefined ? {} : { idle: withUnits(file.idle) }),
    ...(file.maxUptime === undefined
      ? {}
      : {
          maxUptime: file.maxUptime === null ? null : withUnits(file.maxUptime),
        }),
    ...(file.sizes === undefined ? {} : { sizes: withoutUndefined(file.sizes) }),
    ...(file.network === undefined ? {} : { network: withoutUndefined(file.network) }),
  };
}

const toSchedule = (file: ReadPolicyFile['schedules'][number], index: number): Schedule => ({
  name: file.name ?? `schedule-${index + 1}`,
  match: file.match,
  zone: file.zone,
  days: file.days,
  start: file.start ?? null,
  stop: file.stop ?? null,
  stopDays: file.stopDays,
  holidays: file.holidays,
  keepOn: file.keepOn.map((entry) =>
    typeof entry === 'string' ? { date: entry } : { fromAt: entry.from, toAt: entry.to },
  ),
  warnMs: file.warn,
  quietForMs: file.quietFor,
  startAll: file.startAll,
  evenIfActive: file.evenIfActive,
});

const toQuota = (file: ReadPolicyFile['quotas'][number]): Quota => ({
  per: file.per,
  match: file.match,
  cores: file.cores ?? null,
  instances: file.instances ?? null,
  gpus: file.gpus ?? null,
  moneyPerMonth: file.moneyPerMonth ?? null,
  enforcement: file.enforcement,
  onExceeded: file.onExceeded,
});

const toApproval = (file: ReadPolicyFile['approvals'][number]): ApprovalRule => ({
  match: file.match,
  when: file.when ?? null,
  above:
    file.above === undefined
      ? null
      : {
          pricePerHour: file.above.pricePerHour ?? null,
          cores: file.above.cores ?? null,
          gpus: file.above.gpus ?? null,
        },
  approvers: file.approvers,
  remindAfterMs: file.remindAfter,
  expiresAfterMs: file.expiresAfter,
});

const toDenial = (file: ReadPolicyFile['attachments']['deny'][number]): AttachmentDenial =>
  typeof file === 'string'
    ? { kind: file, subscription: null, region: null, localAuth: null }
    : {
        kind: file.kind ?? null,
        subscription: file.subscription ?? null,
        region: file.region ?? null,
        localAuth: file.localAuth ?? null,
      };

function toRemedies(
  file: ReadPolicyFile['attachments']['duplicate'],
): Record<AttachableKind, DuplicateRemedy> {
  const of = (kind: AttachableKind): DuplicateRemedy =>
    typeof file === 'string' ? file : (file[kind] ?? 'report');
  return Object.fromEntries(attachableKinds.map((kind) => [kind, of(kind)])) as Record<
    AttachableKind,
    DuplicateRemedy
  >;
}

/** Names the units and fills in what the sections mean when an entry is silent. */
export function policyFromFile(file: ReadPolicyFile): Policy {
  const { idleShutdown } = file.platform;
  return {
    mode: file.mode,
    sweep: { everyMs: file.sweep.every },
    idle: withUnits(file.idle) as IdlePolicy,
    job: { stalledAfterMs: file.job.stalledAfter, gpuIdleAfterMs: file.job.gpuIdleAfter },
    session: { staleAfterMs: file.session.staleAfter, reportMaxAgeMs: file.session.reportMaxAge },
    regret: file.regret,
    teams: file.teams,
    limits: file.limits,
    maxUptime: file.maxUptime === null ? null : (withUnits(file.maxUptime) as MaxUptimePolicy),
    protected: file.protected,
    exempt: file.exempt.map(({ match, until, why }) => ({ match, until, why: why ?? null })),
    overrides: file.overrides.map(toOverride),
    schedules: file.schedules.map(toSchedule),
    quotas: file.quotas.map(toQuota),
    sizes: file.sizes,
    approvals: file.approvals.map(toApproval),
    network: file.network,
    requests: {
      idleShutdown: {
        atLeastMs: file.requests.idleShutdown.atLeast ?? null,
        atMostMs: file.requests.idleShutdown.atMost ?? null,
        required: file.requests.idleShutdown.required,
      },
      schedules: file.requests.schedules,
    },
    attachments: {
      deny: file.attachments.deny.map(toDenial),
      duplicate: toRemedies(file.attachments.duplicate),
    },
    clusters: {
      maxMinNodes: file.clusters.maxMinNodes,
      maxScaleDownAfterMs: file.clusters.maxScaleDownAfter,
      remedy: file.clusters.remedy,
    },
    forgotten: { stoppedForMs: file.forgotten.stoppedFor, remedy: file.forgotten.remedy },
    owners: { gone: file.owners.gone, deleteAfterMs: file.owners.deleteAfter },
    images: { maxAgeMs: file.images.maxAge },
    disk: file.disk,
    reportsOnly: { afterMs: file.reportsOnly.after },
    platform: { backstopAfterMs: idleShutdown === 'audit' ? null : idleShutdown.backstopAfter },
  };
}
